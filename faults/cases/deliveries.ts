import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '@plinth/db';
import type { Violation } from '../ledger/violation.js';
import type { World } from '../world/world.js';

/** Jobs of a worker that was killed are freed when it was found dead twice (5 s apart), and a failed try waits a little longer. */
const LIMIT_MS = 60_000;

/** Waits until every event of the round has been delivered, and has arrived. */
export async function undelivered({ adminUrl, receiver }: World, round: number): Promise<Violation[]> {
  return await withClient(adminUrl, async (client) => {
    const deadline = performance.now() + LIMIT_MS;
    for (;;) {
      const { rows } = await client.query<{ id: string; status: string }>(
        `select id, status::text from webhook_events where payload ->> 'note' like $1`,
        [`r${round}.u%`],
      );
      const missing = rows.filter(({ id, status }) => status !== 'delivered' || !receiver.arrived.has(id));
      if (missing.length === 0) return [];
      if (performance.now() > deadline)
        return [
          {
            kind: 'event',
            detail: `${missing.length} of ${rows.length} events were not delivered within ${LIMIT_MS} ms: ${missing[0]?.id} is ${missing[0]?.status}`,
          },
        ];
      await sleep(200);
    }
  });
}
