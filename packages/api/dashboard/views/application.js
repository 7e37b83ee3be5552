import { h } from '../dom.js';
import { count, duration, NOTHING, percent, plural } from '../format.js';
import { dataTable } from '../parts/data-table.js';
import { nothing, section } from '../parts/notice.js';
import { severityMark } from '../parts/severity-mark.js';
import { tile, tiles } from '../parts/tile.js';
import { bodyOf } from '../state.js';
import { connectionNotices, viewHead } from '../verdict.js';

/**
 * @import { Bodies } from '../bodies.js'
 * @typedef {Bodies['metrics']} Metrics
 */

/** @type {import('./views.js').View} */
export const application = {
  path: 'application',
  title: 'Application',
  icon: 'application',
  needs: ['health', 'ready', 'startup'],
  draw() {
    const metrics = bodyOf('metrics');
    return [
      ...connectionNotices(),
      viewHead('Application', 'This process of the API, since it started'),
      numbers(metrics),
      h(
        'div',
        { class: 'columns', key: 'columns' },
        routesSection(metrics?.http),
        operationsSection(metrics?.dataLayer),
      ),
      h('div', { class: 'columns', key: 'more' }, probesSection(), costSection(metrics?.own)),
    ];
  },
};

/** @param {Metrics | undefined} metrics */
function numbers(metrics) {
  const { pool, http, dataLayer, jobs } = metrics ?? {};
  return tiles(
    tile({
      label: 'Pool',
      value: pool ? `${pool.used} of ${pool.max}` : NOTHING,
      share: pool ? pool.used / pool.max : null,
      note: pool ? `${pool.size} open, ${pool.idle} idle` : null,
      level: pool && pool.used >= pool.max ? 'warning' : 'ok',
    }),
    tile({
      label: 'Waiting for a connection',
      value: pool ? String(pool.waiting) : NOTHING,
      note: dataLayer ? `p95 ${duration(dataLayer.acquire.p95Ms)}` : null,
      level: (pool?.waiting ?? 0) > 0 ? 'warning' : 'ok',
    }),
    tile({
      label: 'Turned away',
      value: count(dataLayer?.shed),
      note: 'the queue was full',
      level: (dataLayer?.shed ?? 0) > 0 ? 'warning' : 'ok',
    }),
    tile({
      label: 'Retries',
      value: dataLayer ? count(sum(dataLayer.retries)) : NOTHING,
      note: retriesOf(dataLayer),
    }),
    tile({ label: 'Requests', value: count(http?.count), note: http ? `${http.active} under way` : null }),
    tile({
      label: 'Failed requests',
      value: http ? percent(http.errorRate ?? 0) : NOTHING,
      note: http ? `${count(http.errors)} with 5xx, without probes` : null,
      level: (http?.errorRate ?? 0) > 0.01 ? 'warning' : 'ok',
    }),
    tile({
      label: 'Failed statements',
      value: dataLayer ? percent(dataLayer.errorRate ?? 0) : NOTHING,
      note: dataLayer ? `${count(dataLayer.errors)} of ${count(dataLayer.count)}` : null,
    }),
    tile({
      label: 'Jobs waiting',
      value: count(jobs?.waiting),
      note: jobs ? `${jobs.running} running, ${jobs.failed} failed` : null,
      level: (jobs?.failed ?? 0) > 0 ? 'warning' : 'ok',
    }),
  );
}

/** @param {Record<string, number>} counts */
const sum = (counts) => Object.values(counts).reduce((total, one) => total + one, 0);

/** @param {Metrics['dataLayer'] | undefined} dataLayer */
function retriesOf(dataLayer) {
  const [most] = Object.entries(dataLayer?.retries ?? {}).toSorted(([, a], [, b]) => Number(b) - Number(a));
  return most ? `${most[1]} by ${most[0].replaceAll('_', ' ')}` : 'after a collision';
}

/** Columns of everything that was timed. @returns {import('../parts/data-table.js').Column<any>[]} */
const latencyColumns = () => [
  { key: 'count', label: 'Count', number: true, value: (row) => row.count, cell: (row) => count(row.count) },
  {
    key: 'errors',
    label: 'Errors',
    number: true,
    value: ({ errors }) => errors,
    cell: ({ errors, errorRate }) =>
      errors === 0 ? NOTHING : h('span', { title: percent(errorRate) }, count(errors)),
  },
  ...['p50', 'p95', 'p99'].map((name) => ({
    key: name,
    label: name,
    number: true,
    value: (/** @type {any} */ row) => row[`${name}Ms`],
    cell: (/** @type {any} */ row) => duration(row[`${name}Ms`]),
  })),
];

