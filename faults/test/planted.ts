import type { AuditRow, StoredRow } from '../ledger/evidence.js';
import type { Attempt, Operation, Outcome } from '../ledger/operation.js';

/** Ids of two users, by their number. */
export const USERS = ['user-0', 'user-1'];

/** One try, with this outcome. */
export const tried = (marker: string, number: number, outcome: Outcome, replayed = false): Attempt => ({
  requestId: `${marker}.a${number}`,
  outcome,
  replayed,
  sentMs: number * 10,
  endedMs: number * 10 + 5,
  said: outcome,
});

/** A creation of user 0 that came to these outcomes, try by try. */
export function creation(marker: string, rowId: string, outcomes: readonly Outcome[]): Operation {
  const acknowledged = outcomes.includes('acknowledged');
  return {
    marker,
    kind: 'create',
    table: 'contributions',
    client: 0,
    userId: 'user-0',
    attempts: outcomes.map((outcome, number) => tried(marker, number, outcome)),
    rowId: acknowledged ? rowId : undefined,
    version: acknowledged ? 1 : undefined,
    seen: false,
  };
}

/** An acknowledged change or removal of a row. */
export const change = (
  marker: string,
  kind: 'update' | 'delete',
  rowId: string,
  version?: number,
): Operation => ({
  ...creation(marker, rowId, ['acknowledged']),
  kind,
  version,
});

/** What the log says of an attempt. */
export const logged = (
  requestId: string,
  rowId: string,
  action: AuditRow['action'] = 'insert',
): AuditRow => ({
  table: 'contributions',
  rowId,
  action,
  requestId,
  userId: 'user-0',
});

export const stored = (marker: string, id: string, version = 1): StoredRow => ({
  table: 'contributions',
  id,
  userId: 'user-0',
  marker,
  version,
});
