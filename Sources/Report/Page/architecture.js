'use strict';
// The planned graph: boxes stand for steps, frames for layers; a box of ×N equal layers stands for
// the steps of all of them.
(function (weft) {
  /** The picture as elements without anything that could act or load. */
  function safe(text) {
    const parsed = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
    if (parsed.localName !== 'svg') throw new Error('the diagram is no SVG');
    const picture = document.importNode(parsed, true);
    for (const node of picture.querySelectorAll('script, foreignObject, iframe, image, use')) node.remove();
    for (const node of [picture, ...picture.querySelectorAll('*')]) {
      for (const { name } of [...node.attributes]) {
        if (/^on/i.test(name) || /(^|:)href$/i.test(name)) node.removeAttribute(name);
      }
    }
    return picture;
  }

  /** Makes the picture follow the page's theme. Its own style sheet knows the device's only. */
  function paint(picture) {
    const rules = [...picture.querySelectorAll('style')]
      .flatMap((style) => [...(style.sheet?.cssRules ?? [])])
      .filter((rule) => rule instanceof CSSMediaRule && rule.media.mediaText.includes('color-scheme'));
    weft.onTheme((dark) => {
      for (const rule of rules) rule.media.mediaText = dark ? 'screen' : 'not all';
      picture.classList.toggle('turned', dark && rules.length === 0);
    });
  }

  /** Which box stands for which steps. */
  function boxes(picture) {
    const found = new Map();
    for (const box of picture.querySelectorAll('g[id^="step-"]')) {
      const index = Number(box.id.slice('step-'.length));
      if (Number.isInteger(index) && weft.steps[index]) found.set(index, box);
    }
    const first = new Map();
    for (const index of found.keys()) {
      const { twin } = weft.steps[index];
      if (!first.has(twin)) first.set(twin, index);
    }
    const members = new Map([...found.keys()].map((index) => [index, []]));
    for (const step of weft.steps) {
      const drawn = found.has(step.index) ? step.index : first.get(step.twin);
      if (drawn !== undefined) members.get(drawn).push(step.index);
    }
    return [...found].map(([index, box]) => {
      const steps = members.get(index);
      const more = steps.length > 1 ? ` × ${steps.length}` : '';
      return { box, steps, title: weft.title(weft.steps[index]) + more };
    });
  }

  /**
   * Which layer stands for which steps: its own, and those of layers equal but for the index. A layer
   * is a frame, or a box where the picture is coarse.
   */
  function layers(picture) {
    const plain = (path) => path.replace(/\.\d+(?=\.|$)/g, '.*');
    return [...picture.querySelectorAll('g[id^="layer-"]')].map((box) => {
      const path = box.id.slice('layer-'.length);
      const inside = (layer, frame) => layer === frame || layer.startsWith(`${frame}.`);
      let steps = weft.steps.filter((step) => inside(step.layer, path));
      if ([...box.classList].some((name) => name.startsWith('run-'))) {
        steps = weft.steps.filter((step) => inside(plain(step.layer), plain(path)));
      }
      return { box, title: path, steps: steps.map((step) => step.index), isFrame: box.classList.contains('cluster') };
    }).filter(({ steps }) => steps.length > 0);
  }

  function connect({ box, steps, title, isFrame }) {
    const list = steps.map((index) => weft.steps[index]);
    for (const old of box.querySelectorAll(isFrame ? ':scope > title' : 'title')) old.remove();
    box.classList.add(isFrame ? 'frame' : 'box');
    if (!isFrame) {
      box.setAttribute('tabindex', '0');
      box.setAttribute('role', 'button');
      box.setAttribute('aria-label', `${title}, ${weft.format.time(weft.sum(list).ms)}`);
    }
    const choose = (event) => {
      event.stopPropagation();
      weft.selection.choose(steps, title, 'architecture');
    };
    box.addEventListener('click', choose);
    box.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      choose(event);
    });
    box.addEventListener('pointermove', (event) => {
      event.stopPropagation();
      weft.tooltip.steps(event, list, title);
    });
    box.addEventListener('pointerleave', weft.tooltip.hide);
  }

  function zoomed(view, picture) {
    const box = picture.viewBox.baseVal;
    let scale = 1;
    const apply = (next) => {
      scale = Math.min(4, Math.max(0.1, next));
      picture.style.width = `${box.width * scale}px`;
      picture.style.height = `${box.height * scale}px`;
    };
    const fit = () => apply(Math.min(1.5, (view.clientWidth - 2) / box.width));
    const whole = () => apply(Math.min((view.clientWidth - 2) / box.width, (view.clientHeight - 2) / box.height));
    const button = (text, label, action) =>
      weft.el('button', { type: 'button', class: 'choice', text, 'aria-label': label, onclick: action });
    fit();
    return weft.el('div', { class: 'choices', role: 'group', 'aria-label': 'Size of the picture' },
      button('−', 'Smaller', () => apply(scale / 1.25)), button('+', 'Larger', () => apply(scale * 1.25)),
      button('Width', 'As wide as the panel', fit), button('Whole', 'The whole picture', whole));
  }

  weft.architecture = function () {
    const host = weft.byId('architecture');
    if (!weft.data.diagram) {
      host.append(weft.el('p', { class: 'notice', text: weft.data.diagramProblem ?? 'There is no diagram.' }));
      return;
    }
    const picture = safe(weft.data.diagram);
    picture.setAttribute('class', 'diagram');
    picture.setAttribute('role', 'group');
    picture.setAttribute('aria-label', `Architecture of ${weft.data.profile.model}`);
    for (const name of ['width', 'height']) picture.removeAttribute(name);
    const view = weft.el('div', { class: 'drawing', tabindex: '0', role: 'region', 'aria-label': 'Diagram' }, picture);
    host.append(view);
    paint(picture);
    const parts = [...layers(picture), ...boxes(picture)];
    parts.forEach(connect);
    host.querySelector('h2').after(zoomed(view, picture));
    weft.selection.listen((steps, from) => {
      let first;
      for (const part of parts) {
        const has = (step) => steps.has(step);
        const on = part.isFrame ? part.steps.every(has) : part.steps.some(has);
        part.box.classList.toggle('on', on);
        if (on && !part.isFrame) first ??= part.box;
      }
      if (first && from !== 'architecture') reveal(view, first);
    });
  };

  /** Scrolls the picture, and nothing else, so that `box` is seen. */
  function reveal(view, box) {
    const [outer, inner] = [view.getBoundingClientRect(), box.getBoundingClientRect()];
    if (inner.top < outer.top || inner.bottom > outer.bottom) {
      view.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
    }
    if (inner.left < outer.left || inner.right > outer.right) {
      view.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
    }
  }
})(globalThis.weft ??= {});
