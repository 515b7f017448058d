'use strict';
// The time by kind of work: one bar, which is the legend of all charts, too.
(function (weft) {
  weft.kindBar = function () {
    const { percent, time, number } = weft.format;
    const { parts, wall } = weft.data.profile;
    const total = Math.max(weft.totalMs, number(wall));
    const rest = [
      ['between steps', 'No step went on: workers met.', number(parts.barriers)],
      ['begin and end', 'Checking inputs, calling workers, handing results over.',
        number(parts.prepare) + number(parts.wake) + number(parts.finish) + number(parts.rest)],
    ].filter(([, , ms]) => ms > 0);
    const shares = weft.kinds
      .map((kind) => ({ kind, steps: weft.steps.filter((step) => step.kindOfWork === kind) }))
      .filter(({ steps }) => steps.length > 0)
      .map((share) => ({ ...share, ms: share.steps.reduce((sum, step) => sum + step.ms, 0) }));

    const choose = ({ kind, steps }) =>
      weft.selection.choose(steps.map((step) => step.index), kind.title, 'kinds');
    const width = ({ ms }) => (total > 0 ? (100 * ms) / total : 0);

    const bar = weft.el('div', { class: 'kind-bar', 'aria-hidden': 'true' }, shares.map((share) =>
      weft.el('span', {
        class: 'kind-part', '--kind': share.kind.color, '--share': `${width(share)}%`,
        onclick: () => choose(share),
        onpointermove: (event) => weft.tooltip.steps(event, share.steps, share.kind.title),
        onpointerleave: weft.tooltip.hide,
      })), rest.map(([title, note, ms], i) => weft.el('span', {
      class: 'kind-rest', '--share': `${width({ ms })}%`, '--shade': `${30 + 25 * i}%`,
      onpointermove: (event) => weft.tooltip.show(event, title, [['time', `${time(ms)}, ${percent(width({ ms }))} of a run`], ['', note]]),
      onpointerleave: weft.tooltip.hide,
    })));
    const legend = weft.el('ul', { class: 'legend', 'aria-label': 'Time by kind of work' },
      shares.map((share) => weft.el('li', {}, weft.el('button', {
        type: 'button', class: 'key', '--kind': share.kind.color, onclick: () => choose(share),
        'aria-label': `Select ${share.kind.title}: ${time(share.ms)}, ${percent(width(share))}`,
      }, weft.el('span', { class: 'swatch' }), share.kind.title,
      weft.el('span', { class: 'muted', text: percent(width(share), 1) })))),
      rest.map((part, i) => weft.el('li', { class: 'key rest', '--shade': `${30 + 25 * i}%`, title: part[1] },
        weft.el('span', { class: 'swatch' }), part[0],
        weft.el('span', { class: 'muted', text: percent(width({ ms: part[2] }), 1) }))));
    weft.byId('kinds').append(bar, legend);

    const bars = [...bar.querySelectorAll('.kind-part')];
    const keys = [...legend.querySelectorAll('button')];
    weft.selection.listen(() => shares.forEach(({ steps }, i) => {
      const on = steps.some((step) => weft.selection.has(step.index));
      bars[i].classList.toggle('on', on);
      keys[i].classList.toggle('on', on);
    }));
  };
})(globalThis.weft ??= {});
