import { h } from '../dom.js';
import { bytes, count, duration, percent, plural, timeOfDay } from '../format.js';
import { choice } from '../parts/choice.js';
import { codeBlock, sqlText } from '../parts/code-block.js';
import { dataTable } from '../parts/data-table.js';
import { bar } from '../parts/tile.js';
import { bodyOf, state } from '../state.js';
import { connectionNotices, viewHead } from '../verdict.js';

/**
 * @import { Bodies } from '../bodies.js'
 * @typedef {Bodies['statements'] | undefined} Window
 * @typedef {Bodies['statements']['statements'][number]} Statement
 */

/** @type {import('./views.js').View} */
export const queries = {
  path: 'queries',
  title: 'Queries',
  icon: 'queries',
  needs: ['statements', 'slow'],
  draw() {
    const body = bodyOf(state.ranking === 'slow' ? 'slow' : 'statements');
    return [...connectionNotices(), viewHead('Queries', windowOf(body)), table(body)];
  },
};

/** @param {Window} body */
function windowOf(body) {
  if (body === undefined) return 'Not looked at yet';
  const { calls, totalMs } = bodyOf('metrics')?.statements ?? { calls: 0, totalMs: 0 };
  const span =
    body.from === null
      ? 'Since statistics began'
      : `${timeOfDay(Date.parse(body.from))} to ${timeOfDay(Date.parse(body.to))}`;
  return `${span}: ${plural(calls, 'call')}, ${duration(totalMs)} in total`;
}

/** @param {Window} body */
function table(body) {
  const totalMs = bodyOf('metrics')?.statements.totalMs ?? 0;
  const share = (/** @type {number} */ ms) => (totalMs > 0 ? ms / totalMs : 0);
  return dataTable({
    id: 'queries',
    caption: 'Statements',
    rows: body?.statements ?? [],
    keyOf: ({ queryid }) => queryid,
    sort: '-total',
    search: ({ query, operation, queryid }) => [query, operation, queryid].join(' '),
    empty:
      body === undefined
        ? 'Looking …'
        : state.ranking === 'slow'
          ? 'No statement was slow (SLOW_QUERY_THRESHOLD).'
          : 'No statement was seen: pg_stat_statements is missing, or nothing has run yet.',
    tools: choice('ranking', 'Which statements', state.ranking, [
      ['top', 'Most time'],
      ['slow', 'Slow'],
    ]),
    columns: [
      { key: 'query', label: 'Statement', wide: true, cell: statementCell },
      {
        key: 'total',
        label: 'Time',
        number: true,
        value: (row) => row.totalMs,
        cell: ({ totalMs: ms }) =>
          h('span', {}, duration(ms), bar(share(ms)), h('span', { class: 'cell-note' }, percent(share(ms)))),
      },
      {
        key: 'calls',
        label: 'Calls',
        number: true,
        value: ({ calls }) => calls,
        cell: ({ calls }) => count(calls),
      },
      {
        key: 'mean',
        label: 'Mean',
        number: true,
        value: ({ meanMs }) => meanMs,
        cell: ({ meanMs }) => duration(meanMs),
      },
      {
        key: 'max',
        label: 'Longest',
        number: true,
        value: ({ maxMs }) => maxMs,
        cell: ({ maxMs }) => duration(maxMs),
      },
      {
        key: 'rows',
        label: 'Rows/call',
        number: true,
        value: ({ rows, calls }) => rows / calls,
        cell: ({ rows, calls }) => count(rows / calls),
      },
      {
        key: 'hit',
        label: 'Cache hit',
        number: true,
        value: hitOf,
        cell: (row) => percent(hitOf(row)),
      },
    ],
  });
}

/** @param {Statement} row */
const hitOf = ({ blocksHit, blocksRead }) =>
  blocksHit + blocksRead === 0 ? null : blocksHit / (blocksHit + blocksRead);

/**
 * The statement; opened, whole, with what it did besides and the plan that PostgreSQL would choose.
 * @param {Statement} row
 */
function statementCell({ queryid, query, operation, tempBlocks, walBytes, ioMs }) {
  const { plan, error, loading } = state.plans[queryid] ?? {};
  const block = 8_192;
  return h(
    'div',
    {},
    operation === null ? null : h('span', { class: 'chip accent' }, operation),
    query === null
      ? h('span', { class: 'muted' }, 'its text is not known any more')
      : sqlText(
          query,
          h(
            'p',
            { class: 'fine' },
            `Reading and writing ${duration(ioMs)} · temporary files ${bytes(tempBlocks * block)} · log ${bytes(walBytes)} · query id ${queryid}`,
          ),
          plan === undefined ? askPlan(queryid, loading ?? false) : codeBlock(plan, 'the plan'),
          error === undefined ? null : h('p', { class: 'error-text', role: 'alert' }, `${error}.`),
        ),
  );
}

/**
 * @param {string} queryid
 * @param {boolean} asking
 */
const askPlan = (queryid, asking) =>
  h(
    'p',
    {},
    h(
      'button',
      {
        type: 'button',
        class: 'quiet-button',
        'data-action': 'plan',
        'data-query': queryid,
        disabled: asking,
      },
      asking ? 'Asking …' : 'Show the plan',
    ),
    h('span', { class: 'fine' }, ' The generic one, whatever the parameters; nothing is run.'),
  );
