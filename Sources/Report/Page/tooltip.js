'use strict';
// What the pointer is on, in a few words beside it.
(function (weft) {
  const host = weft.byId('tooltip');

  function place(event) {
    const { innerWidth, innerHeight } = window;
    const box = host.getBoundingClientRect();
    const x = event.clientX + 14 + box.width > innerWidth ? event.clientX - box.width - 10 : event.clientX + 14;
    const y = event.clientY + 16 + box.height > innerHeight ? event.clientY - box.height - 10 : event.clientY + 16;
    host.style.left = `${Math.max(4, x)}px`;
    host.style.top = `${Math.max(4, y)}px`;
  }

  weft.tooltip = {
    /** Shows `title` over `facts`, pairs of words, at the pointer of `event`. */
    show(event, title, facts) {
      if (event.pointerType === 'touch') return;
      host.replaceChildren(
        weft.el('strong', { text: title }),
        weft.el('dl', {}, facts.map(([key, value]) =>
          [weft.el('dt', { text: key }), weft.el('dd', { text: value })])));
      host.hidden = false;
      place(event);
    },
    hide() { host.hidden = true; },
    /** The usual tip of one step or several. */
    steps(event, steps, title, more = []) {
      weft.tooltip.show(event, title ?? weft.title(steps[0]), [...weft.facts(steps), ...more]);
    },
  };

  document.addEventListener('scroll', weft.tooltip.hide, { capture: true, passive: true });
  document.addEventListener('keydown', weft.tooltip.hide);
})(globalThis.weft ??= {});
