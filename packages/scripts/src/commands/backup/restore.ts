import { tmpdir } from 'node:os';
import { PlinthError, urlFor } from '@plinth/db';
import { type Command, Option } from 'commander';
import type { RestoreOptions } from '../../backup/drill.js';
import { formatSpan } from '../../backup/inventory.js';
import { restoreSwap, restoreTo } from '../../backup/restore.js';
import { restoreTables } from '../../backup/restore-tables.js';
import { findSet } from '../../backup/store.js';
import { undoSwap } from '../../backup/swap.js';
import type { CommandContext } from '../../context.js';
import { refusal } from '../../failure.js';
import { openTarget } from '../../target.js';
import { wholeNumber } from '../option-values.js';
import { waitForEnd } from '../wait-for-end.js';
import {
  installedTools,
  type KeyOptions,
  openerFor,
  openStore,
  restoreLogins,
  withKeyOptions,
} from './backup-place.js';
import { showRestore } from './show-restore.js';

interface RestoreCommandOptions extends KeyOptions {
  to?: string;
  swap?: boolean;
  undo?: boolean;
  tables?: string[];
  schema: string;
  confirm?: string;
  createRoles?: boolean;
  jobs: number;
}

const help = `
Every restore goes into a scratch database first and is compared with the manifest there; the target's name never shows
anything incomplete. --swap ends the sessions of the live database and keeps it under another name; --undo brings it back.
--tables puts single tables into a schema beside the live ones.`;

/** `plinth backup restore`: a new database, the live one's place, or single tables. */
export function registerRestore(backup: Command, context: CommandContext): void {
  const command = backup
    .command('restore')
    .description('restore a backup to a new database, in the place of the live one, or single tables')
    .argument('[id]', 'its id, the beginning of it, or latest', 'latest')
    .option('--to <database>', 'a database that does not exist yet, or is empty')
    .addOption(new Option('--swap', 'in the place of the live database').conflicts(['to', 'undo', 'tables']))
    .addOption(new Option('--undo', 'bring back what the last --swap put aside').conflicts(['to', 'tables']))
    .addOption(new Option('--tables <names...>', 'single tables, such as public.users').conflicts('to'))
    .option('--schema <name>', 'where --tables puts them', 'restored')
    .option('--confirm <database>', 'the name of the live database, where it is to be touched')
    .option('--create-roles', 'make roles that this server lacks')
    .option('--jobs <number>', 'parallel pg_restore', wholeNumber(1, 64), 2)
    .addHelpText('after', help);
  withKeyOptions(command).action(async (id: string, options: RestoreCommandOptions) => {
    const restoring = run(context, id, options);
    waitForEnd(context, restoring);
    await restoring;
  });
}

async function run(context: CommandContext, id: string, options: RestoreCommandOptions): Promise<void> {
  const { output, config, signal, hurry } = context;
  const { to, swap, undo, tables: wanted } = options;
  if (to === undefined && !swap && !undo && wanted === undefined)
    throw new PlinthError('usage', 'where to restore to is missing', {
      fix: 'give --to <database>, --swap or --tables',
    });
  const target = await openTarget(context);
  const live = target.database;
  const touchesLive = swap === true || undo === true || to === live;
  if (touchesLive && options.confirm !== live) {
    throw refusal(
      `this puts a backup in the place of database ${live}, and is not confirmed`,
      `add --confirm ${live}`,
    );
  }
  const logins = await restoreLogins(context, target);
  if (undo) {
    const { restored, kept } = await undoSwap({ adminUrl: logins.adminUrl, database: live });
    return output.answer(
      { database: live, restored, kept },
      `database ${live} is again what it was (${restored}); the other is kept as ${kept}`,
    );
  }
  const { settings, store } = await openStore(context);
  const set = await findSet(store, id);
  const bars = showRestore(output);
  const restore: RestoreOptions = {
    store,
    set,
    opener: await openerFor(context, settings, options),
    tools: await installedTools(context),
    ...logins,
    jobs: options.jobs,
    createRoles: options.createRoles === true,
    requireEncryption: settings.requireEncryption,
    env: config.env,
    workFolder: tmpdir(),
    signal,
    hurry,
    say: output.say,
    onProgress: bars.onProgress,
  };
  if (wanted !== undefined) {
    const tables = await restoreTables({
      ...restore,
      tables: wanted,
      schema: options.schema,
      liveUrl: urlFor(logins.adminUrl, live),
    });
    bars.end();
    const names = tables.map(({ schema, name, rows }) => `${schema}.${name} (${rows} rows)`).join(', ');
    return output.answer({ id: set.id, database: live, tables }, `restored ${names} in database ${live}`);
  }
  // What is left is --swap.
  if (to === undefined) {
    const { report, refused, kept } = await restoreSwap({ ...restore, database: live });
    bars.end();
    sayRefused(context, refused);
    return output.answer(
      { id: set.id, database: live, kept, report },
      `database ${live} is now backup ${set.id}; what it was is kept as ${kept}\nback: plinth backup restore --undo --confirm ${live}`,
    );
  }
  const { report, refused } = await restoreTo({ ...restore, database: to });
  bars.end();
  sayRefused(context, refused);
  output.answer(
    { id: set.id, database: to, report },
    `restored ${set.id} as database ${to}, compared, in ${formatSpan(report.durationMs)}`,
  );
}

function sayRefused({ output }: CommandContext, refused: readonly string[]): void {
  for (const statement of refused)
    output.say(`warning: this login may not run, a superuser has to: ${statement}`);
}
