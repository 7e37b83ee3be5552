import { agoTime } from '../clock.js';
import { h } from '../dom.js';
import { duration, NOTHING, plural } from '../format.js';
import { codeBlock, sqlText } from '../parts/code-block.js';
import { dataTable } from '../parts/data-table.js';
import { nothing, section } from '../parts/notice.js';
import { bodyOf, state } from '../state.js';
import { connectionNotices, viewHead } from '../verdict.js';

/** @import { Bodies, LockNode } from '../bodies.js' */

/** @type {import('./views.js').View} */
export const sessions = {
  path: 'sessions',
  title: 'Sessions',
  icon: 'sessions',
  needs: ['sessions'],
  draw() {
    const body = bodyOf('sessions');
    return [
      ...connectionNotices(),
      viewHead('Sessions', body?.at ? h('span', {}, 'As of ', agoTime(body.at)) : 'Not looked at yet'),
      lockSection(body),
      sessionSection(body),
    ];
  },
};

/** @param {Bodies['sessions'] | undefined} body */
function lockSection(body) {
  const { trees, blocked, oldestWaitMs } = body?.locks ?? { trees: [], blocked: 0, oldestWaitMs: 0 };
  const aside =
    blocked === 0
      ? null
      : h(
          'span',
          { class: 'fine' },
          `${plural(blocked, 'session')} waiting, the longest for ${duration(oldestWaitMs)}`,
        );
  return section(
    'Who waits for whom',
    { aside },
    trees.length === 0
      ? nothing(body === undefined ? 'Looking …' : 'Nobody waits for a lock.')
      : h('ul', { class: 'locks' }, ...trees.map(({ nodes, release }) => branch(nodes, release))),
  );
}

/**
 * A session with those that wait for it below it.
 * @param {readonly LockNode[]} nodes it, and everybody below it, from the top down
 * @param {string | null} release what would end a root
 * @returns {HTMLElement}
 */
function branch([node, ...below], release) {
  if (node === undefined) throw new Error('a branch has a first node');
  const { pid, role, application, state: doing, query, transactionMs, waitedMs, wants } = node;
  const waiting = new Set(below.map((one) => one.pid)).size;
  return h(
    'li',
    { key: pid },
    h(
      'div',
      { class: 'lock' },
      h(
        'div',
        { class: 'lock-head' },
        h('strong', {}, pid === 0 ? 'Prepared transaction' : `Session ${pid}`),
        release === null
          ? null
          : h('span', { class: 'chip critical' }, `holds up ${plural(waiting, 'session')}`),
        h('span', { class: 'muted' }, [role, application, doing].filter(Boolean).join(' · ')),
      ),
      wants === null
        ? null
        : h(
            'p',
            {},
            `waits ${duration(waitedMs)} for ${wants.mode} ${wants.relation === null ? `(${wants.type})` : `on ${wants.relation}`}`,
          ),
      transactionMs === null
        ? null
        : h('p', { class: 'fine' }, `in a transaction for ${duration(transactionMs)}`),
      query === '' ? null : h('pre', {}, h('code', {}, query)),
      release === null
        ? null
        : h(
            'div',
            { class: 'lock-actions' },
            codeBlock(`${release};`, 'what ends it'),
            ...signals(pid, doing),
          ),
    ),
    below.length === 0 ? null : h('ul', {}, ...branches(below).map((nodes) => branch(nodes, null))),
  );
}

/**
 * Cuts a flat list into its branches: each begins where the depth is that of the first.
 * @param {readonly LockNode[]} nodes
 */
function branches(nodes) {
  /** @type {LockNode[][]} */
  const all = [];
  for (const node of nodes) {
    if (node.depth === nodes[0]?.depth) all.push([node]);
    else all.at(-1)?.push(node);
  }
  return all;
}

/**
 * @param {number} pid
 * @param {string | null} doing
 */
function signals(pid, doing) {
  const known = bodyOf('sessions')?.sessions.find((session) => session.pid === pid);
  if (!known?.backendStart || !bodyOf('permissions')?.permissions.includes('database:signal')) return [];
  /** @param {'cancel' | 'terminate'} kind @param {string} text */
  const button = (kind, text) =>
    h(
      'button',
      {
        type: 'button',
        class: 'quiet-button',
        'data-action': kind,
        'data-pid': pid,
        'aria-label': `${text} session ${pid}`,
      },
      text,
    );
  return [doing === 'active' ? button('cancel', 'Cancel') : null, button('terminate', 'End')].filter(
    (one) => one !== null,
  );
}

/** @param {Bodies['sessions'] | undefined} body */
function sessionSection(body) {
  const all = body?.sessions ?? [];
  const rows = state.showIdle ? all : all.filter(({ state: doing }) => doing !== 'idle');
  return section(
    'Sessions of this database',
    { aside: h('span', { class: 'fine' }, plural(all.length, 'session')) },
    dataTable({
      id: 'sessions',
      caption: 'Sessions',
      rows,
      keyOf: ({ pid, backendStart }) => `${pid} ${backendStart}`,
      sort: '-transaction',
      search: ({ pid, role, application, query, state: doing }) =>
        [pid, role, application, doing, query].join(' '),
      empty: body === undefined ? 'Looking …' : 'No session is connected.',
      tools: h(
        'label',
        { class: 'fine' },
        h('input', { type: 'checkbox', checked: state.showIdle, 'data-change': 'show-idle' }),
        ' Show idle ones',
      ),
      columns: [
        { key: 'pid', label: 'Pid', value: ({ pid }) => pid, cell: ({ pid }) => pid },
        {
          key: 'role',
          label: 'Who',
          value: ({ application, role }) => application || role,
          cell: ({ application, role, client }) =>
            h(
              'span',
              {},
              h('span', { class: 'name name-column' }, application || role),
              h(
                'span',
                { class: 'cell-note' },
                [application ? role : '', (client ?? 'local').replace(/\/(32|128)$/, '')]
                  .filter(Boolean)
                  .join(' · '),
              ),
            ),
        },
        {
          key: 'state',
          label: 'State',
          value: ({ state: doing }) => doing,
          cell: ({ state: doing, waitType, waitEvent }) =>
            h(
              'span',
              {},
              doing || NOTHING,
              waitType && waitType !== 'Client'
                ? h('span', { class: 'cell-note' }, `waits: ${waitType} ${waitEvent}`)
                : null,
            ),
        },
        {
          key: 'since',
          label: 'For',
          number: true,
          value: ({ stateMs }) => stateMs,
          cell: ({ stateMs }) => duration(stateMs),
        },
        {
          key: 'transaction',
          label: 'Transaction',
          number: true,
          value: ({ transactionMs }) => transactionMs,
          cell: ({ transactionMs }) => duration(transactionMs),
        },
        {
          key: 'query',
          label: 'Statement',
          wide: true,
          cell: ({ query }) => sqlText(query),
        },
        {
          key: 'end',
          label: '',
          cell: ({ pid, state: doing }) => h('span', { class: 'buttons' }, ...signals(pid, doing)),
        },
      ],
    }),
  );
}
