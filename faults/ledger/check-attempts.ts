import type { AuditRow } from './evidence.js';
import { groupBy } from './group-by.js';
import { type Operation, outcomeOf } from './operation.js';
import type { Violation } from './violation.js';

const ACTION = { create: 'insert', update: 'update', delete: 'delete' } as const;

/**
 * Holds what clients were told against what the audit log says was done, request by request. `audits` are the logs of
 * the databases that were live during the round, one after the other: more than one only where a restore was swapped in,
 * and then an acknowledged write may be in any of them, but twice in none.
 */
export function checkAttempts(
  operations: readonly Operation[],
  audits: readonly (readonly AuditRow[])[],
): Violation[] {
  const violations: Violation[] = [];
  const add = (kind: Violation['kind'], detail: string) => violations.push({ kind, detail });
  const known = new Map(operations.flatMap((one) => one.attempts.map((a) => [a.requestId, one] as const)));
  const byRequest = audits.map((rows) => groupBy(rows, ({ requestId }) => requestId));

  for (const operation of operations) {
    const { marker, attempts, kind } = operation;
    const outcome = outcomeOf(operation);
    const done = byRequest.map((log) => attempts.flatMap(({ requestId }) => log.get(requestId) ?? []));
    const said = attempts.map((attempt) => attempt.said).join(', ');
    if (done.some((rows) => rows.length > 1))
      add(
        'duplicated',
        `${marker} (${kind}) was done ${Math.max(...done.map((r) => r.length))} times: ${said}`,
      );
    const everDone = done.some((rows) => rows.length > 0);
    if (outcome === 'acknowledged' && !everDone)
      add('lost', `${marker} (${kind}) was acknowledged and is not in the audit log: ${said}`);
    if (outcome === 'failed' && everDone)
      add('phantom', `${marker} (${kind}) was reported as failed and has been done: ${said}`);
    else
      for (const attempt of attempts) {
        const traces = byRequest.flatMap((log) => log.get(attempt.requestId) ?? []);
        if (attempt.outcome === 'failed' && traces.length > 0)
          add('phantom', `${attempt.requestId} was reported as failed (${attempt.said}) and has been done`);
        if (attempt.outcome === 'acknowledged' && !attempt.replayed && traces.length === 0 && everDone)
          add('audit', `${attempt.requestId} was acknowledged as new and another attempt had done it`);
      }
  }
  for (const row of audits.flat()) {
    const operation = known.get(row.requestId);
    if (operation === undefined) {
      add('audit', `${row.requestId} is in the audit log and no client has sent it`);
      continue;
    }
    if (row.userId !== operation.userId)
      add('foreign', `${row.requestId} is in the audit log as done by another user`);
    if (row.action !== ACTION[operation.kind] || row.table !== operation.table)
      add(
        'audit',
        `${row.requestId} asked for ${operation.kind}, the audit log says ${row.action} ${row.table}`,
      );
    if (operation.rowId !== undefined && operation.rowId !== row.rowId)
      add('audit', `${row.requestId} was about row ${operation.rowId}, the audit log says ${row.rowId}`);
  }
  return violations;
}
