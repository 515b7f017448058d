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

  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : prefersDark.matches);
  const listeners = [];

  /** Calls `listener(isDark)` now and whenever the theme changes. */
  weft.onTheme = function (listener) {
    listeners.push(listener);
    listener(isDark());
  };

  weft.theme = function () {
    const button = weft.byId('theme');
    const tell = () => listeners.forEach((listener) => listener(isDark()));
    weft.onTheme((dark) => {
      button.textContent = dark ? 'Light' : 'Dark';
      button.setAttribute('aria-label', `Switch to the ${dark ? 'light' : 'dark'} theme`);
    });
    const before = kept();
    if (before === 'dark' || before === 'light') root.dataset.theme = before;
    button.addEventListener('click', () => {
      root.dataset.theme = isDark() ? 'light' : 'dark';
      keep(root.dataset.theme);
    });
    prefersDark.addEventListener('change', tell);
    new MutationObserver(tell).observe(root, { attributeFilter: ['data-theme'] });
    tell();
  };
})(globalThis.weft ??= {});
