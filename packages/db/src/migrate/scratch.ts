import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import { splitStatements } from '../engine/split-statements.js';
import { parseEngineUrl } from '../engine/target.js';
import { createTemporaryDatabase } from '../engine/temporary-database.js';
import { PlinthError } from '../errors.js';
import { sendScript, sendStatement } from './run-script.js';
import { scriptFailure } from './script-failure.js';
import { parseScript } from './split.js';

/** A database of our own that is gone afterwards. */
export interface Scratch {
  readonly name: string;
  /** A session as the role that owns it and that the migrations run as. */
  readonly client: pg.Client;
  /** A second session, as the same role. */
  connect(): Promise<pg.Client>;
  /** Runs a whole file: as one transaction where it can be, else statement by statement. Throws ScriptFailure. */
  run(sql: string, file: string): Promise<void>;
}

const prefix = 'plinth_scratch_';
const privileges = new URL('../../prisma/bootstrap/02-database.sql', import.meta.url);

/**
 * Makes an empty database beside the URL's (template0, its encoding and locale) with the privileges that the
 * bootstrap gives (unless told not to), as far as the URL's role may give them, and drops it when `work` ends, however it ends. What a
 * killed process leaves is swept by the next call. Throws `no_scratch` where the role may not create databases.
 */
export async function withScratchDatabase<T>(
  url: string,
  work: (scratch: Scratch) => Promise<T>,
  { privileges: granting = true }: { privileges?: boolean } = {},
): Promise<T> {
  const database = await createTemporaryDatabase(parseEngineUrl(url), prefix).catch((error) => {
    if ((error as { code?: string }).code !== '42501') throw error;
    throw new PlinthError(
      'no_scratch',
      'the role may not create databases, and this needs a scratch database',
      {
        fix: 'set MIGRATE_DATABASE_URL to a role with CREATEDB (plinth_migrator has it)',
        cause: error,
      },
    );
  });
  try {
    if (granting) await grantPrivileges(database.client);
    return await work({
      name: database.name,
      client: database.client,
      connect: database.connect,
      run: (sql, file) => runScript(database.client, sql, file),
    });
  } finally {
    await database.close();
  }
}

/** 42501: only a superuser may. 42704: a cluster that was never bootstrapped lacks our roles. */
const notPermitted = new Set(['42501', '42704', '58P01', '0A000']);

async function grantPrivileges(client: pg.Client): Promise<void> {
  for (const statement of splitStatements(await readFile(privileges, 'utf8'))) {
    await client.query(statement).catch((error: { code?: string }) => {
      if (!notPermitted.has(error.code ?? '')) throw error;
    });
  }
}

/** As the runner runs it, but without limits and bookkeeping: BEGIN and COMMIT inside the file do not count. */
async function runScript(client: pg.Client, sql: string, file: string): Promise<void> {
  const script = await parseScript(sql, file);
  try {
    if (script.stepwise) {
      for (const statement of script.statements) await sendStatement({ client }, script, statement);
      return;
    }
    await client.query('begin');
    await sendScript({ client }, script);
    await client.query('commit').catch((error: unknown) => {
      throw scriptFailure(error, { file, sql });
    });
  } finally {
    // `I` is idle. A SET in one file must not reach the next.
    if (client.getTransactionStatus() !== 'I') await client.query('rollback').catch(() => {});
    await client.query('reset all').catch(() => {});
  }
}
