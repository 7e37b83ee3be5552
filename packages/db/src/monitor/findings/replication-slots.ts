import { type Check, NOW, repairBy } from './check.js';

const READ = `
select slot_name::text as slot, active, coalesce(wal_status, '') as status,
       pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_lsn() end, restart_lsn)::float8 as retained
  from pg_replication_slots
 where wal_status in ('unreserved', 'lost')
    or pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_lsn() end, restart_lsn) >= $1
 order by retained desc`;

/** Replication slots that keep much of the write-ahead log, or lost what they needed of it. */
export const replicationSlots: Check = {
  id: 'replication-slots',
  title: 'Replication slots keep the log',
  tier: 2,
  async run(sql, { slotRetainedBytes }) {
    const rows = await sql.query<{ slot: string; active: boolean; status: string; retained: number | null }>(
      READ,
      [slotRetainedBytes],
    );
    return rows.map(({ slot, active, status, retained }) => ({
      check: 'replication-slots',
      severity: status === 'lost' || !active ? ('critical' as const) : ('warning' as const),
      object: `slot ${slot}`,
      summary: `slot ${slot} (${active ? 'active' : 'inactive'}) keeps ${Math.round((retained ?? 0) / 1_048_576)} MB of the log`,
      evidence: { active, walStatus: status, retainedBytes: retained },
      window: NOW,
      why: 'the server keeps every log file that the slot has not confirmed, until the disk is full; a slot nobody reads from is a forgotten one',
      repair: repairBy('none', [`select pg_drop_replication_slot('${slot}')`]),
    }));
  },
};
