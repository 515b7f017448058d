'use strict';
// Numbers as people read them; the same in every locale.
(function (weft) {
  const number = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

  /** About three digits: 0.0123, 1.23, 12.3, 123. */
  function short(value) {
    const size = Math.abs(number(value));
    if (size === 0) return '0';
    const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4;
    return grouped(number(value).toFixed(digits));
  }

  function grouped(text) {
    const [whole, fraction] = text.split('.');
    const parts = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
    return fraction ? `${parts}.${fraction}` : parts;
  }

  function bytes(value) {
    const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
    let [rest, unit] = [number(value), 0];
    while (rest >= 1023.5 && unit < units.length - 1) {
      rest /= 1024;
      unit += 1;
    }
    return unit === 0 ? `${rest} B` : `${short(rest)} ${units[unit]}`;
  }

  weft.format = {
    number,
    short,
    bytes,
    /** Always three digits after the point, so that points stand under each other. */
    milliseconds: (value) => grouped(number(value).toFixed(3)),
    /** With its unit, the one that gives few zeros. */
    time: (ms) => (number(ms) < 0.1 ? `${short(number(ms) * 1000)} µs` : `${short(ms)} ms`),
    percent: (value, digits = 1) => `${number(value).toFixed(digits)} %`,
    fixed: (value, digits) => grouped(number(value).toFixed(digits)),
    count: (value) => grouped(String(Math.round(number(value)))),
    plural: (count, one, many) => `${grouped(String(count))} ${count === 1 ? one : many}`,
    /** 12.3 M, 4.56 G. */
    scaled(value) {
      const units = ['', ' k', ' M', ' G', ' T', ' P'];
      let [rest, unit] = [number(value), 0];
      while (rest >= 999.5 && unit < units.length - 1) {
        rest /= 1000;
        unit += 1;
      }
      return unit === 0 ? String(Math.round(rest)) : short(rest) + units[unit];
    },
    /** `bert.weft:14`. */
    line: (line) => (line ? `${line.file.split('/').pop()}:${line.line}` : ''),
    /** At most `limit` characters; nothing where so few say nothing. */
    shortened(text, limit) {
      if (text.length <= limit) return text;
      return limit < 4 ? '' : `${text.slice(0, limit - 1)}…`;
    },
  };

  /** The value that `share` of `values` are below, between its two neighbours in proportion. */
  weft.quantile = function (values, share) {
    const sorted = [...values].sort((a, b) => a - b);
    if (sorted.length === 0) return 0;
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  };
})(globalThis.weft ??= {});
