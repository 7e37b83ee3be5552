import { DriverAdapterError } from '@prisma/driver-adapter-utils';
import type pg from 'pg';
import { scriptError } from './script-error.js';
import { splitStatements } from './split-statements.js';

/**
 * Runs a script as ONE simple query, which PostgreSQL executes as one implicit transaction: a failure in the last
 * statement leaves nothing of the first. Cutting it at `;` would lose that and break `$$` bodies.
 */
export async function runScriptAtomically(client: pg.Client, script: string): Promise<void> {
  let failure: DriverAdapterError | undefined;
  // Where the platform can: a killed client ends the script, which then leaves nothing, instead of running on unseen.
  await client.query("SET client_connection_check_interval = '1s'").catch(() => {});
  try {
    await client.query(script);
  } catch (error) {
    failure = scriptError(error, script);
  }
  // `I` is idle: a script with its own BEGIN ends in another state when it fails before, or lacks, its COMMIT.
  if (client.getTransactionStatus() !== 'I') {
    await client.query('ROLLBACK').catch(() => {});
    failure ??= openTransaction();
  }
  // A SET in one file must not reach the next, nor hide `_prisma_migrations` behind another search path.
  await client.query('RESET ALL').catch(() => {});
  if (failure !== undefined) throw failure;
}

function openTransaction(): DriverAdapterError {
  return new DriverAdapterError({
    kind: 'postgres',
    code: '25001',
    originalCode: '25001',
    severity: 'ERROR',
    message:
      'the script ends inside a transaction: it has a BEGIN without COMMIT, and was rolled back\n' +
      'FIX: remove BEGIN; a migration file is one transaction without it.',
    detail: undefined,
    column: undefined,
    hint: undefined,
  });
}

/**
 * Runs a script in a shadow database: at once as everywhere, and where that fails because a statement cannot run in
 * a transaction block, statement by statement. Nothing of a shadow is kept, so atomicity costs nothing here, and the
 * files that `plinth migrate up` runs stepwise can be replayed.
 */
export async function runScriptStepwise(client: pg.Client, script: string): Promise<void> {
  try {
    await runScriptAtomically(client, script);
  } catch (error) {
    if ((error as { cause?: { originalCode?: string } }).cause?.originalCode !== '25001') throw error;
    for (const statement of splitStatements(script)) await runScriptAtomically(client, statement);
  }
}
