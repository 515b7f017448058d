'use strict';
// The top of the page: which model, where and when, and the figures that matter most.
(function (weft) {
  const { data } = weft;
  const { short, percent, bytes, time, plural, number, count } = weft.format;

  function subject() {
    const { profile } = data;
    const machine = profile.ceilings ?? {};
    const bound = Object.entries(profile.bindings).map(([name, value]) => `${name} = ${value}`);
    return [
      profile.entry === 'main' ? '' : `entry ${profile.entry}`, bound.join(', '),
      [machine.processor, machine.instructionSet].filter(Boolean).join(', '),
      plural(profile.threads, 'thread', 'threads'), plural(profile.runs, 'run', 'runs'),
      data.date ?? '',
    ].filter(Boolean).join(' · ');
  }

  /** The runs as small marks on one line, so that a scatter or a tail is seen at once. */
  function strip() {
    const [width, height] = [120, 14];
    const [low, high] = [weft.quantile(data.runs, 0), weft.quantile(data.runs, 1)];
    if (!(high > low) || data.runs.length > 2000) return null;
    const x = weft.linear(low, high, 2, width - 2);
    const marks = data.runs.map((run) => `M${x(run).toFixed(1)} 3v8`).join('');
    return weft.svg('svg', {
      class: 'strip', viewBox: `0 0 ${width} ${height}`, role: 'img',
      'aria-label': `${data.runs.length} runs between ${time(low)} and ${time(high)}`,
    }, weft.svg('path', { d: marks }));
  }

  function figure(title, value, unit, note, extra) {
    return weft.el('div', { class: 'figure' },
      weft.el('dt', { text: title }),
      weft.el('dd', {}, weft.el('span', { class: 'value', text: value }),
        unit ? weft.el('span', { class: 'unit', text: unit }) : null,
        note ? weft.el('span', { class: 'note', text: note }) : null, extra));
  }

  function figures() {
    const { profile, runs } = data;
    const total = weft.sum(weft.steps);
    const median = runs.length > 0 ? weft.quantile(runs, 0.5) : number(profile.median);
    const speed = median > 0 ? total.flops / median / 1e6 : 0;
    const peak = number(profile.ceilings?.gigaflopsPerSecond);
    const memory = data.compilation.memory;
    const result = [
      figure('Median run', short(median), 'ms', runs.length > 1
        ? `p10 ${short(weft.quantile(runs, 0.1))}, p90 ${short(weft.quantile(runs, 0.9))}` : '', strip()),
      figure('Speed', short(speed), 'GFLOP/s', peak > 0
        ? `${percent((100 * speed) / peak, 0)} of the ${short(peak)} measured here` : ''),
      figure('To get back', short(total.back), 'ms', 'were each step at its ceiling'),
      figure('Explained', percent(profile.explainedPercent), '', `by ${count(weft.steps.length)} steps and what is between`),
    ];
    if (profile.peakResidentByteCount) {
      const [value, unit] = bytes(profile.peakResidentByteCount).split(' ');
      result.push(figure('Peak memory', value, unit, memory ? `arena ${bytes(memory.arena)}` : ''));
    }
    if (data.startup) {
      result.push(figure('First answer', short(data.startup.total), 'ms', 'from the start of the process'));
    }
    return result;
  }

  weft.header = function () {
    weft.byId('model').textContent = data.profile.model;
    weft.byId('subject').textContent = subject();
    weft.byId('figures').replaceChildren(...figures());
    const sections = [...document.querySelectorAll('main section')].filter((each) => !each.hidden);
    weft.byId('places').replaceChildren(...sections.map((section) =>
      weft.el('a', { href: `#${section.id}`, text: section.querySelector('h2').textContent })));
  };
})(globalThis.weft ??= {});
