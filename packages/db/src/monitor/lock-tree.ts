import type { Sql } from '../sql.js';
import { normalizeSql } from './normalize-sql.js';

/** A session that waits for a lock or keeps others waiting. */
export interface LockNode {
  /** 0: a prepared transaction, which has no session. */
  pid: number;
  /** With the pid it names the session. ISO 8601; null for a prepared transaction, or where the role may not see it. */
  backendStart: string | null;
  role: string | null;
  application: string | null;
  state: string | null;
  /** Without values. */
  query: string;
  transactionMs: number | null;
  /** Whom it waits for, directly; empty for a root. */
  blockedBy: number[];
  /** How long it has been waiting; null when it does not wait. */
  waitedMs: number | null;
  /** What it waits for. */
  wants: { mode: string; type: string; relation: string | null } | null;
  /** Those that wait for it, the longest first. */
  blocks: LockNode[];
}

export interface LockTree {
  /** Sessions that block others and wait for nobody; the ones to act on. */
  roots: LockNode[];
  /** How many sessions wait. */
  blocked: number;
  oldestWaitMs: number;
}

// pg_blocking_pids() knows conflicting holders and those ahead in the queue; a join over pg_locks misses the latter.
// It is called for waiters alone, because it locks the lock manager's tables for a moment.
const READ = `
with waiting as materialized (
  select pid, pg_blocking_pids(pid) as blockers from pg_stat_activity
   where wait_event_type = 'Lock' and datname = current_database()
), involved as (
  select pid from waiting union select unnest(blockers) from waiting
)
select i.pid, a.backend_start as "backendStart", a.usename::text as role, a.application_name as application, a.state, coalesce(a.query, '') as query,
       (extract(epoch from clock_timestamp() - a.xact_start) * 1000)::float8 as "transactionMs",
       coalesce(w.blockers, '{}') as "blockedBy",
       case when w.pid is not null then
         (extract(epoch from clock_timestamp() - coalesce(l.waitstart, a.state_change)) * 1000)::float8 end as "waitedMs",
       l.mode, l.locktype as type,
       case when l.database = (select oid from pg_database where datname = current_database())
            then l.relation::regclass::text end as relation
  from involved i
  left join pg_stat_activity a on a.pid = i.pid
  left join waiting w on w.pid = i.pid
  left join pg_locks l on l.pid = i.pid and not l.granted
 order by "waitedMs" desc nulls last, i.pid`;

interface Row extends Omit<LockNode, 'wants' | 'blocks' | 'backendStart'> {
  backendStart: Date | null;
  mode: string | null;
  type: string | null;
  relation: string | null;
}

/** Who waits for whom now, in this database. Blocks nobody and waits for nobody. */
export async function readLockTree(sql: Sql): Promise<LockTree> {
  return buildLockTree(await sql.query<Row>(READ));
}

/** Arranges the sessions under those they wait for. In a deadlock, which PostgreSQL ends within a second, the lowest pid is the root. */
export function buildLockTree(rows: readonly Row[]): LockTree {
  const nodes = new Map<number, LockNode>();
  for (const { mode, type, relation, backendStart, ...row } of rows) {
    if (nodes.has(row.pid)) continue;
    const wants = mode === null || type === null ? null : { mode, type, relation };
    const blockedBy = [...new Set(row.blockedBy)];
    nodes.set(row.pid, {
      ...row,
      backendStart: backendStart?.toISOString() ?? null,
      blockedBy,
      query: normalizeSql(row.query),
      wants,
      blocks: [],
    });
  }
  const all = [...nodes.values()];
  const waiting = all.filter(({ blockedBy }) => blockedBy.length > 0);
  const childrenOf = (pid: number) => waiting.filter(({ blockedBy }) => blockedBy.includes(pid));
  const grow = (node: LockNode, above: ReadonlySet<number>): LockNode => ({
    ...node,
    blocks: childrenOf(node.pid)
      .filter(({ pid }) => !above.has(pid))
      .map((child) => grow(child, new Set([...above, child.pid]))),
  });
  const tops = all.filter(({ blockedBy, pid }) => blockedBy.length === 0 && childrenOf(pid).length > 0);
  const roots = tops.map((node) => grow(node, new Set([node.pid])));
  const reached = new Set(roots.flatMap(pidsOf));
  for (const node of waiting.toSorted((a, b) => a.pid - b.pid)) {
    if (reached.has(node.pid)) continue;
    const root = grow(node, new Set([node.pid]));
    for (const pid of pidsOf(root)) reached.add(pid);
    roots.push(root);
  }
  return {
    roots,
    blocked: waiting.length,
    oldestWaitMs: Math.max(0, ...waiting.map(({ waitedMs }) => waitedMs ?? 0)),
  };
}

/** The pids of a session and of everybody below it. */
export function pidsOf(node: LockNode): number[] {
  return [node.pid, ...node.blocks.flatMap(pidsOf)];
}

/** What ends a root blocker: a forgotten transaction is terminated, a running statement cancelled. */
export function releaseStatement({ pid, state }: Pick<LockNode, 'pid' | 'state'>): string {
  if (pid === 0)
    return "select gid, owner, prepared from pg_prepared_xacts order by prepared; -- then: rollback prepared '<gid>'";
  return `select ${state === 'active' ? 'pg_cancel_backend' : 'pg_terminate_backend'}(${pid})`;
}
