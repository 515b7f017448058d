'use strict';
// Speed over arithmetic intensity, both logarithmic, under this machine's measured roofs
// (Williams, Waterman and Patterson, 2009). A dot is a step, its area the time.
(function (weft) {
  /** A step of a smaller part of the time is no dot: it would only widen the axes. */
  const least = 0.0002;

  weft.roofline = function () {
    const { ceilings } = weft.data.profile;
    const section = weft.byId('roofline');
    const peak = weft.format.number(ceilings?.gigaflopsPerSecond);
    const { bytes, number: finite } = weft.format;
    const dots = weft.steps
      .filter((step) => step.flops > 0 && step.bytes > 0 && step.ms > weft.totalMs * least)
      .map((step) => ({ step, intensity: step.flops / step.bytes, speed: step.flops / step.ms / 1e6 }))
      .sort((a, b) => b.step.ms - a.step.ms);
    if (dots.length === 0 || !(peak > 0)) {
      section.hidden = true;
      return;
    }
    const rest = weft.steps.length - dots.length;
    section.querySelector('h2').after(weft.el('p', {
      class: 'caption',
      text: 'A dot is a step, its area the time; the lines are what this machine was measured to reach.'
        + (rest > 0 ? ` ${weft.format.plural(rest, 'step', 'steps')} without FLOPs or time left out.` : ''),
    }));
    const host = weft.frame('roofline', 'Roofline: speed over arithmetic intensity of each step');
    const roofs = [['values', ceilings.values], ['weights', ceilings.weights]]
      .filter(([, roof]) => finite(roof?.gigabytesPerSecond) > 0)
      .map(([name, roof]) => ({ ...roof, name: `${name}, ${bytes(roof.byteCount)}` }));
    const peaks = [
      ['multiply-adds', peak, 'GFLOP/s'], ['of bf16', finite(ceilings.gigaflopsPerSecondBf16), 'GFLOP/s'],
      ['of bytes', finite(ceilings.gigaoperationsPerSecondInt8), 'GOP/s'],
    ]
      .filter(([, speed]) => speed > 0);
    const highest = Math.max(...peaks.map(([, speed]) => speed));
    const intensities = [...dots.map((dot) => dot.intensity), ...roofs.map((roof) => highest / roof.gigabytesPerSecond)];
    const speeds = [...dots.map((dot) => dot.speed), highest];
    const [xFrom, xTo] = [Math.min(...intensities) / 2, Math.max(...intensities) * 3];
    const [yFrom, yTo] = [Math.min(...speeds) / 2, Math.max(...speeds) * 2];
    const largest = dots[0].step.ms;
    let circles = [];

    function roofLines(x, y, right) {
      const lines = roofs.map((roof) => {
        const bend = highest / roof.gigabytesPerSecond;
        const start = Math.max(xFrom, yFrom / roof.gigabytesPerSecond);
        const at = [x(start), y(start * roof.gigabytesPerSecond)];
        const angle = (Math.atan2(y(highest) - at[1], x(bend) - at[0]) * 180) / Math.PI;
        return [
          weft.svg('line', { class: 'roof', x1: at[0], y1: at[1], x2: x(bend), y2: y(highest) }),
          weft.svg('text', {
            class: 'roof-name', x: at[0] + 6, y: at[1] - 6, transform: `rotate(${angle} ${at[0]} ${at[1]})`,
            text: `${roof.name} ${weft.format.short(roof.gigabytesPerSecond)} GB/s`,
          }),
        ];
      }).flat();
      return [...lines, ...peaks.flatMap(([name, speed, unit]) => {
        const bend = Math.min(...roofs.map((roof) => speed / roof.gigabytesPerSecond), xTo);
        return [
          weft.svg('line', { class: 'roof', x1: x(bend), x2: right, y1: y(speed), y2: y(speed) }),
          weft.svg('text', { class: 'roof-name', x: right, y: y(speed) - 6, 'text-anchor': 'end', text: `${name} ${weft.format.short(speed)} ${unit}` }),
        ];
      })];
    }

    function dot({ step, intensity, speed }, x, y) {
      const circle = weft.svg('circle', {
        class: 'dot', '--kind': step.kindOfWork.color, cx: x(intensity), cy: y(speed),
        r: 3 + 7 * Math.sqrt(step.ms / largest), 'data-step': step.index,
      });
      circle.addEventListener('click', () => weft.selection.choose([step.index], weft.title(step), 'roofline'));
      circle.addEventListener('pointermove', (event) => weft.tooltip.steps(event, [step], null,
        [['intensity', `${weft.format.short(intensity)} FLOP/B`]]));
      circle.addEventListener('pointerleave', weft.tooltip.hide);
      return circle;
    }

    function draw(width) {
      const height = Math.max(260, Math.min(400, width * 0.55));
      const [left, right, top, bottom] = [44, width - 8, 12, height - 36];
      const x = weft.logarithmic(xFrom, xTo, left, right);
      const y = weft.logarithmic(yFrom, yTo, bottom, top);
      const number = (value) => (value >= 1 ? weft.format.scaled(value) : String(Number(value.toPrecision(1))));
      circles = dots.map((each) => [each.step.index, dot(each, x, y)]);
      host.replaceChildren(weft.canvas(width, height,
        weft.axis(x, weft.decades(xFrom, xTo), number, top, bottom).flat(),
        weft.decades(yFrom, yTo).map((value) => [
          weft.svg('line', { class: 'grid', x1: left, x2: right, y1: y(value), y2: y(value) }),
          weft.svg('text', { class: 'tick', x: left - 6, y: y(value) + 4, 'text-anchor': 'end', text: number(value) }),
        ]).flat(),
        weft.svg('text', { class: 'tick', x: (left + right) / 2, y: height - 4, 'text-anchor': 'middle', text: 'FLOP per byte' }),
        weft.svg('text', { class: 'tick', x: 0, y: 0, transform: `translate(10 ${(top + bottom) / 2}) rotate(-90)`, 'text-anchor': 'middle', text: 'GFLOP/s' }),
        roofLines(x, y, right), circles.map(([, circle]) => circle)));
      mark();
    }

    function mark() {
      for (const [index, circle] of circles) circle.classList.toggle('on', weft.selection.has(index));
    }

    weft.selection.listen(mark);
    weft.onWidth(host, draw);
  };
})(globalThis.weft ??= {});
