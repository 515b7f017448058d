'use strict';
// Draws the page. A view that fails says so in its place, and the others stand.
(function (weft) {
  const views = [
    ['architecture', weft.architecture], ['flame', weft.flame], ['timeline', weft.timeline],
    ['roofline', weft.roofline], ['memory', weft.memory], ['startup', weft.startup],
    ['passes', weft.passes], ['table', weft.table],
  ];
  weft.theme();
  for (const [id, draw] of views) {
    try {
      draw();
    } catch (error) {
      console.error(error);
      weft.byId(id).append(weft.el('p', { class: 'notice', text: `This view can't be shown: ${error.message}` }));
    }
  }
  weft.kindBar();
  weft.header();
  document.documentElement.classList.add('ready');
})(globalThis.weft ??= {});
