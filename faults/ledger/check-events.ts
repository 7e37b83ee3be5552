import type { Evidence } from './evidence.js';
import { groupBy } from './group-by.js';
import type { Violation } from './violation.js';

/** A new block of the user who has a webhook and the event about it exist together, once each, or not at all. */
export function checkEvents({ audit, events }: Evidence, listenerId: string): Violation[] {
  const violations: Violation[] = [];
  const made = new Set(
    audit
      .filter(
        (row) => row.action === 'insert' && row.table === 'user_artist_blocks' && row.userId === listenerId,
      )
      .map(({ rowId }) => rowId),
  );
  const told = groupBy(events, ({ rowId }) => rowId);
  for (const rowId of made) {
    const count = told.get(rowId)?.length ?? 0;
    if (count !== 1) violations.push({ kind: 'event', detail: `row ${rowId} was made with ${count} events` });
  }
  for (const rowId of told.keys()) {
    if (!made.has(rowId))
      violations.push({ kind: 'event', detail: `an event tells of row ${rowId}, which nobody made` });
  }
  return violations;
}
