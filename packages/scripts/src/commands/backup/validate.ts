import { type Command, Option } from 'commander';
import { findSet } from '../../backup/store.js';
import { validateBackup } from '../../backup/validate.js';
import type { CommandContext } from '../../context.js';
import { exitCodes } from '../../exit-codes.js';
import { ExitWith } from '../../failure.js';
import { installedTools, type KeyOptions, openerFor, openStore, withKeyOptions } from './backup-place.js';

const help = `
Level 0: the manifest and every file are there, with their sizes. Level 1: every byte is read and compared with its
SHA-256; with the key also what it decrypts and unpacks to. Level 2: pg_restore reads the archive to its end, and the
rows of every table in it are counted. Level 3, a restore for proof, is \`plinth backup drill\`.`;

/** `plinth backup validate`: is a set whole, without restoring it. */
export function registerValidate(backup: Command, context: CommandContext): void {
  const command = backup
    .command('validate')
    .description('check a backup without restoring it; ends with 20 when anything is wrong')
    .argument('[id]', 'its id, the beginning of it, latest or all', 'latest')
    .addOption(new Option('--level <level>', 'how thoroughly').choices(['0', '1', '2']).default('1'))
    .addHelpText('after', help);
  withKeyOptions(command).action(async (id: string, options: KeyOptions & { level: string }) => {
    const { output, signal } = context;
    const { settings, store } = await openStore(context);
    const opener = await openerFor(context, settings, options);
    const tools = await installedTools(context);
    const level = Number(options.level) as 0 | 1 | 2;
    const { sets, unreadable } =
      id === 'all' ? await store.list() : { sets: [await findSet(store, id)], unreadable: [] };
    const results = [];
    for (const set of sets) {
      const result = await validateBackup({
        store,
        set,
        level,
        opener,
        tools,
        requireEncryption: settings.requireEncryption,
        signal,
      });
      results.push(result);
      const partly =
        result.plainChecked || level === 0
          ? ''
          : ' (as stored: without the key its content was not looked at)';
      output.say(
        result.ok
          ? `${set.id}: level ${level} passed${partly}`
          : `${set.id}: FAILED: ${result.problems.join('; ')}`,
      );
    }
    for (const { id: broken, error } of unreadable) {
      results.push({
        id: broken,
        level,
        ok: false,
        problems: [error.message],
        plainChecked: false,
        durationMs: 0,
      });
      output.say(`${broken}: FAILED: ${error.message}`);
    }
    const ok = results.every((result) => result.ok);
    output.answer({ ok, results }, '');
    if (!ok) throw new ExitWith(exitCodes.corrupt);
  });
}
