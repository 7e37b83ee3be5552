import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '@plinth/db';
import type { Violation } from '../ledger/violation.js';
import type { World } from '../world/world.js';

/**
 * A job whose statement a black hole swallowed is given up after the worker's 62 s (DB_STATEMENT_TIMEOUT_MS and two), and
 * keeps what is queued behind it waiting; then its worker has to be found dead twice (5 s apart), and a failed try waits.
 */
const LIMIT_MS = 120_000;

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
