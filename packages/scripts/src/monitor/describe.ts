import type { Finding, FindingsReport, LockNode, Monitor } from '@plinth/db/monitor';

/** The verdict, the findings with their repair, and what could not be looked at. */
export function describeReport({ findings, ignored, checks }: FindingsReport): string {
  const skipped = checks.filter(({ status }) => status === 'skipped');
  const lines = [
    ...findings.flatMap(describeFinding),
    ...skipped.map(({ id, skipped: reason }) => `skipped   ${id}: ${reason}`),
  ];
  const counts = (['critical', 'warning', 'info'] as const)
    .map((level) => [findings.filter(({ severity }) => severity === level).length, level] as const)
    .filter(([count]) => count > 0)
    .map(([count, level]) => `${count} ${level}`);
  const verdict =
    counts.length === 0
      ? `${checks.length - skipped.length} checks found nothing`
      : `found: ${counts.join(', ')}`;
  return [...lines, ignored.length > 0 ? `${verdict} (${ignored.length} ignored)` : verdict].join('\n');
}

function describeFinding({ severity, check, object, summary, why, repair }: Finding): string[] {
  const repairs = [
    ...repair.sql,
    ...(repair.prisma ? [`schema.prisma: ${repair.prisma}`] : []),
    ...(repair.command ? [repair.command] : []),
  ];
  const lock =
    repair.lock === 'none'
      ? ''
      : `  (${repair.lock === 'restart' ? 'needs a restart' : `locks ${repair.lock}`})`;
  return [
    `${severity.padEnd(8)}  ${check}: ${object}: ${summary}`,
    `          ${why}`,
    ...repairs.map((line, index) => `          -> ${line}${index === 0 ? lock : ''}`),
  ];
}

/** One look: a line of numbers, who waits for whom, the slowest statements, the findings. */
export function describeBlock(monitor: Monitor, intervalMs: number): string {
  const { state, error, at, ageMs, overview, point, databaseBytes } = monitor.snapshot();
  if (overview === null || point === null) return `${new Date().toISOString()}  ${state}  ${error ?? ''}`;
  const stale =
    state === 'down' || (ageMs ?? 0) > 3 * intervalMs
      ? `  (last look ${Math.round((ageMs ?? 0) / 1000)} s ago)`
      : '';
  const numbers = [
    `${overview.connections.used}/${overview.connections.usable} connections`,
    `${point.active} active`,
    `${point.blocked} blocked`,
    point.commitsPerSecond === null ? undefined : `${point.commitsPerSecond.toFixed(1)} commits/s`,
    point.rollbacksPerSecond === null ? undefined : `${point.rollbacksPerSecond.toFixed(1)} rollbacks/s`,
    point.cacheHitRatio === null ? undefined : `${(point.cacheHitRatio * 100).toFixed(1)} % cached`,
    databaseBytes === null ? undefined : `${(databaseBytes / 1_048_576).toFixed(0)} MB`,
  ];
  const slow = monitor.slowQueries(3).statements;
  return [
    `${at}  ${state}${error ? ` (${error})` : ''}${stale}  PostgreSQL ${overview.version}`,
    `  ${numbers.filter((part) => part !== undefined).join('  ')}`,
    ...monitor.lockTree().value.roots.flatMap((root) => describeLocks(root, '  ')),
    ...slow.map(
      ({ meanMs, calls, operation, query }) =>
        `  slow  ${meanMs.toFixed(0)} ms x ${calls}  ${operation ?? (query ?? '').slice(0, 80)}`,
    ),
    ...describeReport(monitor.findings())
      .split('\n')
      .map((line) => `  ${line}`),
  ].join('\n');
}

function describeLocks(
  { pid, role, state, waitedMs, wants, query, blocks }: LockNode,
  indent: string,
): string[] {
  const waits =
    waitedMs === null
      ? 'blocks others'
      : `waits ${(waitedMs / 1000).toFixed(1)} s for ${wants?.mode ?? 'a lock'}${wants?.relation ? ` on ${wants.relation}` : ''}`;
  return [
    `${indent}${pid} (${role ?? 'prepared transaction'}, ${state ?? 'no session'}) ${waits}: ${query.slice(0, 80)}`,
    ...blocks.flatMap((node) => describeLocks(node, `${indent}  `)),
  ];
}
