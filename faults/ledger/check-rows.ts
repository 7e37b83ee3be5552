import type { Evidence } from './evidence.js';
import { groupBy } from './group-by.js';
import { type Operation, outcomeOf, userIn } from './operation.js';
import type { Violation } from './violation.js';

/**
 * Holds the rows of one database against its audit log and against what clients know of them. `acknowledged: false`
 * leaves the clients' knowledge out: in a database that a restore brought back, what was written since is missing.
 */
export function checkRows(
  operations: readonly Operation[],
  { rows, audit }: Pick<Evidence, 'rows' | 'audit'>,
  userIds: readonly string[],
  { acknowledged = true } = {},
): Violation[] {
  const violations: Violation[] = [];
  const add = (kind: Violation['kind'], detail: string) => violations.push({ kind, detail });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const history = groupBy(audit, ({ rowId }) => rowId);
  const count = (id: string, action: string) =>
    (history.get(id) ?? []).filter((entry) => entry.action === action).length;

  for (const [marker, same] of groupBy(rows, (row) => row.marker))
    if (same.length > 1) add('duplicated', `${marker} is in ${same.length} rows`);
  for (const { id, table, marker, version, userId } of rows) {
    if (userIds[userIn(marker) ?? -1] !== userId) add('foreign', `${marker} is in a row of another user`);
    const [inserts, updates] = [count(id, 'insert'), count(id, 'update')];
    if (inserts !== 1)
      add('audit', `${table} ${id} (${marker}) is there with ${inserts} insertions in the log`);
    if (version !== 1 + updates)
      add('audit', `${table} ${id} (${marker}) has version ${version} and ${updates} updates in the log`);
  }
  for (const [id, entries] of history) {
    const gone = count(id, 'delete') > 0;
    if (gone === byId.has(id))
      add(
        'audit',
        `row ${id} is ${gone ? 'there' : 'missing'}, the log says ${entries.map((e) => e.action).join(', ')}`,
      );
  }
  if (!acknowledged) return violations;

  const done = operations.filter((one) => outcomeOf(one) === 'acknowledged' && one.rowId !== undefined);
  const deleted = new Set(
    operations
      .filter((one) => one.kind === 'delete' && outcomeOf(one) !== 'failed')
      .map(({ rowId }) => rowId),
  );
  for (const { kind, marker, rowId = '', version } of done) {
    const row = byId.get(rowId);
    if (kind === 'delete') {
      if (row !== undefined) add('lost', `${marker} deleted row ${rowId}, and it is there`);
    } else if (row === undefined) {
      if (!deleted.has(rowId))
        add('lost', `${marker} (${kind}) was acknowledged, and row ${rowId} is missing`);
    } else if (version !== undefined) {
      if (row.version < version)
        add('lost', `${marker} (${kind}) made version ${version} of row ${rowId}, which has ${row.version}`);
      if (row.version === version && row.marker !== marker)
        add('lost', `${marker} (${kind}) made version ${version} of row ${rowId}, which holds ${row.marker}`);
    }
  }
  for (const [key, same] of groupBy(done, ({ rowId, version }) => `${rowId} version ${version}`)) {
    const writes = same.filter(({ kind, version }) => kind !== 'delete' && version !== undefined);
    if (writes.length > 1)
      add('lost', `${writes.map(({ marker }) => marker).join(' and ')} both made row ${key}`);
  }
  return violations;
}
