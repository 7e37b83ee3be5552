/** A node of PostgreSQL's parse tree, such as `{ IndexStmt: { idxname, concurrent } }`. */
export type ParseNode = Readonly<Record<string, unknown>>;

/** The fields of the nodes that are looked at here. */
interface Fields {
  kind?: string;
  concurrent?: boolean;
  idxname?: string;
  removeType?: string;
  target?: string;
  relation?: unknown;
  is_vacuumcmd?: boolean;
  is_from?: boolean;
  filename?: string;
  params?: { DefElem?: { defname?: string } }[];
  options?: { DefElem?: { defname?: string } }[];
  cmds?: { AlterTableCmd?: { subtype?: string; def?: { PartitionCmd?: { concurrent?: boolean } } } }[];
}

const alwaysOutside = new Set([
  'CreatedbStmt',
  'DropdbStmt',
  'AlterSystemStmt',
  'CreateTableSpaceStmt',
  'DropTableSpaceStmt',
  'CreateSubscriptionStmt',
  'DropSubscriptionStmt',
]);

/** Whether PostgreSQL refuses the statement inside a transaction block ("PreventInTransactionBlock" in its source). */
export function runsOutside(kind: string, node: ParseNode): boolean {
  const fields = (node[kind] ?? {}) as Fields;
  if (alwaysOutside.has(kind)) return true;
  switch (kind) {
    case 'IndexStmt':
      return fields.concurrent === true;
    case 'DropStmt':
      return fields.concurrent === true;
    case 'ReindexStmt':
      return isConcurrent(kind, node) || /_(SCHEMA|SYSTEM|DATABASE)$/.test(fields.kind ?? '');
    case 'AlterTableStmt':
      return isConcurrent(kind, node);
    case 'VacuumStmt':
      return fields.is_vacuumcmd === true;
    case 'ClusterStmt':
      return fields.relation === undefined;
    case 'AlterDatabaseStmt':
      return named(fields.options, 'tablespace');
    case 'AlterSubscriptionStmt':
      return /REFRESH|_PUBLICATION$/.test(fields.kind ?? '');
    default:
      return false;
  }
}

/** Whether it waits for old snapshots of the whole database instead of locks: a lock timeout would only break it. */
export function isConcurrent(kind: string, node: ParseNode): boolean {
  const fields = (node[kind] ?? {}) as Fields;
  if (kind === 'ReindexStmt') return named(fields.params, 'concurrently');
  if (kind === 'AlterTableStmt') {
    return (fields.cmds ?? []).some((it) => it.AlterTableCmd?.def?.PartitionCmd?.concurrent === true);
  }
  return fields.concurrent === true;
}

/** Why a migration may not contain the statement; undefined when it may. */
export function refusalOf(kind: string, node: ParseNode): { message: string; fix: string } | undefined {
  const fields = (node[kind] ?? {}) as Fields;
  if (kind === 'TransactionStmt') {
    if (fields.kind === 'TRANS_STMT_ROLLBACK') {
      return {
        message: 'ROLLBACK would undo the migration',
        fix: 'remove ROLLBACK and what it was to undo; SAVEPOINT and ROLLBACK TO are allowed',
      };
    }
    if (/PREPARE/.test(fields.kind ?? '')) {
      return {
        message: 'a migration cannot take part in two-phase commit',
        fix: 'remove the statement: the migration is one transaction by itself',
      };
    }
  }
  if (kind === 'DiscardStmt' && fields.target === 'DISCARD_ALL') {
    return { message: 'DISCARD ALL would release the migration lock', fix: 'use RESET ALL' };
  }
  if (kind === 'CopyStmt' && fields.is_from === true && fields.filename === undefined) {
    return { message: 'COPY FROM stdin has no data in a migration', fix: 'write the rows as INSERT' };
  }
  if (kind === 'IndexStmt' && fields.concurrent === true && fields.idxname === undefined) {
    return {
      message: 'CREATE INDEX CONCURRENTLY without a name cannot be resumed: what it left could not be found',
      fix: 'give the index a name',
    };
  }
  return undefined;
}

function named(list: Fields['params'], name: string): boolean {
  return (list ?? []).some((item) => item.DefElem?.defname === name);
}
