import { type Check, NOW, repairBy, USER_SCHEMA } from './check.js';

const READ = `
select format('%I.%I', n.nspname, c.relname) as partition, p.partrelid::regclass::text as parent,
       greatest(s.n_live_tup, 0)::float8 as rows
  from pg_partitioned_table p
  join pg_class c on c.oid = p.partdefid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_stat_user_tables s on s.relid = c.oid
 where ${USER_SCHEMA} and s.n_live_tup > 0
 order by 1`;

/** Moves the rows to partitions of their own and leaves a default one, empty: without it the next such row would fail. */
function moveRows(parent: string, partition: string): string[] {
  const detach = `alter table ${parent} detach partition ${partition}`;
  const move = `insert into ${parent} select * from ${partition}`;
  if (parent !== 'audit.audit_log')
    return [
      'begin',
      detach,
      `-- create the missing partitions of ${parent}`,
      move,
      `truncate ${partition}`,
      `alter table ${parent} attach partition ${partition} default`,
      'commit',
    ];
  // The log refuses TRUNCATE, its default partition too: that one is made anew, as the migrations made it.
  return [
    'begin',
    detach,
    `select audit.ensure_partitions(month, 1) from (select distinct date_trunc('month', occurred_at at time zone 'UTC') at time zone 'UTC' as month from ${partition}) months`,
    move,
    `drop table ${partition}`,
    `create table ${partition} partition of ${parent} default`,
    `create trigger audit_log_no_truncate before truncate on ${partition} for each statement execute function audit.refuse_change()`,
    `grant select on ${partition} to plinth_readonly, plinth_worker`,
    'commit',
  ];
}

/** Rows that no partition was made for. Counted by statistics: the partition may be locked. */
export const defaultPartitionRows: Check = {
  id: 'default-partition-rows',
  title: 'Rows without a partition of their own',
  tier: 2,
  async run(sql) {
    const rows = await sql.query<{ partition: string; parent: string; rows: number }>(READ);
    return rows.map(({ partition, parent, rows }) => ({
      check: 'default-partition-rows',
      severity: 'warning' as const,
      object: partition,
      summary: `${rows} rows of ${parent} lie in its default partition`,
      evidence: { parent, rows },
      window: NOW,
      why: 'the partition that these rows belong to was not made in time; making it now has to move them, under a lock, and until then they are not archived with their month',
      repair: repairBy('ACCESS EXCLUSIVE', moveRows(parent, partition)),
    }));
  },
};
