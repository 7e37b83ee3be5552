import type { Script, Statement } from '../split.js';
import { nameOf, nodeOf, tableOf } from './tree.js';

/** PostgreSQL's table lock modes that stop somebody, weakest first. https://www.postgresql.org/docs/current/explicit-locking.html */
export const STRONG_MODES = [
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
] as const;

export interface TableLock {
  readonly table: string;
  /** As pg_locks names it. */
  readonly mode: string;
}

/** ALTER TABLE commands that take less than ACCESS EXCLUSIVE. */
const milder: Readonly<Record<string, string>> = {
  AT_ValidateConstraint: 'ShareUpdateExclusiveLock',
  AT_SetStatistics: 'ShareUpdateExclusiveLock',
  AT_SetRelOptions: 'ShareUpdateExclusiveLock',
  AT_ResetRelOptions: 'ShareUpdateExclusiveLock',
  AT_ClusterOn: 'ShareUpdateExclusiveLock',
  AT_AttachPartition: 'ShareUpdateExclusiveLock',
  AT_EnableTrig: 'ShareRowExclusiveLock',
  AT_DisableTrig: 'ShareRowExclusiveLock',
};

/**
 * The table locks a statement takes, by the manual; `plinth migrate trace` measures them. Indexes and views count as
 * what they are on: an index's table is not in its DROP, so that is not listed.
 */
export function locksOf(statement: Statement): TableLock[] {
  const alter = nodeOf(statement, 'AlterTableStmt');
  if (alter !== undefined) {
    if (alter.objtype !== 'OBJECT_TABLE') return [];
    const table = tableOf(alter.relation);
    const commands = (alter.cmds ?? []).flatMap((node) =>
      'AlterTableCmd' in node ? [node.AlterTableCmd] : [],
    );
    const foreign = commands.flatMap(({ def }) =>
      def !== undefined && 'Constraint' in def && def.Constraint.contype === 'CONSTR_FOREIGN'
        ? [def.Constraint]
        : [],
    );
    const modes = commands.map(({ subtype = '', def }) =>
      def !== undefined && 'Constraint' in def && def.Constraint.contype === 'CONSTR_FOREIGN'
        ? 'ShareRowExclusiveLock'
        : (milder[subtype] ?? 'AccessExclusiveLock'),
    );
    const parents = foreign.map(({ pktable }) => ({
      table: tableOf(pktable),
      mode: 'ShareRowExclusiveLock',
    }));
    return [{ table, mode: strongest(modes) }, ...parents];
  }
  const index = nodeOf(statement, 'IndexStmt');
  if (index)
    return [
      { table: tableOf(index.relation), mode: index.concurrent ? 'ShareUpdateExclusiveLock' : 'ShareLock' },
    ];
  const trigger = nodeOf(statement, 'CreateTrigStmt');
  if (trigger) return [{ table: tableOf(trigger.relation), mode: 'ShareRowExclusiveLock' }];
  const rename = nodeOf(statement, 'RenameStmt');
  if (rename?.relation && rename.renameType !== 'OBJECT_INDEX')
    return [{ table: tableOf(rename.relation), mode: 'AccessExclusiveLock' }];
  const drop = nodeOf(statement, 'DropStmt');
  if (drop?.removeType === 'OBJECT_TABLE')
    return (drop.objects ?? []).map((object) => ({ table: nameOf(object), mode: 'AccessExclusiveLock' }));
  const policy = nodeOf(statement, 'CreatePolicyStmt')?.table ?? nodeOf(statement, 'AlterPolicyStmt')?.table;
  if (policy) return [{ table: tableOf(policy), mode: 'AccessExclusiveLock' }];
  const truncate = nodeOf(statement, 'TruncateStmt');
  if (truncate)
    return (truncate.relations ?? []).flatMap((node) =>
      'RangeVar' in node ? [{ table: tableOf(node.RangeVar), mode: 'AccessExclusiveLock' }] : [],
    );
  const write =
    nodeOf(statement, 'UpdateStmt') ?? nodeOf(statement, 'DeleteStmt') ?? nodeOf(statement, 'InsertStmt');
  if (write) return [{ table: tableOf(write.relation), mode: 'RowExclusiveLock' }];
  return [];
}

/** Whether a mode keeps others from writing. */
export const isStrong = (mode: string): boolean => (STRONG_MODES as readonly string[]).includes(mode);

function strongest(modes: readonly string[]): string {
  const order = ['RowExclusiveLock', 'ShareUpdateExclusiveLock', ...STRONG_MODES];
  return modes.toSorted((a, b) => order.indexOf(b) - order.indexOf(a))[0] ?? 'AccessExclusiveLock';
}

/** The tables that a script locks against writers, without those it made itself, in the order of locking. */
export function stronglyLocked(script: Script, made: ReadonlySet<string>): Map<string, Statement> {
  const first = new Map<string, Statement>();
  for (const statement of script.statements) {
    const locks = locksOf(statement);
    // A new table's reference locks its parent for a moment only: there are no rows to check.
    const ownNew = locks[0] !== undefined && made.has(locks[0].table);
    for (const { table, mode } of locks) {
      if (isStrong(mode) && !made.has(table) && !ownNew && !first.has(table)) first.set(table, statement);
    }
  }
  return first;
}
