import type { Sql } from '../sql.js';

/**
 * Tells the acting user's webhooks of an event: one webhook_events row and one job for each that is switched on and
 * listens to this type, in the caller's transaction. It must be the transaction of that user (row security). Payloads
 * leave the house: only what the user may see. Answers the events' ids.
 */
export async function publishEvent(
  sql: Pick<Sql, 'query'>,
  event: { userId: string; type: string; data: object },
): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `with events as (
       insert into webhook_events (webhook_id, event_type, payload, created_by)
       select w.id, $2, $3::jsonb, $1 from webhooks w
        where w.user_id = $1 and w.is_active and (w.event_types = '{}' or $2 = any(w.event_types))
       returning id)
     select id, plinth.enqueue_job('deliver-webhook', jsonb_build_object('eventId', id), 'deliver-webhook ' || id) from events`,
    [event.userId, event.type, JSON.stringify(event.data)],
  );
  return rows.map(({ id }) => id);
}
