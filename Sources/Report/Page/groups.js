'use strict';
// What a row of the table stands for, and its columns.
(function (weft) {
  const { milliseconds, fixed, short, percent, plural } = weft.format;

  function row(name, steps, more) {
    return { name, steps, sum: weft.sum(steps), depth: 0, children: [], ...more };
  }

  function grouped(steps, nameOf) {
    const groups = new Map();
    for (const step of steps) {
      const name = nameOf(step);
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(step);
    }
    return [...groups].map(([name, members]) => row(name, members));
  }

  /** The tree of layers with those of its steps that are in `steps`. */
  function layers(steps) {
    const wanted = new Set(steps.map((step) => step.index));
    function convert(node) {
      const own = node.steps.filter((index) => wanted.has(index)).map((index) => weft.steps[index]);
      if (own.length === 0) return null;
      const name = node.step ? node.name : node.name || weft.data.profile.model;
      return row(name, own, {
        depth: node.depth, key: node.step ? `step ${node.step.index}` : `layer ${node.path}`,
        isStep: Boolean(node.step), children: node.children.map(convert).filter(Boolean),
      });
    }
    const root = convert(weft.tree());
    return root ? [root] : [];
  }

  weft.groupings = [
    ['step', 'Step', (steps) => steps.map((step) => row(step.op, [step], { step }))],
    ['layer', 'Layer', layers],
    ['op', 'Op', (steps) => grouped(steps, (step) => step.op)],
    ['line', 'Line', (steps) => grouped(steps, (step) => step.place || 'no line')],
    ['kind', 'Kind', (steps) => grouped(steps, (step) => step.kindOfWork.title)],
  ];

  const numbers = [
    { key: 'ms', title: 'ms', of: (each) => each.sum.ms, text: (each) => milliseconds(each.sum.ms) },
    { key: 'percent', title: '%', of: (each) => each.sum.percent, text: (each) => fixed(each.sum.percent, 1), meter: true },
    { key: 'gflops', title: 'GFLOP/s', of: (each) => each.sum.gflops, text: (each) => (each.sum.flops > 0 ? short(each.sum.gflops) : '') },
    { key: 'gbytes', title: 'GB/s', of: (each) => each.sum.gbytes, text: (each) => short(each.sum.gbytes) },
    { key: 'share', title: 'of ceiling', of: (each) => each.sum.share, text: (each) => percent(100 * each.sum.share, 0) },
    { key: 'back', title: 'to get back', hint: 'ms that the step takes above its ceiling', of: (each) => each.sum.back, text: (each) => milliseconds(each.sum.back) },
    { key: 'wait', title: 'wait', hint: 'ms that a worker stood still meanwhile, the mean over workers', of: (each) => each.sum.wait, text: (each) => milliseconds(each.sum.wait) },
    { key: 'barrier', title: 'meet', hint: 'ms after it in which no step went on: the workers met', of: (each) => each.sum.barrier, text: (each) => milliseconds(each.sum.barrier) },
  ];
  const bound = { key: 'bound', title: 'bound', of: (each) => each.steps[0].bound ?? '', text: (each) => each.steps[0].bound ?? '' };
  const p90 = { key: 'p90', title: 'p90', hint: 'ms; nine runs in ten were as fast', of: (each) => each.steps[0].p90 ?? 0, text: (each) => milliseconds(each.steps[0].p90) };

  /** The columns of a grouping: its own, then the numbers that all have. */
  weft.columns = function (grouping) {
    const some = (key) => weft.steps.some((step) => step[key] !== undefined && step[key] !== null);
    if (grouping === 'step') {
      return [
        { key: 'index', title: '#', number: true, of: (each) => each.steps[0].index, text: (each) => String(each.steps[0].index) },
        { key: 'name', title: 'op', name: true, of: (each) => each.name, text: (each) => each.name },
        { key: 'layer', title: 'layer', of: (each) => each.steps[0].layer, text: (each) => each.steps[0].layer, path: true },
        { key: 'line', title: 'line', of: (each) => each.steps[0].place, text: (each) => each.steps[0].place },
        ...numbers.slice(0, 1), ...(some('p90') ? [p90] : []), ...numbers.slice(1, 5),
        ...(some('bound') ? [bound] : []), ...numbers.slice(5),
      ].map((column) => (numbers.includes(column) || column === p90 ? { ...column, number: true } : column));
    }
    const title = weft.groupings.find(([key]) => key === grouping)[1].toLowerCase();
    return [
      { key: 'name', title, name: true, of: (each) => each.name, text: (each) => each.name },
      { key: 'calls', title: 'steps', number: true, of: (each) => each.steps.length, text: (each) => String(each.steps.length) },
      ...numbers.map((column) => ({ ...column, number: true })),
    ];
  };

  /** Whether all words of `query` stand somewhere in what is known of `step`. */
  weft.matches = function (step, query) {
    const text = [
      step.op, step.layer, step.kernel, step.category, step.kindOfWork.title, step.bound,
      ...step.lines.map((line) => `${weft.format.line(line)} ${line.source ?? ''}`),
    ].join(' ').toLowerCase();
    return query.toLowerCase().split(/\s+/).every((word) => text.includes(word));
  };

  weft.counted = (shown, all) =>
    (shown === all ? plural(all, 'step', 'steps') : `${shown} of ${plural(all, 'step', 'steps')}`);
})(globalThis.weft ??= {});
