import { withClient } from '@plinth/db';

/** One connection to PostgreSQL, as `withClient` gives it. */
export type DatabaseClient = Parameters<Parameters<typeof withClient>[1]>[0];

/**
 * Connects for a backup's own work: no time limits, and every setting on which the text of a value depends fixed, so
 * that the same row has the same text, and so the same hash, in every session and on every server. `hurry` cuts the
 * connection in the middle of a query.
 */
export async function withWorkClient<T>(
  url: string,
  work: (client: DatabaseClient) => Promise<T>,
  hurry?: AbortSignal | undefined,
): Promise<T> {
  return await withClient(url, async (client) => {
    hurry?.throwIfAborted();
    const cut = () => void client.end().catch(() => {});
    hurry?.addEventListener('abort', cut, { once: true });
    try {
      await client.query(
        `SELECT set_config(name, value, false) FROM (VALUES
         ('statement_timeout', '0'), ('lock_timeout', '0'), ('idle_in_transaction_session_timeout', '0'),
         ('datestyle', 'ISO, YMD'), ('intervalstyle', 'postgres'), ('timezone', 'UTC'), ('extra_float_digits', '3'),
         ('bytea_output', 'hex'), ('xmlbinary', 'base64'), ('lc_monetary', 'C'), ('search_path', 'pg_catalog'),
         ('application_name', 'plinth backup')) AS settings (name, value)`,
      );
      return await work(client);
    } finally {
      hurry?.removeEventListener('abort', cut);
    }
  });
}
