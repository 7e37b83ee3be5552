import type { Sql } from '../sql.js';
import { ROW_MONTH } from './canonical-row.js';
import type { AuditFinding } from './findings.js';

interface Group {
  systemIdentifier: string;
  month: string;
  rows: number;
  fromXid: string;
  toXid: string;
}

/**
 * Rows that no seal covers. Those of this cluster's transactions after the last seal are only waiting for the next
 * one. All others were slipped in: below the last seal, in an epoch that is closed, or from a transaction that has
 * not happened yet.
 */
export async function findUncovered(
  sql: Sql,
  source: string,
): Promise<{ unsealedRows: number; findings: AuditFinding[] }> {
  const groups = await sql.query<Group & { waiting: boolean }>(
    `with ends as (
       select system_identifier, (array_agg(to_xid order by to_xid desc))[1] as sealed_to
         from audit.audit_seals where kind = 'rows' group by 1),
     here as (
       select system_identifier, pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()) as next_xid,
              exists (select from ends e where e.system_identifier = c.system_identifier) as begun
         from pg_catalog.pg_control_system() c)
     select l.system_identifier::text as "systemIdentifier", to_char(${ROW_MONTH}, 'YYYY-MM-DD') as month,
            count(*)::float8 as rows, min(l.txid::text::numeric)::text as "fromXid", (max(l.txid::text::numeric) + 1)::text as "toXid",
            case when l.system_identifier = here.system_identifier then (ends.sealed_to is null or l.txid >= ends.sealed_to) and l.txid < here.next_xid
                 else not here.begun and (ends.sealed_to is null or l.txid >= ends.sealed_to) end as waiting
       from ${source} l cross join here left join ends on ends.system_identifier = l.system_identifier
      where ends.sealed_to is null or l.txid >= ends.sealed_to
         or not exists (
              select from audit.audit_seals s
               where s.system_identifier = l.system_identifier and s.kind = 'rows' and s.month = ${ROW_MONTH} and s.to_xid > l.txid
                 and s.from_xid = (select r.from_xid from audit.audit_seals r
                                    where r.system_identifier = l.system_identifier and r.from_xid <= l.txid
                                    order by r.from_xid desc limit 1))
      group by 1, 2, 6 order by 1, 2, 6`,
  );
  let unsealedRows = 0;
  const findings: AuditFinding[] = [];
  for (const { waiting, rows, ...where } of groups) {
    if (waiting) unsealedRows += rows;
    else
      findings.push({
        kind: 'row_inserted',
        ...where,
        detail: `${rows} rows of transactions ${where.fromXid} up to ${where.toXid}, ${where.month.slice(0, 7)}, are in no seal that covers their transactions`,
      });
  }
  return { unsealedRows, findings };
}
