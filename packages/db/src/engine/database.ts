import type pg from 'pg';
import { quoteIdentifier } from '../sql.js';
import { connectionError } from './connection-error.js';
import { EngineError } from './engine-error.js';
import { openSession } from './session.js';
import type { EngineTarget } from './target.js';

/** Connects and disconnects. Throws `EngineError` P1000, P1001, P1003, P1010 ... */
export async function checkConnection(target: EngineTarget): Promise<void> {
  await withSession(target, async (client) => client.query('SELECT 1'));
}

/**
 * Creates the target's database and its schema, and answers the database's name.
 * Throws P1009 where it exists already, P1010 where the user may not create it.
 */
export async function createDatabase(target: EngineTarget): Promise<string> {
  await withMaintenance(target, (client) =>
    client.query(`CREATE DATABASE ${quoteIdentifier(target.database)}`),
  );
  await withSession(target, (client) =>
    client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(target.schema)}`),
  );
  return target.database;
}

/** Drops the target's database; sessions that are still in it make it fail. */
export async function dropDatabase(target: EngineTarget): Promise<void> {
  await withMaintenance(target, (client) =>
    client.query(`DROP DATABASE ${quoteIdentifier(target.database)}`),
  );
}

/** A database cannot be created or dropped from within; `postgres` may be missing, `template1` never is. */
async function withMaintenance(
  target: EngineTarget,
  run: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  try {
    await withSession({ ...target, database: 'postgres', schema: 'public' }, run);
  } catch (error) {
    if ((error as EngineError).code !== 'P1003') throw error;
    await withSession({ ...target, database: 'template1', schema: 'public' }, run);
  }
}

async function withSession(
  target: EngineTarget,
  run: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = await openSession(target).catch((error) => {
    throw connectionError(error, target);
  });
  try {
    await run(client);
  } catch (error) {
    if ((error as { code?: string }).code === '42P04') {
      const message = `Database \`${target.database}\` already exists on the database server`;
      throw new EngineError('P1009', message, { cause: error });
    }
    throw connectionError(error, target);
  } finally {
    await client.end();
  }
}
