import { agoTime } from '../clock.js';
import { readCredentials } from '../credentials.js';
import { h } from '../dom.js';
import { bytes, count, duration, NOTHING, percent } from '../format.js';
import { dataTable } from '../parts/data-table.js';
import { findingList } from '../parts/finding-card.js';
import { notice, section } from '../parts/notice.js';
import { severityMark } from '../parts/severity-mark.js';
import { tile, tiles } from '../parts/tile.js';
import { bodyOf, state } from '../state.js';
import { connectionNotices, viewHead } from '../verdict.js';

const about = new Set(['backups-stale', 'migrations', 'audit-seals']);

/**
 * @import { Bodies } from '../bodies.js'
 * @typedef {Bodies['backupRuns']['data'][number]} Run
 */

/** @type {import('./views.js').View} */
export const backups = {
  path: 'backups',
  title: 'Backups',
  icon: 'backups',
  needs: ['backupRuns', 'alerts'],
  draw() {
    const findings = (bodyOf('findings')?.report.findings ?? []).filter(({ check }) => about.has(check));
    return [
      ...connectionNotices(),
      viewHead('Backups and migrations', 'What is kept of them, and what was told when something went wrong'),
      numbers(bodyOf('metrics')),
      findings.length === 0 ? null : section('Findings', {}, findingList(findings)),
      runsSection(),
      alertsSection(),
    ];
  },
};

/** @param {Bodies['metrics'] | undefined} metrics */
function numbers(metrics) {
  const { backups: made, migrations } = metrics ?? {};
  return tiles(
    tile({
      label: 'Last backup',
      value: made?.lastSucceededAt ? bytes(made.lastBytes) : made ? 'None' : NOTHING,
      note: made?.lastSucceededAt ? agoTime(made.lastSucceededAt) : 'plinth backup create',
    }),
    tile({
      label: 'Backups made',
      value: count(made?.succeeded),
      note: made?.running ? `${made.running} running` : null,
    }),
    tile({
      label: 'Backups failed',
      value: count(made?.failed),
      note: made?.successRate === null || !made ? null : `${percent(made.successRate)} succeeded`,
      level: (made?.failed ?? 0) > 0 ? 'warning' : 'ok',
    }),
    tile({ label: 'Migrations applied', value: count(migrations?.applied), note: null }),
    tile({
      label: 'Migrations failed',
      value: count(migrations?.failed),
      note: migrations ? `${percent(migrations.successRate)} succeeded` : null,
      level: (migrations?.failed ?? 0) > 0 ? 'critical' : 'ok',
    }),
    tile({ label: 'Rolled back', value: count(migrations?.rolledBack), note: null }),
  );
}

/**
 * What stands above a list that could not be read; the list itself shows what was known.
 * @param {'backupRuns' | 'alerts'} name
 */
function refusalOf(name) {
  const refusal = state.loaded[name]?.refusal;
  if (!refusal) return null;
  if (refusal.status !== 401 && refusal.status !== 403)
    return notice('warning', `Not read anew: ${refusal.message}.`);
  const asWhom = readCredentials() === null ? 'somebody who is signed in' : 'a person or a key';
  return notice(
    'info',
    `This list is for ${asWhom} with the permission operations:read. `,
    h('button', { type: 'button', class: 'quiet-button', 'data-action': 'ask-sign-in' }, 'Sign in'),
  );
}

const levels = /** @type {const} */ ({
  succeeded: 'ok',
  failed: 'critical',
  running: 'info',
  cancelled: 'warning',
});

function runsSection() {
  const body = bodyOf('backupRuns');
  const refusal = refusalOf('backupRuns');
  return section(
    'Backup runs',
    {},
    refusal,
    body === undefined && refusal
      ? null
      : dataTable({
          id: 'runs',
          caption: 'Backup runs',
          rows: body?.data ?? [],
          keyOf: ({ id }) => id,
          sort: '-started',
          empty: body === undefined ? 'Looking …' : 'No backup was made yet.',
          columns: [
            {
              key: 'started',
              label: 'Started',
              value: ({ startedAt }) => startedAt,
              cell: ({ startedAt }) => agoTime(startedAt),
            },
            {
              key: 'status',
              label: 'Result',
              value: ({ status }) => status,
              cell: ({ status, errorCode }) =>
                h(
                  'span',
                  {},
                  severityMark(levels[/** @type {keyof typeof levels} */ (status)], status),
                  errorCode ? h('span', { class: 'cell-note' }, errorCode) : null,
                ),
            },
            { key: 'kind', label: 'Kind', value: ({ kind }) => kind, cell: ({ kind }) => kind },
            {
              key: 'id',
              label: 'Name',
              wide: true,
              cell: ({ backupId, note }) =>
                h('span', {}, h('code', {}, backupId), note ? h('span', { class: 'cell-note' }, note) : null),
            },
            {
              key: 'took',
              label: 'Took',
              number: true,
              value: tookMs,
              cell: (row) => duration(tookMs(row)),
            },
            {
              key: 'size',
              label: 'Stored',
              number: true,
              value: ({ storedBytes }) => storedBytes,
              cell: ({ storedBytes, plainBytes }) =>
                h(
                  'span',
                  {},
                  bytes(storedBytes),
                  plainBytes === null ? null : h('span', { class: 'cell-note' }, `of ${bytes(plainBytes)}`),
                ),
            },
            {
              key: 'verified',
              label: 'Verified',
              number: true,
              value: ({ verified }) => verified,
              cell: ({ verified, verifiedAt }) =>
                verified === null
                  ? 'no'
                  : h(
                      'span',
                      {},
                      `level ${verified}`,
                      verifiedAt ? h('span', { class: 'cell-note' }, agoTime(verifiedAt)) : null,
                    ),
            },
          ],
        }),
  );
}

/** @param {Run} run */
const tookMs = ({ startedAt, finishedAt }) =>
  finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt);

function alertsSection() {
  const body = bodyOf('alerts');
  const refusal = refusalOf('alerts');
  if (body === undefined && refusal) return null;
  return section(
    'Alerts so far',
    {},
    refusal,
    dataTable({
      id: 'alerts',
      caption: 'Alerts',
      rows: body?.data ?? [],
      keyOf: ({ id }) => id,
      sort: '-started',
      empty: body === undefined ? 'Looking …' : 'Nothing was ever told.',
      columns: [
        {
          key: 'started',
          label: 'Began',
          value: ({ startedAt }) => startedAt,
          cell: ({ startedAt }) => agoTime(startedAt),
        },
        {
          key: 'ended',
          label: 'Ended',
          value: ({ resolvedAt }) => resolvedAt,
          cell: ({ resolvedAt }) =>
            resolvedAt === null ? h('span', { class: 'chip warning' }, 'firing') : agoTime(resolvedAt),
        },
        {
          key: 'severity',
          label: 'Severity',
          value: ({ severity }) => severity,
          cell: ({ severity }) => severityMark(severity),
        },
        {
          key: 'message',
          label: 'What',
          wide: true,
          value: ({ rule }) => rule,
          cell: ({ message, rule }) => h('span', {}, message, h('span', { class: 'cell-note' }, rule)),
        },
      ],
    }),
  );
}
