/**
 * The page's own script: tables are sorted by their heads and filtered by a word, and what a link or the printer needs
 * is unfolded. A string, so that it is the same bytes however oompm is built: the page's policy names its hash.
 */
export const script = `
'use strict';
(() => {
  const marks = new Set(['-', '?', '']);
  const keyOf = (cell, numeric) => {
    const text = cell.dataset.v ?? cell.textContent.trim();
    if (marks.has(text)) return null;
    if (!numeric) return text;
    const number = Number(text);
    return Number.isNaN(number) ? null : number;
  };
  const words = new Intl.Collator(undefined, { numeric: true });
  const hex = /^0x[0-9a-f]+$/;
  const compare = (a, b) => {
    if (typeof a === 'number') return a - b;
    if (hex.test(a) && hex.test(b)) return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
    return words.compare(a, b);
  };
  const states = { none: ['ascending', 'descending'], ascending: ['descending', 'none'], descending: ['none', 'ascending'] };

  const sortable = (table) => {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    const asGiven = [...body.rows];
    const orderGiven = heads.map((head) => head.getAttribute('aria-sort'));
    heads.forEach((head, at) => {
      const numeric = head.classList.contains('n');
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const now = head.getAttribute('aria-sort') ?? 'none';
        // Of numbers the largest are asked for first.
        const next = states[now][numeric ? 1 : 0];
        for (const other of heads) other.removeAttribute('aria-sort');
        let rows = asGiven;
        if (next === 'none') {
          heads.forEach((other, place) => orderGiven[place] !== null && other.setAttribute('aria-sort', orderGiven[place]));
        } else {
          head.setAttribute('aria-sort', next);
          const sign = next === 'ascending' ? 1 : -1;
          rows = asGiven.map((row) => [keyOf(row.cells[at], numeric), row])
            .sort(([a], [b]) => a === null || b === null ? (a === null) - (b === null) : sign * compare(a, b))
            .map(([, row]) => row);
        }
        body.append(...rows);
      });
    });
  };

  const filterable = (box, table) => {
    const rows = [...table.tBodies[0].rows];
    const bar = document.createElement('p');
    bar.className = 'filter';
    const input = document.createElement('input');
    input.type = 'search';
    input.placeholder = 'Filter ' + rows.length + ' rows';
    input.setAttribute('aria-label', 'Filter ' + (box.getAttribute('aria-label') || 'rows'));
    const found = document.createElement('output');
    bar.append(input, ' ', found);
    box.before(bar);
    let texts;
    input.addEventListener('input', () => {
      texts ??= rows.map((row) => [...row.cells].map((cell) => cell.textContent).join('\\t').toLowerCase());
      const sought = input.value.trim().toLowerCase().split(/\\s+/);
      let count = 0;
      rows.forEach((row, at) => {
        const shown = sought.every((word) => texts[at].includes(word));
        row.hidden = !shown;
        count += shown ? 1 : 0;
      });
      found.value = input.value.trim() === '' ? '' : count + ' of ' + rows.length;
    });
  };

  for (const box of document.querySelectorAll('.wide')) {
    const table = box.querySelector('table');
    const count = table.tBodies[0].rows.length;
    if (table.classList.contains('table') && count > 1) sortable(table);
    if (count > 10) filterable(box, table);
  }

  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target === null) return;
    for (let at = target; at !== null; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
    target.scrollIntoView();
  };
  addEventListener('hashchange', reveal);
  // A link to where one already is changes no hash.
  addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
    if (link !== null && link.hash === location.hash) reveal();
  });
  if (location.hash.length > 1) reveal();

  let opened = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details:not([open])')];
    for (const one of opened) one.open = true;
  });
  addEventListener('afterprint', () => {
    for (const one of opened) one.open = false;
  });
})();
`;
