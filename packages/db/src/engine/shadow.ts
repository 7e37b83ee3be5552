import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import type pg from 'pg';
import { PlinthError } from '../errors.js';
import { quoteIdentifier } from '../sql.js';
import { createAdapter } from './adapter.js';
import { EngineError } from './engine-error.js';
import { runScriptStepwise } from './script.js';
import type { EngineTarget } from './target.js';
import { createTemporaryDatabase, openNamed } from './temporary-database.js';

const prefix = 'plinth_shadow_';

/** An empty database beside the target's, dropped when the adapter is disposed. */
export async function openShadow(target: EngineTarget): Promise<SqlDriverAdapter> {
  const shadow = await createTemporaryDatabase(target, prefix).catch((error) => {
    throw shadowError(error);
  });
  return createAdapter(shadow.client, {
    schema: target.schema,
    onDispose: shadow.close,
    runScript: runScriptStepwise,
  });
}

/** P3014: the database user may not create databases, as the native engine says it. */
function shadowError(error: unknown): unknown {
  if ((error as { code?: string }).code !== '42501') return error;
  return new EngineError(
    'P3014',
    'Prisma Migrate could not create the shadow database. Please make sure the database user has permission to create databases. ' +
      'Read more about the shadow database (and workarounds) at https://pris.ly/d/migrate-shadow\n\n' +
      `Original error: ${(error as Error).message}`,
    { cause: error },
  );
}

/**
 * Connects to a shadow database that the user provides (`shadowDatabaseUrl`) and empties it first.
 * Throws `shadow_is_main` where that is the main database: emptying it would be the end of it.
 */
export async function openProvidedShadow(
  target: EngineTarget,
  shadowTarget: EngineTarget,
): Promise<SqlDriverAdapter> {
  const client = await openNamed(shadowTarget);
  const main = await openNamed(target);
  const same = (await databaseIdentity(main)) === (await databaseIdentity(client));
  await main.end();
  if (same) {
    await client.end();
    throw new PlinthError(
      'shadow_is_main',
      `the shadow database url names the main database ${target.database}`,
      {
        fix: 'Leave shadowDatabaseUrl out: a shadow database is then created and dropped for each run.',
      },
    );
  }
  const { rows } = await client.query<{ nspname: string }>(
    `SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'`,
  );
  const drops = rows.map(({ nspname }) => `DROP SCHEMA ${quoteIdentifier(nspname)} CASCADE;`);
  await client.query(`${drops.join('')}CREATE SCHEMA ${quoteIdentifier(shadowTarget.schema)}`);
  const onDispose = () => client.end();
  return createAdapter(client, { schema: shadowTarget.schema, onDispose, runScript: runScriptStepwise });
}

/** Differs between any two databases of any two servers. */
async function databaseIdentity(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ identity: string }>(
    `SELECT concat_ws('/', pg_postmaster_start_time(), inet_server_port(), d.oid, d.datname) AS identity
       FROM pg_database d WHERE d.datname = current_database()`,
  );
  return rows[0]?.identity ?? '';
}
