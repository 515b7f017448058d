'use strict';
// Elements: made from a name, attributes and children; text is always text.
(function (weft) {
  const svgNamespace = 'http://www.w3.org/2000/svg';

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name === 'text') node.textContent = value;
      else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
      else if (name.startsWith('--')) node.style.setProperty(name, value);
      else node.setAttribute(name, value === true ? '' : value);
    }
    node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
    return node;
  }

  /** An HTML element. Attributes `on…` listen, `--…` are CSS properties, `text` is the content. */
  weft.el = (name, attributes, ...children) =>
    fill(document.createElement(name), attributes, children);

  /** An SVG element. */
  weft.svg = (name, attributes, ...children) =>
    fill(document.createElementNS(svgNamespace, name), attributes, children);

  weft.byId = (id) => document.getElementById(id);

  /** A group of buttons of which one is pressed; `choose` gets the key of the one that is clicked. */
  weft.choices = function (label, options, current, choose) {
    const buttons = options.map(([key, text]) =>
      weft.el('button', {
        type: 'button', class: 'choice', text, 'aria-pressed': String(key === current),
        'data-key': key,
        onclick: () => {
          for (const other of buttons) other.setAttribute('aria-pressed', String(other.dataset.key === key));
          choose(key);
        },
      }));
    return weft.el('div', { class: 'choices', role: 'group', 'aria-label': label }, buttons);
  };

  /** Calls `draw(width)` now and whenever the width of `host` has changed. */
  weft.onWidth = function (host, draw) {
    let last = 0;
    const update = () => {
      const width = Math.floor(host.clientWidth);
      if (width > 0 && width !== last) {
        last = width;
        draw(width);
      }
    };
    update();
    new ResizeObserver(update).observe(host);
  };
})(globalThis.weft ??= {});
