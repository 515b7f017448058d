'use strict';
// The report's data, and what all views want of it: steps with their kinds, the tree of layers.
(function (weft) {
  const data = JSON.parse(weft.byId('report-data').textContent);
  weft.data = data;

  // In the order of the legend; the colours are those of the diagrams (Okabe and Ito, 2008).
  const kinds = [
    ['matrixProduct', 'matrix product'], ['attention', 'attention'],
    ['normalization', 'normalization'], ['activation', 'activation'],
    ['elementwise', 'elementwise'], ['reduction', 'reduction'],
    ['embedding', 'embedding, position'], ['movement', 'movement'], ['other', 'other'],
  ].map(([key, title]) => ({ key, title, color: `var(--kind-${key})` }));
  const kindOf = new Map(kinds.map((kind) => [kind.key, kind]));
  kindOf.set('position', kindOf.get('embedding'));

  /** The kind of an op's category. */
  weft.kind = (category) => kindOf.get(category) ?? kindOf.get('other');
  weft.kinds = kinds;

  /** `encoder.layer.3.attention` as `encoder`, `layer 3`, `attention`. */
  function levels(layer) {
    const parts = [];
    for (const part of layer ? layer.split('.') : []) {
      if (/^\d+$/.test(part) && parts.length > 0) parts[parts.length - 1] += ` ${part}`;
      else parts.push(part);
    }
    return parts;
  }

  const { number } = weft.format;
  /** The steps, in the order of the plan: rows of the profile and what follows from them. */
  weft.steps = data.profile.steps.map((row, index) => {
    const ms = number(row.time);
    const line = row.lines?.[0];
    return {
      ...row, index, ms, line, kindOfWork: weft.kind(row.category), levels: levels(row.layer),
      percent: number(row.percent), share: ms > 0 ? Math.min(1, number(row.ceiling) / ms) : 0,
      back: number(row.recoverable), wait: number(row.wait), barrier: number(row.barrier), place: weft.format.line(line),
      // Steps of layers that are equal but for their index.
      twin: [row.op, row.layer.replace(/\.\d+(?=\.|$)/g, '.*'), weft.format.line(line)].join(' '),
    };
  });
  weft.totalMs = weft.steps.reduce((sum, step) => sum + step.ms, 0);

  /** Sums over `steps`. */
  weft.sum = function (steps) {
    const total = { ms: 0, percent: 0, flops: 0, bytes: 0, wait: 0, barrier: 0, back: 0, least: 0 };
    for (const step of steps) {
      total.ms += step.ms;
      total.percent += step.percent;
      total.flops += number(step.flops);
      total.bytes += number(step.bytes);
      total.wait += step.wait;
      total.barrier += step.barrier;
      total.back += step.back;
      total.least += step.share * step.ms;
    }
    total.gflops = total.ms > 0 ? total.flops / total.ms / 1e6 : 0;
    total.gbytes = total.ms > 0 ? total.bytes / total.ms / 1e6 : 0;
    total.share = total.ms > 0 ? total.least / total.ms : 0;
    return total;
  };

  function node(name, path, depth) {
    return { name, path, depth, steps: [], ms: 0, children: [] };
  }

  function child(parent, name) {
    const path = parent.path ? `${parent.path} ▸ ${name}` : name;
    let found = parent.children.find((other) => !other.step && other.name === name);
    if (!found) parent.children.push((found = node(name, path, parent.depth + 1)));
    return found;
  }

  /** A layer that holds one layer and nothing else shares its place. */
  function merged(layer) {
    while (layer.children.length === 1 && !layer.children[0].step && layer.depth > 0) {
      const [only] = layer.children;
      Object.assign(layer, { name: `${layer.name}.${only.name}`, path: only.path, children: only.children });
    }
    for (const next of layer.children) {
      next.depth = layer.depth + 1;
      if (!next.step) merged(next);
    }
    return layer;
  }

  /** The tree of layers, with the steps as leaves, in the order of the plan. */
  weft.tree = function () {
    const root = node(data.profile.model, '', 0);
    for (const step of weft.steps) {
      let layer = root;
      const way = [root];
      for (const name of step.levels) way.push((layer = child(layer, name)));
      for (const each of way) {
        each.steps.push(step.index);
        each.ms += step.ms;
      }
      layer.children.push({
        name: step.op, path: step.layer, depth: layer.depth + 1, steps: [step.index], ms: step.ms,
        children: [], step,
      });
    }
    return merged(root);
  };
})(globalThis.weft ??= {});
