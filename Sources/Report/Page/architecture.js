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
    return [...found].map(([index, box]) => ({ box, index, steps: members.get(index) }));
  }

  /** Which frame stands for which steps: those of its layer, and of layers equal but for the index. */
  function frames(picture) {
    const plain = (path) => path.replace(/\.\d+(?=\.|$)/g, '.*');
    return [...picture.querySelectorAll('g[id^="layer-"]')].map((box) => {
      const path = box.id.slice('layer-'.length);
      const inside = (layer, frame) => layer === frame || layer.startsWith(`${frame}.`);
      let steps = weft.steps.filter((step) => inside(step.layer, path));
      if (box.classList.contains('repeated') || /(^| )run-/.test(box.getAttribute('class') ?? '')) {
        steps = weft.steps.filter((step) => inside(plain(step.layer), plain(path)));
      }
      return { box, path, steps: steps.map((step) => step.index) };
    }).filter(({ steps }) => steps.length > 0);
  }

  function connect(part, title, isFrame) {
    const { box, steps } = part;
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
    picture.setAttribute('aria-label', `Architecture of ${weft.data.model}`);
    for (const name of ['width', 'height']) picture.removeAttribute(name);
    const view = weft.el('div', { class: 'drawing', tabindex: '0', role: 'region', 'aria-label': 'Diagram' }, picture);
    host.append(view);
    const layers = frames(picture);
    const parts = boxes(picture);
    for (const frame of layers) connect(frame, frame.path, true);
    for (const part of parts) {
      const more = part.steps.length > 1 ? ` × ${part.steps.length}` : '';
      connect(part, weft.title(weft.steps[part.index]) + more, false);
    }
    host.querySelector('h2').after(zoomed(view, picture));
    weft.selection.listen((steps, from) => {
      let first;
      for (const part of parts) {
        const on = part.steps.some((step) => steps.has(step));
        part.box.classList.toggle('on', on);
        if (on) first ??= part.box;
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
