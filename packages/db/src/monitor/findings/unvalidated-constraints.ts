import { type Check, NOW, repairBy, USER_SCHEMA } from './check.js';

// PostgreSQL 18 knows constraints that are not to be enforced at all; those are not meant.
const READ = `
select k.conname::text as name, format('%I', k.conname) as quoted, format('%I.%I', n.nspname, c.relname) as table, k.contype::text as type
  from pg_constraint k
  join pg_class c on c.oid = k.conrelid
  join pg_namespace n on n.oid = c.relnamespace
 where not k.convalidated and coalesce((to_jsonb(k)->>'conenforced')::bool, true) and ${USER_SCHEMA}
 order by 3, 1`;

/** Constraints added as NOT VALID and never validated. */
export const unvalidatedConstraints: Check = {
  id: 'unvalidated-constraints',
  title: 'Constraints that were never validated',
  tier: 3,
  async run(sql) {
    const rows = await sql.query<{ name: string; quoted: string; table: string; type: string }>(READ);
    return rows.map(({ name, quoted, table, type }) => ({
      check: 'unvalidated-constraints',
      severity: 'info' as const,
      object: `${table}.${name}`,
      summary: `constraint ${name} of ${table} holds for new rows only`,
      evidence: { table, type: { c: 'check', f: 'foreign key', n: 'not null' }[type] ?? type },
      window: NOW,
      why: 'rows older than the constraint may break it; the planner does not rely on it, and a restore of the data may fail',
      repair: repairBy('SHARE UPDATE EXCLUSIVE', [`alter table ${table} validate constraint ${quoted}`]),
    }));
  },
};
