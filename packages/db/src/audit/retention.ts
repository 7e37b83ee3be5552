import type { Database } from '../database.js';
import { DatabaseError } from '../errors.js';
import type { Sql } from '../sql.js';

/** A month of the audit log, as `2026-11-01`. */
export type Month = string;

/** Makes the missing partitions of this month and the following ones, `months` in all. Returns how many it made. */
export async function ensureAuditPartitions(sql: Pick<Sql, 'one'>, months = 4): Promise<number> {
  const { made } = await sql.one<{ made: number }>('select audit.ensure_partitions(now(), $1) as made', [
    months,
  ]);
  return made;
}

/** Rows in the default partition: of months that nobody prepared. Should be 0; monitoring watches it. */
export async function strayAuditRows(sql: Pick<Sql, 'one'>): Promise<number> {
  return (await sql.one<{ n: number }>('select count(*)::float8 as n from audit.audit_log_default')).n;
}

/** Months older than `keepMonths` that are still in the log, oldest first. */
export async function expiredAuditMonths(sql: Pick<Sql, 'query'>, keepMonths: number): Promise<Month[]> {
  const rows = await sql.query<{ month: Month }>(
    `select to_char(to_date(substring(c.relname from 'audit_log_(\\d{4}_\\d{2})$'), 'YYYY_MM'), 'YYYY-MM-DD') as month
       from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'audit.audit_log'::regclass and c.relname ~ '^audit_log_\\d{4}_\\d{2}$'
        and to_date(substring(c.relname from 'audit_log_(\\d{4}_\\d{2})$'), 'YYYY_MM')
            < date_trunc('month', now()) - make_interval(months => $1)
      order by 1`,
    [keepMonths],
  );
  return rows.map((row) => row.month);
}

/**
 * Moves a sealed month out of the log into schema archive, where a backup still finds it. Waits at most 100 ms for
 * its moment of lock, then tries again: writers never queue behind it. Returns the rows moved. Throws DatabaseError:
 * `lock_timeout` after ten tries, `invalid_value` for a month that is too young, `internal` (55000) for one that is not wholly sealed.
 */
export async function archiveAuditMonth(database: Pick<Database, 'one'>, month: Month): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { rows } = await database.one<{ rows: number }>(
        'select audit.archive_month($1::date)::float8 as rows',
        [month],
      );
      return rows;
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code !== 'lock_timeout' || attempt === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200 * attempt));
    }
  }
}

/** Drops an archived month after every seal of it was compared, and seals the fact. Returns the rows dropped. Throws DatabaseError. */
export async function dropArchivedAuditMonth(sql: Pick<Sql, 'one'>, month: Month): Promise<number> {
  const { rows } = await sql.one<{ rows: number }>(
    'select audit.drop_archived_month($1::date)::float8 as rows',
    [month],
  );
  return rows;
}
