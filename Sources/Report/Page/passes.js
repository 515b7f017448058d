'use strict';
// What each pass did to the graph, and what it said: also what it nearly did, and why not.
(function (weft) {
  const { count, fixed, plural } = weft.format;

  function passTable(passes) {
    const most = Math.max(1, ...passes.map((pass) => pass.nodesBefore));
    const rows = passes.map((pass) => weft.el('tr', { class: pass.patches === 0 ? 'idle' : null },
      weft.el('td', { text: pass.name }),
      weft.el('td', { class: 'number', text: count(pass.patches) }),
      weft.el('td', { class: 'number', text: `${count(pass.nodesBefore)} → ${count(pass.nodesAfter)}` }),
      weft.el('td', { class: 'meter', 'aria-hidden': 'true' }, weft.el('span', { '--share': `${(100 * pass.nodesAfter) / most}%` })),
      weft.el('td', { class: 'number', text: fixed(pass.microseconds / 1000, 3) })));
    return weft.el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Passes' },
      weft.el('table', {}, weft.el('thead', {}, weft.el('tr', {},
        [['pass', ''], ['rewrites', 'number'], ['nodes', 'number'], ['', 'meter'], ['ms', 'number']].map(([text, style]) =>
          weft.el('th', { scope: 'col', class: style || null, text })))), weft.el('tbody', {}, rows)));
  }

  /** The same remark of several layers stands once. */
  function grouped(remarks) {
    const groups = new Map();
    for (const remark of remarks) {
      const key = [remark.kind, remark.pass, remark.message, remark.place].join('\n');
      if (!groups.has(key)) groups.set(key, { ...remark, layers: [] });
      groups.get(key).layers.push(remark.layer);
    }
    return [...groups.values()];
  }

  /** The steps that came of the place that a remark is about. */
  function stepsOf(remark) {
    const near = (a, b) => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
    return weft.steps.filter((step) =>
      step.lines.some((line) => `${line.file}:${line.line}:${line.column}` === remark.place)
      && remark.layers.some((layer) => near(step.layer, layer))).map((step) => step.index);
  }

  function entry(remark) {
    const steps = stepsOf(remark);
    const where = remark.place.split('/').pop().split(':').slice(0, 2).join(':');
    const words = [
      weft.el('span', { class: `badge ${remark.kind}`, text: remark.kind }),
      weft.el('span', { class: 'remark-text', text: remark.message }),
      weft.el('span', { class: 'muted', text: [remark.pass, where, remark.layers.length > 1 ? `× ${remark.layers.length}` : remark.layers[0]].filter(Boolean).join(' · ') }),
    ];
    const hint = remark.hint ? weft.el('span', { class: 'muted', text: remark.hint }) : null;
    return weft.el('li', { class: 'remark', 'data-kind': remark.kind }, steps.length > 0
      ? weft.el('button', {
        type: 'button', class: 'remark-button',
        onclick: () => weft.selection.choose(steps, remark.message, 'passes'),
      }, words, hint) : weft.el('div', { class: 'remark-button' }, words, hint));
  }

  weft.passes = function () {
    const { compilation } = weft.data;
    const section = weft.byId('passes');
    section.querySelector('h2').after(weft.el('p', {
      class: 'caption', text: `${plural(compilation.passes.length, 'pass', 'passes')} in ${fixed(compilation.microseconds / 1000, 2)} ms.`,
    }));
    section.append(passTable(compilation.passes));
    const remarks = grouped(compilation.remarks ?? []);
    if (remarks.length === 0) return;
    const kinds = ['applied', 'missed'].filter((kind) => remarks.some((remark) => remark.kind === kind));
    const list = weft.el('ul', { class: 'remarks' }, remarks.map(entry));
    const choose = (kind) => {
      for (const item of list.children) item.hidden = kind !== 'all' && item.dataset.kind !== kind;
    };
    section.append(weft.el('h3', { text: 'Remarks' }));
    if (kinds.length > 1) {
      section.append(weft.choices('Which remarks', [['all', 'All'], ...kinds.map((kind) => [kind, kind[0].toUpperCase() + kind.slice(1)])], 'all', choose));
    }
    section.append(list);
  };
})(globalThis.weft ??= {});
