'use strict';
// What the charts share: a frame that the keyboard reaches, scales, axes.
(function (weft) {
  /** The drawing area of a chart: named for screen readers, with ← → from step to step. */
  weft.frame = function (id, label) {
    const host = weft.el('div', {
      class: 'chart', id: `${id}-chart`, tabindex: '0', role: 'group', 'aria-label': label,
      'aria-describedby': 'chart-keys',
    });
    host.addEventListener('keydown', (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9 };
      if (!(event.key in by) || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      weft.selection.move(by[event.key], id);
    });
    host.addEventListener('pointerleave', weft.tooltip.hide);
    weft.byId(id).append(host);
    return host;
  };

  /** The picture of a chart. */
  weft.canvas = (width, height, ...children) =>
    weft.svg('svg', {
      viewBox: `0 0 ${width} ${height}`, width, height, class: 'picture', 'aria-hidden': 'true',
    }, ...children);

  /** Maps `from` … `to` to `start` … `end`. */
  weft.linear = function (from, to, start, end) {
    const scale = to > from ? (end - start) / (to - from) : 0;
    return (value) => start + (value - from) * scale;
  };

  /** The same for logarithms. */
  weft.logarithmic = function (from, to, start, end) {
    const map = weft.linear(Math.log10(from), Math.log10(to), start, end);
    return (value) => map(Math.log10(Math.max(value, from / 1e6)));
  };

  /** Round numbers between `from` and `to`, about `count` of them. */
  weft.ticks = function (from, to, count) {
    const rough = (to - from) / Math.max(count, 1);
    if (!(rough > 0)) return [from];
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? rough;
    const result = [];
    for (let i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i += 1) result.push(i * step);
    return result;
  };

  /** The same in powers of two, for bytes. */
  weft.binaryTicks = function (to, count) {
    const step = 2 ** Math.ceil(Math.log2(Math.max(1, to / count)));
    return Array.from({ length: Math.floor(to / step) + 1 }, (_, i) => i * step);
  };

  /** Powers of ten between `from` and `to`. */
  weft.decades = function (from, to) {
    const result = [];
    for (let i = Math.ceil(Math.log10(from)); i <= Math.floor(Math.log10(to)); i += 1) result.push(10 ** i);
    return result;
  };

  /** A line of numbers under a chart, from `x`, with faint lines upwards. */
  weft.axis = (x, values, text, top, bottom) =>
    values.map((value) => [
      weft.svg('line', { class: 'grid', x1: x(value), x2: x(value), y1: top, y2: bottom }),
      weft.svg('text', { class: 'tick', x: x(value), y: bottom + 14, 'text-anchor': 'middle', text: text(value) }),
    ]);

  /** The rectangle of `width` and `height` as a path's words. */
  weft.box = (x, y, width, height) =>
    `M${x.toFixed(2)} ${y.toFixed(2)}h${width.toFixed(2)}v${height.toFixed(2)}h${(-width).toFixed(2)}z`;
})(globalThis.weft ??= {});
