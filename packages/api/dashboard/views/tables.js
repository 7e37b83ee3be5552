import { agoTime } from '../clock.js';
import { h } from '../dom.js';
import { bytes, count, moment, NOTHING, percent, plural } from '../format.js';
import { dataTable } from '../parts/data-table.js';
import { findingList } from '../parts/finding-card.js';
import { section } from '../parts/notice.js';
import { bodyOf } from '../state.js';
import { connectionNotices, viewHead } from '../verdict.js';

/** Checks whose findings are about a table or an index. */
const about = new Set([
  'autovacuum-due',
  'default-partition-rows',
  'duplicate-indexes',
  'invalid-indexes',
  'missing-foreign-key-indexes',
  'sequences',
  'table-bloat',
  'table-growth',
  'unused-indexes',
  'unvalidated-constraints',
]);

/**
 * @import { Bodies } from '../bodies.js'
 * @typedef {Bodies['tables']['tables'][number]} Table
 * @typedef {Bodies['tables']['indexes']['indexes'][number]} Index
 */

/** @type {import('./views.js').View} */
export const tables = {
  path: 'tables',
  title: 'Tables',
  icon: 'tables',
  needs: ['tables'],
  draw() {
    const body = bodyOf('tables');
    const findings = (bodyOf('findings')?.report.findings ?? []).filter(({ check }) => about.has(check));
    const note = body?.at
      ? h('span', {}, 'Sizes and rows as of the last vacuum or analyze, read ', agoTime(body.at))
      : 'Not looked at yet';
    return [
      ...connectionNotices(),
      viewHead('Tables and indexes', note),
      findings.length === 0 ? null : section('Findings', {}, findingList(findings)),
      tableSection(body),
      indexSection(body),
    ];
  },
};

/** @param {Bodies['tables'] | undefined} body */
function tableSection(body) {
  const rows = body?.tables ?? [];
  return section(
    'Tables',
    { aside: h('span', { class: 'fine' }, plural(rows.length, 'table')) },
    dataTable({
      id: 'tables',
      caption: 'Tables',
      rows,
      keyOf: ({ table }) => table,
      sort: '-size',
      search: ({ table }) => table,
      empty: body === undefined ? 'Looking …' : 'There is no table.',
      columns: [
        { key: 'table', label: 'Table', wide: true, value: ({ table }) => table, cell: tableName },
        {
          key: 'size',
          label: 'Size',
          number: true,
          value: ({ tableBytes, indexBytes }) => tableBytes + indexBytes,
          cell: ({ tableBytes, indexBytes }) =>
            h(
              'span',
              {},
              bytes(tableBytes + indexBytes),
              h('span', { class: 'cell-note' }, `${bytes(indexBytes)} indexes`),
            ),
        },
        {
          key: 'rows',
          label: 'Rows',
          number: true,
          value: (row) => row.rows,
          cell: (row) => count(row.rows),
        },
        {
          key: 'dead',
          label: 'Dead',
          number: true,
          value: deadShare,
          cell: (row) => (row.deadRows === 0 ? NOTHING : percent(deadShare(row))),
        },
        {
          key: 'growth',
          label: 'Growth',
          number: true,
          value: ({ growth }) => growth?.bytes ?? null,
          cell: ({ growth }) =>
            growth === null || growth.bytes === 0
              ? NOTHING
              : h('span', { title: `since ${moment(growth.since)}` }, signed(growth.bytes)),
        },
        {
          key: 'scans',
          label: 'By index',
          number: true,
          value: byIndex,
          cell: (row) => percent(byIndex(row)),
        },
        {
          key: 'vacuum',
          label: 'Vacuumed',
          number: true,
          value: ({ lastVacuum }) => lastVacuum,
          cell: ({ lastVacuum }) => agoTime(lastVacuum),
        },
        {
          key: 'analyze',
          label: 'Analyzed',
          number: true,
          value: ({ lastAnalyze }) => lastAnalyze,
          cell: ({ lastAnalyze }) => agoTime(lastAnalyze),
        },
      ],
    }),
  );
}

/** @param {number} grown */
const signed = (grown) => `${grown > 0 ? '+' : '−'}${bytes(Math.abs(grown))}`;

/** @param {Table} row */
const tableName = ({ table, autovacuumEnabled, vacuumDue, bloat }) =>
  h(
    'span',
    {},
    h('span', { class: 'name' }, withoutPublic(table)),
    ' ',
    autovacuumEnabled ? null : h('span', { class: 'chip warning' }, 'autovacuum off'),
    vacuumDue >= 2 ? h('span', { class: 'chip warning' }, 'vacuum due') : null,
    bloat !== null && bloat.ratio >= 0.5
      ? h('span', { class: 'chip warning' }, `${percent(bloat.ratio)} empty`)
      : null,
  );

/** @param {Table} row */
const deadShare = ({ rows, deadRows }) => (rows + deadRows === 0 ? 0 : deadRows / (rows + deadRows));

/** @param {Table} row */
const byIndex = ({ sequentialScans, indexScans }) =>
  sequentialScans + indexScans === 0 ? null : indexScans / (sequentialScans + indexScans);

/** @param {Bodies['tables'] | undefined} body */
function indexSection(body) {
  const rows = body?.indexes.indexes ?? [];
  return section(
    'Indexes',
    { aside: h('span', { class: 'fine' }, plural(rows.length, 'index', 'indexes')) },
    dataTable({
      id: 'indexes',
      caption: 'Indexes',
      rows,
      keyOf: ({ index }) => index,
      sort: '-size',
      search: ({ index, table }) => `${index} ${table}`,
      empty:
        body?.indexes.at === null ? 'Indexes are looked at every quarter of an hour.' : 'There is no index.',
      columns: [
        { key: 'index', label: 'Index', wide: true, value: ({ index }) => index, cell: indexName },
        {
          key: 'size',
          label: 'Size',
          number: true,
          value: (row) => row.bytes,
          cell: (row) => bytes(row.bytes),
        },
        {
          key: 'scans',
          label: 'Scans',
          number: true,
          value: ({ scans }) => scans,
          cell: ({ scans }) => count(scans),
        },
        {
          key: 'used',
          label: 'Last used',
          number: true,
          value: ({ lastScan }) => lastScan,
          cell: ({ lastScan, scans }) =>
            lastScan === null ? (scans > 0 ? 'not kept' : 'never') : agoTime(lastScan),
        },
      ],
    }),
  );
}

/** @param {Index} row */
const indexName = ({ index, table, columns, primary, unique, valid, unused, duplicateOf }) =>
  h(
    'span',
    {},
    h('span', { class: 'name' }, withoutPublic(index)),
    ' ',
    primary
      ? h('span', { class: 'chip' }, 'primary key')
      : unique
        ? h('span', { class: 'chip' }, 'unique')
        : null,
    valid ? null : h('span', { class: 'chip warning' }, 'invalid'),
    unused ? h('span', { class: 'chip warning' }, 'unused') : null,
    duplicateOf === null
      ? null
      : h('span', { class: 'chip warning' }, `covered by ${withoutPublic(duplicateOf)}`),
    h('span', { class: 'cell-note' }, `${withoutPublic(table)} (${columns.join(', ') || 'expression'})`),
  );

/**
 * Names in the schema that everything is in are shorter without it.
 * @param {string} name
 */
const withoutPublic = (name) => name.replace(/^public\./, '');
