import pg from 'pg';
import type { DatabaseConfig } from '../config.js';
import { sslOptions } from '../pool.js';
import { CHANNEL, createListeners, formatAnnouncement, type Invalidations } from './invalidations.js';

/** A connection that says nothing may be dead: it is asked this often, and given this long. */
const PING_MS = 2_000;
const RETRY_MS = 500;

/**
 * Hears of changes by LISTEN on one connection per process, outside the pool, which comes back by itself. It needs a
 * session of its own: not through a transaction pooler (give it the server's own address, or use Redis). Answers at
 * once; isLive() says when it hears.
 */
export function listenOnPostgres(
  config: Pick<DatabaseConfig, 'url' | 'ssl' | 'sslCa' | 'applicationName'>,
  options: { onError?: (error: unknown) => void; pingMs?: number } = {},
): Invalidations {
  const { onError = () => {}, pingMs = PING_MS } = options;
  const { announce, setLive, ...listeners } = createListeners();
  const url = new URL(config.url);
  for (const name of ['sslmode', 'sslrootcert', 'schema']) url.searchParams.delete(name);
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function connect(): Promise<void> {
    const mine = new pg.Client({
      connectionString: url.href,
      ssl: sslOptions(config),
      application_name: `${config.applicationName}:listen`,
      connectionTimeoutMillis: 3_000,
      query_timeout: pingMs,
      keepAlive: true,
    });
    client = mine;
    let lost = false;
    const lose = (error: unknown) => {
      if (lost) return;
      lost = true;
      clearTimeout(timer);
      if (closed) return;
      onError(error);
      if (listeners.isLive()) setLive(false);
      // A socket that hangs must not keep the process from trying the next one.
      (mine as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
      timer = setTimeout(() => void connect(), RETRY_MS);
    };
    mine.on('error', lose);
    mine.on('end', () => lose(new Error('the listening connection ended')));
    mine.on('notification', ({ payload }) => announce(payload));
    const ping = () =>
      mine.query('select 1').then(() => {
        if (!closed && !lost) timer = setTimeout(ping, pingMs);
      }, lose);
    try {
      await mine.connect();
      await mine.query(`listen ${CHANNEL}`);
      if (closed || lost) return;
      setLive(true);
      timer = setTimeout(ping, pingMs);
    } catch (error) {
      lose(error);
    }
  }

  const first = connect();
  return {
    ...listeners,
    async publish(announcement) {
      if (!client || !listeners.isLive()) throw new Error('not listening');
      await client.query('select pg_notify($1, $2)', [CHANNEL, formatAnnouncement(announcement)]);
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await first;
      await client?.end().catch(() => {});
    },
  };
}
