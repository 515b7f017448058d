'use strict';
// Light or dark: what the device prefers, until the reader chooses; the choice is kept if it can be.
(function (weft) {
  const root = document.documentElement;
  const prefersDark = matchMedia('(prefers-color-scheme: dark)');
  const key = 'weft-theme';

  function kept() {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // A page that was opened from a file may have no storage.
    }
  }

  function keep(theme) {
    try {
      localStorage.setItem(key, theme);
    } catch {
      // It lasts as long as the page, then.
    }
  }

  const current = () => root.dataset.theme ?? (prefersDark.matches ? 'dark' : 'light');

  weft.theme = function () {
    const button = weft.byId('theme');
    const label = () => {
      const other = current() === 'dark' ? 'Light' : 'Dark';
      button.textContent = other;
      button.setAttribute('aria-label', `Switch to the ${other.toLowerCase()} theme`);
    };
    const before = kept();
    if (before === 'dark' || before === 'light') root.dataset.theme = before;
    button.addEventListener('click', () => {
      root.dataset.theme = current() === 'dark' ? 'light' : 'dark';
      keep(root.dataset.theme);
      label();
    });
    prefersDark.addEventListener('change', label);
    label();
  };
})(globalThis.weft ??= {});
