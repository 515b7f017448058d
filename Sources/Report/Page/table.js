'use strict';
// All numbers: grouped, sorted, searched. Long tables grow when the reader asks.
(function (weft) {
  const pageSize = 250;

  weft.table = function () {
    const section = weft.byId('table');
    let grouping = 'step';
    let query = '';
    let sort = { key: 'index', descending: false };
    let limit = pageSize;
    let shown = [];
    const closed = new Set();

    const found = weft.el('output', { class: 'muted', for: 'search' });
    const search = weft.el('input', {
      type: 'search', id: 'search', placeholder: 'Search op, layer, line, kernel', autocomplete: 'off',
      spellcheck: 'false', 'aria-label': 'Search the table',
      oninput: () => {
        query = search.value.trim();
        limit = pageSize;
        draw();
      },
    });
    const groups = weft.choices('One row for each', weft.groupings.map(([key, title]) => [key, title]), grouping, (key) => {
      grouping = key;
      sort = key === 'step' ? { key: 'index', descending: false }
        : key === 'layer' ? { key: '', descending: true } : { key: 'ms', descending: true };
      limit = pageSize;
      draw();
    });
    const head = weft.el('thead');
    const body = weft.el('tbody');
    const foot = weft.el('tfoot');
    const view = weft.el('div', { class: 'scroll rows', tabindex: '0', role: 'region', 'aria-label': 'Table of steps' },
      weft.el('table', { class: 'data' }, head, body, foot));
    const more = weft.el('button', {
      type: 'button', class: 'button', hidden: true,
      onclick: () => {
        limit = Infinity;
        draw();
      },
    });
    section.append(weft.el('div', { class: 'tools' }, groups, search, found), view, more);

    function order(rows, columns) {
      const column = columns.find((each) => each.key === sort.key);
      if (!column) return rows;
      const sign = sort.descending ? -1 : 1;
      return rows.map((row, place) => [row, place]).sort(([a, i], [b, j]) => {
        const [first, second] = [column.of(a), column.of(b)];
        const by = typeof first === 'string' ? first.localeCompare(second, 'en', { numeric: true }) : first - second;
        return by * sign || i - j;
      }).map(([row]) => row);
    }

    /** Rows as they stand under each other: open ones with their children after them. */
    function flat(rows, columns) {
      return order(rows, columns).flatMap((row) =>
        [row, ...(row.children.length > 0 && !closed.has(row.key) ? flat(row.children, columns) : [])]);
    }

    function header(column) {
      const on = column.key === sort.key;
      const button = weft.el('button', {
        type: 'button', class: 'sort', title: column.hint, 'data-column': column.key, text: column.title,
        onclick: () => {
          const descending = on ? !sort.descending : Boolean(column.number);
          sort = { key: column.key, descending };
          draw();
          head.querySelector(`[data-column="${column.key}"]`)?.focus();
        },
      });
      return weft.el('th', {
        scope: 'col', class: column.number ? 'number' : column.name ? 'name' : null,
        'aria-sort': on ? (sort.descending ? 'descending' : 'ascending') : 'none',
      }, button);
    }

    function nameCell(row, column) {
      const steps = row.steps.map((step) => step.index);
      const title = row.step ? weft.title(row.step) : row.isStep ? weft.title(row.steps[0]) : row.name;
      const first = row.steps[0];
      const one = grouping === 'step' || grouping === 'op' || grouping === 'kind' || row.isStep;
      const toggle = row.children.length > 0 ? weft.el('button', {
        type: 'button', class: 'toggle', 'aria-expanded': String(!closed.has(row.key)), 'aria-label': `Layers of ${row.name}`,
        onclick: (event) => {
          event.stopPropagation();
          if (!closed.delete(row.key)) closed.add(row.key);
          draw();
        },
      }) : grouping === 'layer' ? weft.el('span', { class: 'toggle none' }) : null;
      return weft.el('td', { class: 'name', '--depth': grouping === 'layer' ? row.depth : null }, toggle, weft.el('button', {
        type: 'button', class: 'pick', '--kind': one ? first.kindOfWork.color : null,
        onclick: (event) => {
          event.stopPropagation();
          weft.selection.choose(steps, title, 'table');
        },
      }, one ? weft.el('span', { class: 'swatch' }) : null, column.text(row)));
    }

    function cell(row, column, most) {
      if (column.name) return nameCell(row, column);
      const style = [column.number ? 'number' : '', column.path ? 'path' : '', column.meter ? 'meter' : ''].filter(Boolean).join(' ');
      return weft.el('td', {
        class: style || null, title: column.path ? column.text(row) : null,
        '--share': column.meter && most > 0 ? `${(100 * column.of(row)) / most}%` : null,
      }, weft.el('span', { text: column.text(row) }));
    }

    function line(row, columns, most) {
      const title = row.step ? weft.title(row.step) : row.name;
      return weft.el('tr', {
        'data-step': row.steps.length === 1 ? row.steps[0].index : null,
        onclick: () => weft.selection.choose(row.steps.map((step) => step.index), title, 'table'),
      }, columns.map((column) => cell(row, column, most)));
    }

    function total(steps, columns) {
      const all = { name: 'all', steps, sum: weft.sum(steps), children: [] };
      return weft.el('tr', {}, columns.map((column, i) => weft.el(i === 0 ? 'th' : 'td', {
        scope: i === 0 ? 'row' : null, class: column.number ? 'number' : null,
        text: column.name ? 'all' : ['index', 'layer', 'line', 'bound', 'p90'].includes(column.key) ? '' : column.text(all),
      })));
    }

    function draw() {
      const steps = query ? weft.steps.filter((step) => weft.matches(step, query)) : weft.steps;
      const columns = weft.columns(grouping);
      const rows = flat(weft.groupings.find(([key]) => key === grouping)[2](steps), columns);
      head.replaceChildren(weft.el('tr', {}, columns.map(header)));
      const most = Math.max(...rows.map((row) => row.sum.percent));
      shown = rows.slice(0, limit).map((row) => [row, line(row, columns, most)]);
      body.replaceChildren(...shown.map(([, element]) => element));
      if (rows.length === 0) {
        body.append(weft.el('tr', {}, weft.el('td', { colspan: columns.length, class: 'muted', text: `Nothing has '${query}' in it.` })));
      }
      foot.replaceChildren(...(steps.length > 0 ? [total(steps, columns)] : []));
      more.hidden = rows.length <= limit;
      more.textContent = `Show all ${rows.length} rows`;
      found.textContent = weft.counted(steps.length, weft.steps.length);
      mark();
    }

    function mark(from) {
      let first;
      for (const [row, element] of shown) {
        const on = weft.selection.size > 0 && row.steps.every((step) => weft.selection.has(step.index));
        element.classList.toggle('on', on);
        if (on) first ??= element;
      }
      if (first && from !== 'table') {
        const [outer, inner] = [view.getBoundingClientRect(), first.getBoundingClientRect()];
        const covered = head.getBoundingClientRect().height;
        if (inner.top < outer.top + covered || inner.bottom > outer.bottom) {
          view.scrollTop += inner.top - outer.top - Math.max(covered, (outer.height - inner.height) / 2);
        }
      }
    }

    weft.selection.listen((steps, from) => {
      if (from !== 'table' && limit < Infinity && [...steps].some((step) => step >= limit)) {
        limit = Infinity;
        draw();
      }
      mark(from);
    });
    window.addEventListener('beforeprint', () => {
      limit = Infinity;
      draw();
    });
    draw();
  };
})(globalThis.weft ??= {});
