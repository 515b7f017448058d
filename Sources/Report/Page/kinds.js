'use strict';
// The time by kind of work: one bar, which is the legend of all charts, too.
(function (weft) {
  weft.kindBar = function () {
    const { percent, time } = weft.format;
    const total = weft.totalMs;
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
      })));
    const legend = weft.el('ul', { class: 'legend', 'aria-label': 'Time by kind of work' },
      shares.map((share) => weft.el('li', {}, weft.el('button', {
        type: 'button', class: 'key', '--kind': share.kind.color, onclick: () => choose(share),
        'aria-label': `Select ${share.kind.title}: ${time(share.ms)}, ${percent(width(share))}`,
      }, weft.el('span', { class: 'swatch' }), share.kind.title,
      weft.el('span', { class: 'muted', text: percent(width(share), 1) })))));
    weft.byId('kinds').append(bar, legend);

    const parts = [...bar.children];
    const keys = [...legend.querySelectorAll('button')];
    weft.selection.listen(() => shares.forEach(({ steps }, i) => {
      const on = steps.some((step) => weft.selection.has(step.index));
      parts[i].classList.toggle('on', on);
      keys[i].classList.toggle('on', on);
    }));
  };
})(globalThis.weft ??= {});
