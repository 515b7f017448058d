'use strict';
// A flame graph that hangs: the model on top, under it its layers, then the steps; width is time.
(function (weft) {
  const rowHeight = 24;

  /** All nodes with their place in time, parents before children. */
  function flat(root) {
    const nodes = [];
    const open = [[root, 0]];
    while (open.length > 0) {
      const [node, start] = open.pop();
      nodes.push(node);
      node.start = start;
      let at = start;
      for (const child of node.children) {
        child.parent = node;
        open.push([child, at]);
        at += child.ms;
      }
    }
    return nodes;
  }

  function holds(node, other) {
    for (let each = other; each; each = each.parent) if (each === node) return true;
    return false;
  }

  weft.flame = function () {
    const root = weft.tree();
    const nodes = flat(root);
    const deepest = nodes.reduce((most, node) => Math.max(most, node.depth), 0);
    const head = weft.byId('flame').querySelector('h2');
    const host = weft.frame('flame', 'Flame graph: time by layer and step');
    let focus = root;
    let drawn = [];

    const out = weft.el('button', {
      type: 'button', class: 'choice', text: 'All', 'aria-label': 'Show the whole model',
      onclick: () => show(root), disabled: true,
    });
    const into = weft.el('button', {
      type: 'button', class: 'choice', text: 'Open', 'aria-label': 'Show the selection alone',
      onclick: () => show(holder()),
    });
    head.after(weft.el('p', { class: 'caption', text: 'Width is time. Click selects, double click opens.' }),
      weft.el('div', { class: 'choices', role: 'group', 'aria-label': 'Part of the model' }, into, out));

    /** The lowest layer that has all that is selected. */
    function holder() {
      let best = root;
      for (const node of nodes) {
        if (node.step || node.steps.length < weft.selection.size) continue;
        const has = node.steps.filter(weft.selection.has).length === weft.selection.size;
        if (has && weft.selection.size > 0 && node.depth >= best.depth) best = node;
      }
      return best;
    }

    function show(node) {
      focus = node;
      out.disabled = node === root;
      draw(host.clientWidth);
    }

    function rectangle(node, width, x) {
      const [left, right] = [Math.max(0, x(node.start)), Math.min(width, x(node.start + node.ms))];
      const size = right - left;
      if (size < 0.4) return null;
      const y = node.depth * rowHeight;
      const room = Math.floor((size - 10) / 6.6);
      const full = `${node.name}  ${weft.format.short(node.ms)} ms`;
      const label = !node.step && full.length <= room ? full : weft.format.shortened(node.name, room);
      const part = weft.svg('g', {
        class: node.step ? 'flame-step' : 'flame-layer',
        '--kind': node.step ? node.step.kindOfWork.color : null, 'data-step': node.step?.index,
      }, weft.svg('rect', { x: left, y: y + 1, width: Math.max(size - 1, 0.4), height: rowHeight - 2, rx: size > 8 ? 3 : 0 }),
      label.length > 1 ? weft.svg('text', { x: left + 6, y: y + 16, text: label }) : null);
      part.addEventListener('click', () => weft.selection.choose(node.steps, node.step ? weft.title(node.step) : node.path || node.name, 'flame'));
      part.addEventListener('dblclick', () => show(node.step ? node.parent : node));
      part.addEventListener('pointermove', (event) =>
        weft.tooltip.steps(event, node.steps.map((step) => weft.steps[step]), node.step ? null : node.path || node.name));
      return part;
    }

    function draw(width) {
      const x = weft.linear(focus.start, focus.start + focus.ms, 0, width);
      drawn = [];
      const picture = weft.canvas(width, (deepest + 1) * rowHeight);
      for (const node of nodes) {
        if (!holds(focus, node) && !holds(node, focus)) continue;
        const part = rectangle(node, width, x);
        if (!part) continue;
        drawn.push([node, part]);
        picture.append(part);
      }
      host.replaceChildren(picture);
      mark();
    }

    function mark() {
      for (const [node, part] of drawn) {
        const count = node.steps.filter(weft.selection.has).length;
        part.classList.toggle('on', count > 0 && count === node.steps.length);
        part.classList.toggle('partly', count > 0);
      }
    }

    weft.selection.listen(mark);
    weft.onWidth(host, draw);
  };
})(globalThis.weft ??= {});
