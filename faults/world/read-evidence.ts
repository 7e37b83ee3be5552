import { withClient } from '@plinth/db';
import type { AuditRow, EventRow, Evidence, StoredRow } from '../ledger/evidence.js';

const ROWS = `
  select 'user_artist_blocks' as "table", id, user_id as "userId", note as marker, version from user_artist_blocks where note like $1
  union all
  select 'contributions', id, contributor_id, message, version from contributions where message like $1`;
const AUDIT = `
  select entity as "table", entity_id as "rowId", action, request_id as "requestId", user_id as "userId" from audit.audit_log
   where request_id like $1 and entity in ('user_artist_blocks', 'contributions') and action in ('insert', 'update', 'delete')`;
const EVENTS = `
  select payload ->> 'id' as "rowId", status::text from webhook_events
   where event_type = 'artist_block.created' and payload ->> 'note' like $1`;

/** Everything that a database holds of one round, or of all of them (`undefined`). As superuser: row security hides nothing. */
export async function readEvidence(url: string, round: number | undefined): Promise<Evidence> {
  const pattern = round === undefined ? 'r%.u%' : `r${round}.u%`;
  return await withClient(url, async (client) => {
    const rows = await client.query<StoredRow>(ROWS, [pattern]);
    const audit = await client.query<AuditRow>(AUDIT, [pattern]);
    const events = await client.query<EventRow>(EVENTS, [pattern]);
    return { rows: rows.rows, audit: audit.rows, events: events.rows };
  });
}

const BUSY = `
  select count(*)::int as busy from pg_stat_activity
   where datname = $1 and usename = 'plinth_app' and pid <> pg_backend_pid() and state <> 'idle' and application_name not like '%:probe'`;

/** Waits until no session of the application is in a transaction, so that nothing is committed after we have looked. */
export async function waitUntilQuiet(adminUrl: string, database: string, limitMs: number): Promise<boolean> {
  return await withClient(adminUrl, async (client) => {
    const deadline = performance.now() + limitMs;
    for (let quiet = 0; quiet < 3; ) {
      const { rows } = await client.query<{ busy: number }>(BUSY, [database]);
      quiet = rows[0]?.busy === 0 ? quiet + 1 : 0;
      if (performance.now() > deadline) return false;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return true;
  });
}
