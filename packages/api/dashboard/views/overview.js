import { agoTime } from '../clock.js';
import { h } from '../dom.js';
import { bytes, count, duration, NOTHING, percent, plural } from '../format.js';
import { shownHistory } from '../history.js';
import { choice } from '../parts/choice.js';
import { findingList } from '../parts/finding-card.js';
import { lineChart } from '../parts/line-chart.js';
import { nothing, section } from '../parts/notice.js';
import { severityMark } from '../parts/severity-mark.js';
import { tile, tiles } from '../parts/tile.js';
import { bodyOf, state } from '../state.js';
import { connectionNotices, verdictHead } from '../verdict.js';

/** @type {import('./views.js').View} */
export const overview = {
  path: '',
  title: 'Overview',
  icon: 'overview',
  needs: [],
  draw: () => [
    ...connectionNotices(),
    verdictHead(),
    statusTiles(),
    firingAlerts(),
    findings(),
    section(
      'Measured',
      { aside: choice('span', 'Time that the charts show', state.span, spans) },
      h('div', { class: 'charts' }, ...charts()),
    ),
  ],
};

function statusTiles() {
  const {
    server,
    state: up,
    since,
    databaseBytes,
    disk,
    pool,
    http,
    backups,
    locks,
    point,
  } = bodyOf('metrics') ?? {};
  const { used, usable } = server?.connections ?? { used: 0, usable: 1 };
  const blocked = locks?.blocked ?? 0;
  return tiles(
    tile({
      label: 'Database',
      value: up === undefined ? NOTHING : up === 'up' ? 'Up' : 'Down',
      note: server ? `PostgreSQL ${server.version.split(' ')[0]}` : null,
      level: up === 'down' ? 'critical' : 'ok',
    }),
    tile({
      label: 'Connections',
      value: server ? `${used} of ${usable}` : NOTHING,
      share: server ? used / usable : null,
      note: pool ? `pool ${pool.used} of ${pool.max} in use` : null,
      level: levelOf('connections'),
    }),
    tile({
      label: 'Transactions',
      value:
        typeof point?.commitsPerSecond === 'number'
          ? `${count(point.commitsPerSecond + (point.rollbacksPerSecond ?? 0))}/s`
          : NOTHING,
      note: blocked > 0 ? `${plural(blocked, 'session')} blocked` : 'nobody is blocked',
      noteLevel: levelOf('blocked-sessions'),
    }),
    tile({
      label: 'Longest transaction',
      value: duration(point?.longestTransactionMs),
      note: point ? `${point.idleInTransaction} idle in transaction` : null,
      level: levelOf('long-transactions'),
    }),
    tile({
      label: 'Cache hit',
      value: percent(point?.cacheHitRatio),
      note: 'since the look before',
      level: levelOf('cache-hit'),
    }),
    tile({
      label: 'Answer time',
      value: duration(http?.p95Ms),
      note: http?.count ? `p95 of ${count(http.count)} answers` : 'p95, no answers yet',
    }),
    tile({
      label: 'Size',
      value: bytes(databaseBytes),
      level: levelOf('disk-space'),
      note: disk ? `${bytes(disk.freeBytes)} free on the disk` : since ? 'disk not seen from here' : null,
    }),
    tile({
      label: 'Last backup',
      value: backups?.lastSucceededAt ? agoTime(backups.lastSucceededAt) : backups ? 'None' : NOTHING,
      note: backups?.lastSucceededAt ? `${bytes(backups.lastBytes)} stored` : null,
      level: levelOf('backups-stale'),
    }),
  );
}

/**
 * The worst that a check found.
 * @param {string} wanted
 */
function levelOf(wanted) {
  const found = bodyOf('findings')?.report.findings.filter(({ check }) => check === wanted) ?? [];
  if (found.some(({ severity }) => severity === 'critical')) return 'critical';
  return found.some(({ severity }) => severity === 'warning') ? 'warning' : 'ok';
}

function firingAlerts() {
  const { alerts = [], report } = bodyOf('findings') ?? {};
  // One that a finding tells of is marked there; the others are of no check (the database is down).
  const others = alerts.filter(
    ({ rule, object }) => !report?.findings.some((one) => one.check === rule && one.object === object),
  );
  if (others.length === 0) return null;
  return section(
    'Alerts',
    {},
    h(
      'ul',
      { class: 'plain-list alerts' },
      ...others.map(({ rule, object, severity, message, startedAt }) =>
        h(
          'li',
          { class: 'alert', key: `${rule} ${object}` },
          severityMark(severity),
          h('span', { class: 'finding-summary' }, message),
          h('span', { class: 'muted' }, agoTime(startedAt)),
        ),
      ),
    ),
  );
}

function findings() {
  const report = bodyOf('findings')?.report;
  const ignored = report?.ignored.length ?? 0;
  const aside = ignored === 0 ? null : h('span', { class: 'fine' }, `${ignored} ignored`);
  const content =
    report === undefined
      ? nothing('Looking …')
      : report.findings.length === 0
        ? nothing('Nothing found.')
        : findingList(report.findings);
  return section('Findings', { aside }, content);
}

/** @type {readonly [number, string][]} in minutes */
const spans = [
  [15, '15 min'],
  [60, '1 h'],
  [480, '8 h'],
];

function charts() {
  const { at, points, span } = shownHistory();
  /** @param {(point: import('../bodies.js').Point) => number | null | undefined} value */
  const values = (value) => points.map((point) => (point === null ? null : (value(point) ?? null)));
  const hits = values(({ cacheHitRatio }) => (cacheHitRatio === null ? null : cacheHitRatio * 100));
  const lowest = Math.min(99, ...hits.filter((value) => value !== null));
  return [
    lineChart({
      title: 'Connections',
      at,
      span,
      atLeast: 5,
      format: count,
      lines: [
        { label: 'open', values: values(({ connections }) => connections) },
        { label: 'active', quiet: true, values: values(({ active }) => active) },
      ],
    }),
    lineChart({
      title: 'Transactions/s',
      at,
      span,
      format: count,
      lines: [
        { label: 'committed', values: values(({ commitsPerSecond }) => commitsPerSecond) },
        { label: 'rolled back', quiet: true, values: values(({ rollbacksPerSecond }) => rollbacksPerSecond) },
      ],
    }),
    lineChart({
      title: 'Answer time, p95',
      at,
      span,
      format: duration,
      lines: [
        { label: 'HTTP', values: values(({ httpP95Ms }) => httpP95Ms) },
        { label: 'data layer', quiet: true, values: values(({ statementP95Ms }) => statementP95Ms) },
      ],
    }),
    lineChart({
      title: 'Cache hit',
      at,
      span,
      range: [Math.max(0, Math.floor(lowest - 1)), 100],
      format: (value) => `${Math.round(value * 100) / 100} %`,
      lines: [{ label: 'hit', values: hits }],
    }),
    lineChart({
      title: 'Longest transaction',
      at,
      span,
      format: duration,
      lines: [{ label: 'open for', values: values(({ longestTransactionMs }) => longestTransactionMs) }],
    }),
    lineChart({
      title: 'Blocked',
      at,
      span,
      atLeast: 3,
      format: count,
      lines: [
        { label: 'waiting', values: values(({ blocked }) => blocked) },
        {
          label: 'idle in transaction',
          quiet: true,
          values: values(({ idleInTransaction }) => idleInTransaction),
        },
      ],
    }),
  ];
}
