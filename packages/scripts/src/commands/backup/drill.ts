import { tmpdir } from 'node:os';
import type { Command } from 'commander';
import { createRunRecorder } from '../../backup/backup-runs.js';
import { drillBackup, readAsserts } from '../../backup/drill.js';
import { formatSpan } from '../../backup/inventory.js';
import { findSet } from '../../backup/store.js';
import type { CommandContext } from '../../context.js';
import { exitCodes } from '../../exit-codes.js';
import { ExitWith } from '../../failure.js';
import { openTarget } from '../../target.js';
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
import { recorderUrl } from './take-backup.js';

/** `plinth backup drill`: restore a set for proof. */
export function registerDrill(backup: Command, context: CommandContext): void {
  const command = backup
    .command('drill')
    .description(
      'restore a backup into a scratch database and compare everything with the manifest; ends with 20 when it differs',
    )
    .argument('[id]', 'its id, the beginning of it, or latest', 'latest')
    .option('--sql <file>', 'statements of your own; the first column of every row they answer must be true')
    .option('--create-roles', 'make roles that this server lacks');
  withKeyOptions(command).action(
    async (id: string, options: KeyOptions & { sql?: string; createRoles?: boolean }) => {
      const { config, output, signal, hurry } = context;
      const { settings, store } = await openStore(context);
      const set = await findSet(store, id);
      const target = await openTarget(context);
      const bars = showRestore(output);
      const drilling = drillBackup({
        store,
        set,
        opener: await openerFor(context, settings, options),
        tools: await installedTools(context),
        ...(await restoreLogins(context, target)),
        createRoles: options.createRoles === true,
        requireEncryption: settings.requireEncryption,
        env: config.env,
        workFolder: tmpdir(),
        assertSql: await readAsserts(options.sql),
        signal,
        hurry,
        say: output.say,
        onProgress: bars.onProgress,
      });
      waitForEnd(context, drilling);
      const report = await drilling;
      bars.end();
      const runs = createRunRecorder(await recorderUrl(context, target), output.say);
      if (report.ok) await runs.verified(set.id, 3, new Date());
      for (const note of report.notes) output.say(`note: ${note}`);
      for (const problem of report.problems) output.say(`problem: ${problem}`);
      const { tables, rows, catalogEntries } = report.compared;
      const proof = `${rows} rows of ${tables} tables and ${catalogEntries} objects compared on PostgreSQL ${report.server}`;
      output.answer(
        report,
        report.ok
          ? `${set.id} restores: ${proof}; restored in ${formatSpan(report.restoreMs)}`
          : `${set.id} FAILED`,
      );
      if (!report.ok) throw new ExitWith(exitCodes.corrupt);
    },
  );
}
