import { type Check, repairBy } from './check.js';

// A seal covers all transactions of one cluster up to its end, so rows from the newest end on are unsealed. Rows of
// another cluster (before a restore) are sealed as one with the first seal here. The look-up goes through the index by txid.
const READ = `
with here as (select system_identifier as id from pg_control_system())
select r.occurred_at as since, clock_timestamp() as now, (select max(sealed_at) from audit.audit_seals) as "lastSeal"
  from (select l.occurred_at from audit.audit_log l, here
         where l.system_identifier = here.id
           and l.txid >= coalesce((select s.to_xid from audit.audit_seals s
                                    where s.system_identifier = here.id and s.kind = 'rows'
                                    order by s.to_xid desc limit 1), '0'::xid8)
         order by l.txid limit 1) r`;

/** Audit rows that nobody has sealed in time. */
export const auditSeals: Check = {
  id: 'audit-seals',
  title: 'Audit rows wait for their seal',
  tier: 2,
  async run(sql, { auditSealAgeMs }) {
    const row = await sql.oneOrNone<{ since: Date; now: Date; lastSeal: Date | null }>(READ);
    if (row === null) return [];
    const ageMs = row.now.getTime() - row.since.getTime();
    if (ageMs < auditSealAgeMs) return [];
    return [
      {
        check: 'audit-seals',
        severity: 'warning',
        object: 'audit.audit_log',
        summary: `audit rows have been waiting for their seal for ${Math.round(ageMs / 60_000)} minutes`,
        evidence: {
          oldestUnsealedAt: row.since.toISOString(),
          ageMs,
          lastSealAt: row.lastSeal?.toISOString() ?? null,
        },
        window: { from: row.since.toISOString(), basis: 'observation' },
        why: 'until a row is sealed, somebody with superuser rights could change it without a trace; the worker that seals does not run or fails',
        repair: repairBy('none', [], { command: 'plinth worker' }),
      },
    ];
  },
};
