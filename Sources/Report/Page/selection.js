'use strict';
// What is selected: a set of steps under a name. All views show it, each can change it.
(function (weft) {
  const listeners = [];
  let selected = new Set();
  let name = '';

  function tell(from) {
    const root = document.documentElement;
    root.classList.toggle('has-selection', selected.size > 0);
    for (const listener of listeners) listener(selected, from);
    show();
  }

  weft.selection = {
    /** Calls `listener(steps, from)` when the selection changes; `from` is the view that did it. */
    listen: (listener) => listeners.push(listener),
    has: (step) => selected.has(step),
    get size() { return selected.size; },
    /** Selects `steps`; the same steps again, and none are. */
    choose(steps, title, from) {
      const same = steps.length === selected.size && steps.every((step) => selected.has(step));
      selected = new Set(same ? [] : steps);
      name = title;
      tell(from);
    },
    clear() {
      if (selected.size === 0) return;
      selected = new Set();
      tell();
    },
    /** Goes `by` steps on in the plan's order. */
    move(by, from) {
      if (weft.steps.length === 0) return;
      const indexes = [...selected];
      const last = weft.steps.length - 1;
      const start = indexes.length === 0 ? (by > 0 ? -1 : last + 1)
        : by > 0 ? Math.max(...indexes) : Math.min(...indexes);
      const next = Math.min(last, Math.max(0, start + by));
      selected = new Set([next]);
      name = weft.title(weft.steps[next]);
      tell(from);
    },
  };

  weft.title = (step) => `${step.op}${step.layer ? ` · ${step.layer}` : ''}`;

  /** What is worth knowing about `steps`, as pairs of words. */
  weft.facts = function (steps) {
    const { time, percent, short, scaled, bytes } = weft.format;
    const sum = weft.sum(steps);
    const [first] = steps;
    const facts = [['time', `${time(sum.ms)}, ${percent(sum.percent)}`]];
    if (sum.flops > 0) facts.push(['speed', `${short(sum.gflops)} GFLOP/s`]);
    facts.push(['traffic', `${short(sum.gbytes)} GB/s`]);
    facts.push(['of the ceiling', percent(100 * sum.share, 0)]);
    facts.push(['to get back', time(sum.back)]);
    if (steps.length === 1) {
      if (first.bound) facts.push(['bound by', first.bound]);
      if (first.place) facts.push(['line', first.place + (first.lines.length > 1 ? ` +${first.lines.length - 1}` : '')]);
      facts.push(['kernel', first.kernel]);
    } else {
      facts.unshift(['steps', String(steps.length)]);
    }
    facts.push(['work', `${scaled(sum.flops)}FLOP, ${bytes(sum.bytes)}`]);
    return facts;
  };

  function show() {
    const host = weft.byId('inspector');
    const steps = [...selected].sort((a, b) => a - b).map((index) => weft.steps[index]);
    host.hidden = steps.length === 0;
    document.body.classList.toggle('inspecting', steps.length > 0);
    if (steps.length === 0) {
      weft.byId('announcer').textContent = 'Nothing is selected.';
      return;
    }
    const facts = weft.facts(steps);
    host.replaceChildren(
      weft.el('strong', { class: 'subject', text: name }),
      weft.el('dl', {}, facts.map(([key, value]) =>
        weft.el('div', {}, weft.el('dt', { text: key }), weft.el('dd', { text: value })))),
      weft.el('button', {
        type: 'button', class: 'button', text: 'Clear', 'aria-label': 'Clear the selection',
        onclick: weft.selection.clear,
      }));
    weft.byId('announcer').textContent =
      `${name}: ${facts.map(([key, value]) => `${key} ${value}`).join('; ')}`;
  }

  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') weft.selection.clear();
  });
})(globalThis.weft ??= {});
