'use strict';
// One run, a lane for each worker: what it computed when, and where it stood still.
(function (weft) {
  const laneHeight = 30;
  const top = 4;
  const left = 74;

  weft.timeline = function () {
    const { timeline } = weft.data;
    const section = weft.byId('timeline');
    if (!timeline || timeline.bars.length === 0) {
      section.hidden = true;
      return;
    }
    const lanes = Array.from({ length: timeline.workers }, () => []);
    for (const bar of timeline.bars) lanes[bar.worker]?.push(bar);
    for (const lane of lanes) lane.sort((a, b) => a.start - b.start);
    const host = weft.frame('timeline', 'Timeline of the median run by thread');
    let [from, to] = [0, timeline.duration];
    let scale;

    const button = (text, label, action) =>
      weft.el('button', { type: 'button', class: 'choice', text, 'aria-label': label, onclick: action });
    section.querySelector('h2').after(
      weft.el('p', { class: 'caption', text: 'The run in the middle by time. Drag over a part to see it larger.' }),
      weft.el('div', { class: 'choices', role: 'group', 'aria-label': 'Part of the run' },
        button('−', 'See more of the run', () => zoom(2)), button('+', 'See less of the run', () => zoom(0.5)),
        button('◂', 'Earlier', () => shift(-0.3)), button('▸', 'Later', () => shift(0.3)),
        button('All', 'The whole run', () => look(0, timeline.duration))));

    function look(start, end) {
      const length = Math.min(timeline.duration, Math.max(500, end - start));
      from = Math.min(Math.max(0, start), timeline.duration - length);
      to = from + length;
      draw(host.clientWidth);
    }

    function zoom(by) {
      const middle = weft.selection.size > 0 ? centre() : (from + to) / 2;
      const half = ((to - from) * by) / 2;
      look(middle - half, middle + half);
    }

    function centre() {
      const bar = timeline.bars.find((each) => weft.selection.has(each.step));
      return bar ? (bar.start + bar.end) / 2 : (from + to) / 2;
    }

    const shift = (by) => look(from + by * (to - from), to + by * (to - from));

    /** The outlines of bars as one path: a lane of many thousands is as fast as one of ten. */
    function outline(bars, lane) {
      const y = top + lane * laneHeight;
      return bars.filter((bar) => bar.end >= from && bar.start <= to).map((bar) => {
        const [start, end] = [Math.max(bar.start, from), Math.min(bar.end, to)];
        return weft.box(scale(start), y + 3, Math.max(0.6, scale(end) - scale(start)), laneHeight - 6);
      }).join('');
    }

    /** A path for each kind of work. */
    function paths(bars, lane) {
      return weft.kinds.map((kind) => {
        const own = bars.filter((bar) => weft.steps[bar.step]?.kindOfWork === kind);
        return own.length > 0
          ? weft.svg('path', { class: 'bars', '--kind': kind.color, d: outline(own, lane) }) : null;
      }).filter(Boolean);
    }

    function lane(bars, index, width) {
      const busy = bars.reduce((sum, bar) => sum + bar.busy, 0);
      const y = top + index * laneHeight;
      return [
        weft.svg('text', { class: 'lane', x: 0, y: y + 13, text: index === 0 ? 'caller' : `worker ${index}` }),
        weft.svg('text', { class: 'tick', x: 0, y: y + 25, text: weft.format.percent((100 * busy) / timeline.duration, 0) }),
        weft.svg('rect', { class: 'lane-back', x: left, y: y + 3, width: width - left, height: laneHeight - 6 }),
        ...paths(bars, index),
      ];
    }

    function draw(width) {
      scale = weft.linear(from, to, left, width - 1);
      const bottom = top + lanes.length * laneHeight;
      const ms = (value) => (value / 1e6).toFixed(to - from < 3e6 ? 3 : to - from < 3e7 ? 1 : 0);
      const marks = weft.svg('g', { class: 'bars-on' });
      const range = weft.svg('rect', { class: 'range', y: top, height: bottom - top, hidden: true });
      const picture = weft.canvas(width, bottom + 20,
        lanes.map((bars, index) => lane(bars, index, width)).flat(),
        weft.axis(scale, weft.ticks(from, to, width / 110), (value) => `${ms(value)} ms`, top, bottom).flat(),
        marks, range);
      host.replaceChildren(picture);
      host.mark = () => marks.replaceChildren(...lanes.flatMap((bars, index) =>
        paths(bars.filter((bar) => weft.selection.has(bar.step)), index)));
      host.mark();
      listen(picture, range, width);
    }

    /** The bar under the pointer, or close to it. */
    function hit(picture, event) {
      const box = picture.getBoundingClientRect();
      const index = Math.floor((event.clientY - box.top - top) / laneHeight);
      const time = from + ((event.clientX - box.left - left) / (box.width - left)) * (to - from);
      const slack = ((to - from) / box.width) * 2;
      const near = (lanes[index] ?? []).filter((bar) => bar.start - slack <= time && time <= bar.end + slack);
      return { time, bar: near.find((bar) => bar.start <= time && time <= bar.end) ?? near[0] };
    }

    function listen(picture, range, width) {
      let begin = null;
      picture.addEventListener('pointerdown', (event) => { begin = hit(picture, event).time; });
      picture.addEventListener('pointermove', (event) => {
        const { time, bar } = hit(picture, event);
        if (begin !== null && event.buttons === 1 && Math.abs(scale(time) - scale(begin)) > 6) {
          const ends = [scale(begin), scale(time)].map((each) => Math.min(width, Math.max(left, each))).sort((a, b) => a - b);
          range.removeAttribute('hidden');
          range.setAttribute('x', ends[0]);
          range.setAttribute('width', ends[1] - ends[0]);
          weft.tooltip.hide();
        } else if (bar) {
          weft.tooltip.steps(event, [weft.steps[bar.step]], null, [
            ['this thread', `${weft.format.time(bar.busy / 1e6)} for ${weft.format.plural(bar.tiles, 'tile', 'tiles')}`],
            ['from', `${(bar.start / 1e6).toFixed(3)} to ${(bar.end / 1e6).toFixed(3)} ms`]]);
        } else weft.tooltip.hide();
      });
      picture.addEventListener('pointerup', (event) => {
        const { time, bar } = hit(picture, event);
        if (!range.hasAttribute('hidden')) look(Math.min(begin, time), Math.max(begin, time));
        else if (bar) weft.selection.choose([bar.step], weft.title(weft.steps[bar.step]), 'timeline');
        begin = null;
      });
    }

    weft.selection.listen(() => host.mark?.());
    weft.onWidth(host, draw);
  };
})(globalThis.weft ??= {});
