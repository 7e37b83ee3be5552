import { h } from '../dom.js';
import { exact } from '../format.js';
import { state } from '../state.js';
import { nothing } from './notice.js';

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} key
 * @property {string} label
 * @property {(row: Row) => string | number | null} [value] what it is sorted by; without it, it is not
 * @property {(row: Row) => Node | string | number | null} cell
 * @property {boolean} [number] to the right, in figures of one width
 * @property {boolean} [wide] takes the room that is left
 */

/** Rows that are shown before somebody asks for more. */
const FIRST = 50;

/**
 * A table that can be sorted by its headings and searched. Where it is narrow, each row becomes a block with its
 * headings beside the values (style/parts.css): hence the roles, which such a display would take from it.
 * @template Row
 * @param {{ id: string, caption: string, columns: Column<Row>[], rows: readonly Row[], keyOf: (row: Row) => string,
 *           sort?: string, search?: (row: Row) => string, empty: string, tools?: Node | null }} table
 */
export function dataTable({ id, caption, columns, rows, keyOf, sort = '', search, empty, tools = null }) {
  state.tables[id] ??= { sort, filter: '', shown: FIRST };
  const view = state.tables[id];
  const wanted = view.filter.trim().toLowerCase();
  const found = search && wanted ? rows.filter((row) => search(row).toLowerCase().includes(wanted)) : rows;
  const sorted = sortRows(found, columns, view.sort);
  const shown = sorted.slice(0, view.shown);
  return h(
    'div',
    { class: 'table-block', key: id },
    search || tools
      ? h(
          'div',
          { class: 'table-tools', key: 'tools' },
          search ? searchField(id, caption, view.filter) : null,
          tools,
        )
      : null,
    rows.length === 0
      ? nothing(empty)
      : h(
          'table',
          { role: 'table', class: 'data', key: 'table' },
          h('caption', { class: 'visually-hidden' }, caption),
          h(
            'thead',
            { role: 'rowgroup' },
            h('tr', { role: 'row' }, ...columns.map((column) => heading(id, column, view.sort))),
          ),
          h('tbody', { role: 'rowgroup' }, ...shown.map((row) => line(row, columns, keyOf(row)))),
        ),
    found.length === 0 && rows.length > 0 ? nothing(`Nothing matches “${view.filter}”.`) : null,
    found.length > shown.length
      ? h(
          'p',
          { class: 'more', key: 'more' },
          `${exact(shown.length)} of ${exact(found.length)} `,
          h(
            'button',
            { type: 'button', class: 'quiet-button', 'data-action': 'more', 'data-table': id },
            'Show more',
          ),
        )
      : null,
  );
}

/**
 * @param {string} id
 * @param {string} caption
 * @param {string} value
 */
const searchField = (id, caption, value) =>
  h('input', {
    type: 'search',
    value,
    placeholder: 'Filter',
    'aria-label': `Filter: ${caption}`,
    'data-change': 'filter',
    'data-table': id,
    autocomplete: 'off',
    spellcheck: 'false',
  });

/**
 * @param {string} id
 * @param {Column<any>} column
 * @param {string} sort
 */
function heading(id, { key, label, value, number, wide }, sort) {
  const descending = sort === `-${key}`;
  const sorted = descending || sort === key;
  return h(
    'th',
    {
      role: 'columnheader',
      scope: 'col',
      class: [number && 'number', wide && 'wide'].filter(Boolean).join(' ') || null,
      'aria-sort': sorted ? (descending ? 'descending' : 'ascending') : null,
    },
    value === undefined
      ? label
      : h(
          'button',
          {
            type: 'button',
            class: 'sort',
            'data-action': 'sort',
            'data-table': id,
            'data-column': key,
            'data-first': number ? '-' : '',
          },
          label,
        ),
  );
}

/**
 * @template Row
 * @param {Row} row
 * @param {Column<Row>[]} columns
 * @param {string} key
 */
const line = (row, columns, key) =>
  h(
    'tr',
    { role: 'row', key },
    ...columns.map(({ label, cell, number, wide }) =>
      h(
        'td',
        {
          role: 'cell',
          'data-label': label,
          class: [number && 'number', wide && 'wide'].filter(Boolean).join(' ') || null,
        },
        cell(row),
      ),
    ),
  );

/**
 * @template Row
 * @param {readonly Row[]} rows
 * @param {Column<Row>[]} columns
 * @param {string} sort
 */
function sortRows(rows, columns, sort) {
  const key = sort.replace(/^-/, '');
  const value = columns.find((column) => column.key === key)?.value;
  if (value === undefined) return rows;
  const sign = sort.startsWith('-') ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [value(a), value(b)];
    // What is not known comes last, whatever the direction.
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (typeof x === 'string' ? x.localeCompare(String(y)) : x - Number(y));
  });
}