/** @param {Metrics['http'] | undefined} http */
function routesSection(http) {
  return section(
    'HTTP',
    { aside: h('span', { class: 'fine' }, 'by route') },
    dataTable({
      id: 'routes',
      caption: 'Routes',
      rows: http?.routes ?? [],
      keyOf: ({ method, route }) => `${method} ${route}`,
      sort: '-count',
      search: ({ method, route }) => `${method} ${route}`,
      empty: http === undefined ? 'Looking …' : 'No request was answered yet.',
      columns: [
        {
          key: 'route',
          label: 'Route',
          wide: true,
          value: ({ route }) => route,
          cell: ({ method, route }) =>
            h('span', {}, h('span', { class: 'chip' }, method), h('span', { class: 'name' }, route)),
        },
        ...latencyColumns(),
      ],
    }),
  );
}

/** @param {Metrics['dataLayer'] | undefined} dataLayer */
function operationsSection(dataLayer) {
  return section(
    'Data layer',
    { aside: h('span', { class: 'fine' }, 'by operation') },
    dataTable({
      id: 'operations',
      caption: 'Operations of the data layer',
      rows: dataLayer?.operations ?? [],
      keyOf: ({ operation }) => operation,
      sort: '-count',
      search: ({ operation }) => operation,
      empty: dataLayer === undefined ? 'Looking …' : 'Nothing was asked of the database yet.',
      columns: [
        {
          key: 'operation',
          label: 'Operation',
          wide: true,
          value: ({ operation }) => operation,
          cell: ({ operation, errorCodes }) =>
            h(
              'span',
              {},
              h('span', { class: 'name' }, operation),
              sum(errorCodes) === 0
                ? null
                : h(
                    'span',
                    { class: 'cell-note' },
                    Object.entries(errorCodes)
                      .map(([code, n]) => `${code} ${n}`)
                      .join(', '),
                  ),
            ),
        },
        ...latencyColumns(),
      ],
    }),
  );
}

/** What load balancers and Kubernetes are told now. */
function probesSection() {
  const [health, ready, startup] = [bodyOf('health'), bodyOf('ready'), bodyOf('startup')];
  const rows = [
    {
      path: '/health',
      ok: health?.http === 200,
      says: health ? `the process answers; database ${health.database}` : '',
    },
    {
      path: '/ready',
      ok: ready?.http === 200,
      says: ready ? (ready.reason?.replaceAll('_', ' ') ?? 'takes requests') : '',
    },
    {
      path: '/startup',
      ok: startup?.http === 200,
      says: startup ? (startup.pending ? `waits for ${startup.pending.join(', ')}` : 'has started') : '',
    },
  ];
  return section(
    'Probes',
    {},
    health === undefined && ready === undefined
      ? nothing('Looking …')
      : h(
          'ul',
          { class: 'plain-list lines' },
          ...rows.map(({ path, ok, says }) =>
            h(
              'li',
              { key: path },
              severityMark(ok ? 'ok' : 'critical', ok ? '200' : '503'),
              h('code', {}, path),
              h('span', { class: 'muted' }, says),
            ),
          ),
        ),
  );
}

/** @param {Metrics['own'] | undefined} own */
function costSection(own) {
  if (own === undefined) return null;
  const { locked, timeout, overlap } = own.skipped;
  return section(
    'What watching costs',
    {},
    h(
      'p',
      {},
      `${percent(own.share)} of one core's time since the start, of ${percent(own.budget)} at most: ${duration(own.spentMs)} altogether. `,
      `The last looks took ${Object.values(own.lastMs).map(duration).join(', ')}; `,
      `they come every ${Object.values(own.everyMs).map(duration).join(', ')}.`,
    ),
    h(
      'p',
      { class: 'muted' },
      `${plural(locked, 'check')} met a lock and did not wait, ${timeout} took too long, ${plural(overlap, 'look')} would have overlapped.`,
    ),
  );
}
