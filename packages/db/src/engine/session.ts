import pg from 'pg';
import { quoteIdentifier } from '../sql.js';
import type { EngineTarget } from './target.js';

/**
 * Opens one connection in UTC with the target's schema as its search path. One connection and no pool, because
 * advisory locks and `SET` belong to a session. Throws pg's error as it is; the caller names it for Prisma.
 */
export async function openSession(target: EngineTarget): Promise<pg.Client> {
  try {
    return await connect(target, target.tls !== 'disable');
  } catch (error) {
    const plainOnly = (error as Error).message === 'The server does not support SSL connections';
    if (target.tls === 'prefer' && plainOnly) return connect(target, false);
    throw error;
  }
}

async function connect(target: EngineTarget, encrypted: boolean): Promise<pg.Client> {
  const client = new pg.Client({
    host: target.host,
    port: target.port,
    user: target.user,
    password: target.password,
    database: target.database,
    ssl: encrypted ? tlsOptions(target) : false,
    connectionTimeoutMillis: target.connectTimeoutMs,
    application_name: target.applicationName,
    // Startup options, not SET: RESET ALL after a script then returns to exactly these.
    options:
      `-c TimeZone=UTC -c search_path=${optionValue(quoteIdentifier(target.schema))} ${target.options}`.trim(),
    keepAlive: true,
  });
  // A lost idle connection is an event without listener otherwise; the next query reports it anyway.
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    client.end().catch(() => {});
    throw error;
  }
  return client;
}

function tlsOptions(target: EngineTarget): object {
  const verify = target.tls === 'verify-ca' || target.tls === 'verify-full';
  return {
    rejectUnauthorized: verify,
    ...(target.ca === undefined ? {} : { ca: target.ca }),
    ...(target.cert === undefined ? {} : { cert: target.cert }),
    ...(target.key === undefined ? {} : { key: target.key }),
    ...(target.tls === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  };
}

/** Escapes a value for the startup packet's `options` (https://www.postgresql.org/docs/current/libpq-connect.html). */
function optionValue(value: string): string {
  return value.replace(/[\\\s]/g, '\\$&');
}
