'use strict';
// The arena: steps from left to right, offsets from below; a rectangle is a buffer while it lives.
(function (weft) {
  const { bytes, plural, fixed } = weft.format;

  function summary(memory) {
    return `Arena ${bytes(memory.arena)} for ${plural(memory.buffers, 'buffer', 'buffers')}`
      + `, ${fixed(memory.ratio, 3)} × the lower bound; ${plural(memory.views, 'view', 'views')}, `
      + `${plural(memory.inPlace, 'result', 'results')} in place. Weights: ${bytes(memory.packedWeights)} packed, `
      + `${bytes(memory.constants)} as they are.`;
  }

  function peakTable(memory) {
    const rows = memory.aliveAtPeak.slice(0, 12).map((value) => weft.el('tr', {},
      weft.el('td', { class: 'number', text: bytes(value.byteCount) }), weft.el('td', { text: value.name }),
      weft.el('td', { text: value.type }), weft.el('td', { text: value.layer })));
    const more = memory.aliveAtPeak.length - rows.length;
    return weft.el('details', {},
      weft.el('summary', { text: `Alive at the peak, step ${memory.peakStep} (${memory.peakOp})` }),
      weft.el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Alive at the peak' },
        weft.el('table', {}, weft.el('thead', {}, weft.el('tr', {}, ['size', 'value', 'type', 'layer'].map((title, i) =>
          weft.el('th', { scope: 'col', class: i === 0 ? 'number' : null, text: title })))), weft.el('tbody', {}, rows))),
      more > 0 ? weft.el('p', { class: 'caption', text: `and ${more} more` }) : null);
  }

  weft.memory = function () {
    const memory = weft.data.compilation.memory;
    const section = weft.byId('memory');
    if (!memory) {
      section.hidden = true;
      return;
    }
    section.querySelector('h2').after(weft.el('p', { class: 'caption', text: summary(memory) }));
    if (memory.map?.length > 0) map(memory);
    if (memory.aliveAtPeak?.length > 0) section.append(peakTable(memory));
  };

  function map(memory) {
    const host = weft.frame('memory', 'Memory map: offset over time');
    const count = Math.max(weft.steps.length, ...memory.map.map((buffer) => buffer.last + 1));
    const [left, top, height] = [64, 8, 260];
    const bottom = height - 36;
    let drawn = [];
    let column;
    let x;

    function facts(buffer) {
      return [['size', bytes(buffer.byteCount)], ['type', buffer.type], ['layer', buffer.layer || '–'],
        ['line', buffer.line ? buffer.line.split('/').pop().split(':').slice(0, 2).join(':') : '–'],
        ['alive', `steps ${buffer.first} to ${buffer.last}`],
        ['offset', bytes(buffer.offset)]];
    }

    function rectangle(buffer, y) {
      const category = buffer.category ?? weft.steps[buffer.first]?.category;
      const part = weft.svg('rect', {
        class: 'buffer', '--kind': weft.kind(category).color, x: x(buffer.first),
        width: Math.max(1, x(buffer.last + 1) - x(buffer.first)), y: y(buffer.offset + buffer.byteCount),
        height: Math.max(1, y(buffer.offset) - y(buffer.offset + buffer.byteCount)),
      });
      part.addEventListener('click', () => {
        const step = weft.steps[buffer.first];
        if (step) weft.selection.choose([buffer.first], weft.title(step), 'memory');
      });
      part.addEventListener('pointermove', (event) => weft.tooltip.show(event, buffer.name, facts(buffer)));
      part.addEventListener('pointerleave', weft.tooltip.hide);
      return part;
    }

    function draw(width) {
      x = weft.linear(0, count, left, width - 4);
      const y = weft.linear(0, memory.arena, bottom, top);
      drawn = memory.map.map((buffer) => [buffer, rectangle(buffer, y)]);
      column = weft.svg('path', { class: 'column-on' });
      host.replaceChildren(weft.canvas(width, height,
        weft.axis(x, weft.ticks(0, count, width / 90), String, top, bottom).flat(),
        weft.binaryTicks(memory.arena, 5).map((value) => [
          weft.svg('line', { class: 'grid', x1: left, x2: width - 4, y1: y(value), y2: y(value) }),
          weft.svg('text', { class: 'tick', x: left - 6, y: y(value) + 4, 'text-anchor': 'end', text: bytes(value) }),
        ]).flat(),
        weft.svg('text', { class: 'tick', x: (left + width) / 2, y: height - 4, 'text-anchor': 'middle', text: 'step' }),
        drawn.map(([, part]) => part), column,
        weft.svg('line', { class: 'peak', x1: x(memory.peakStep + 0.5), x2: x(memory.peakStep + 0.5), y1: top, y2: bottom })));
      mark();
    }

    function mark() {
      for (const [buffer, part] of drawn) part.classList.toggle('on', weft.selection.has(buffer.first));
      const steps = weft.steps.map((step) => step.index).filter(weft.selection.has);
      column?.setAttribute('d', steps.length > 0 && steps.length <= 64
        ? steps.map((step) => weft.box(x(step), top, Math.max(1, x(step + 1) - x(step)), bottom - top)).join('') : '');
    }

    weft.selection.listen(mark);
    weft.onWidth(host, draw);
  }
})(globalThis.weft ??= {});
