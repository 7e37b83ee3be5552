import { realpath } from 'node:fs/promises';
import { PlinthError } from '../errors.js';

const requiredExtensions = ['uuid-ossp', 'pgcrypto', 'pg_trgm', 'pg_stat_statements'];

/** Runs `work` with one superuser connection. `pg` is loaded on need: joining a running server does without. */
async function withAdmin<T>(
  target: { port: number; password: string },
  work: (query: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>) => Promise<T>,
): Promise<T> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    host: '127.0.0.1',
    port: target.port,
    user: 'postgres',
    password: target.password,
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: 5_000,
    application_name: 'plinth embedded',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(
      async (text, values) => (await client.query<Record<string, unknown>>(text, values)).rows,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** True when the server on this port takes our superuser password and serves this data directory. */
export async function answersFrom(target: {
  port: number;
  password: string;
  dataDir: string;
}): Promise<boolean> {
  try {
    const [row] = await withAdmin(target, (query) => query('show data_directory'));
    return (await realpath(String(row?.data_directory))) === (await realpath(target.dataDir));
  } catch {
    return false;
  }
}

/**
 * Looks at a server just started: our password, every extension we need, statement statistics loaded.
 * Throws `embedded_password` or `embedded_incomplete`.
 */
export async function verifyServer(target: { port: number; password: string; home: string }): Promise<void> {
  const rows = await withAdmin(target, (query) =>
    query(
      `select name from unnest($1::text[]) as wanted(name)
        where not exists (select from pg_available_extensions e where e.name = wanted.name)
       union all
       select 'shared_preload_libraries=pg_stat_statements'
        where current_setting('shared_preload_libraries') !~ 'pg_stat_statements'`,
      [requiredExtensions],
    ),
  ).catch((cause: unknown) => {
    throw new PlinthError('embedded_password', 'the embedded server does not take the remembered password', {
      cause,
      fix: `put ${target.home}/secrets back from a copy, or move ${target.home}/postgres-data away to begin with an empty database`,
    });
  });
  if (rows.length === 0) return;
  const missing = rows.map((row) => String(row.name)).join(', ');
  throw new PlinthError('embedded_incomplete', `the embedded server lacks ${missing}`, {
    fix: 'remove node_modules and run `node tools/install.mjs`, or set DATABASE_URL to a server of your own',
  });
}
