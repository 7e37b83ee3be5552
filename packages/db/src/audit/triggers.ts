import type { Sql } from '../sql.js';
import type { AuditFinding } from './findings.js';

/** Triggers of the audit that are switched off, and tables of the log that have lost theirs. */
export async function disabledTriggers(sql: Sql): Promise<AuditFinding[]> {
  const rows = await sql.query<{ detail: string }>(
    `select format('trigger %I on %s is switched off', t.tgname, t.tgrelid::regclass) as detail
       from pg_catalog.pg_trigger t join pg_catalog.pg_proc p on p.oid = t.tgfoid
       join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'audit' and not t.tgisinternal and t.tgenabled in ('D', 'R')
     union all
     select format('%s has no trigger that refuses %s', c.oid::regclass, w.what)
       from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       cross join (values ('UPDATE', 16), ('DELETE', 8), ('TRUNCATE', 32)) as w(what, bit)
      where n.nspname = 'audit' and c.relkind in ('r', 'p')
        and not exists (select from pg_catalog.pg_trigger t join pg_catalog.pg_proc p on p.oid = t.tgfoid
                         where t.tgrelid = c.oid and p.proname in ('refuse_change', 'allow_redaction') and t.tgtype & w.bit > 0)
     order by 1`,
  );
  return rows.map(({ detail }) => ({ kind: 'trigger_disabled', detail }));
}
