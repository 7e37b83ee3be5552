import { stopEmbedded } from '@plinth/db/embedded';
import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { endProcess } from '../up/end-process.js';
import { findRunning, forgetRunning, isSame } from '../up/running.js';

/** Longer than `up` in the foreground takes at most to stop its API and its database. */
const GRACE_MS = 100_000;

/** `plinth down`: nothing of ours runs any more, however it was started. The database goes last. */
export function registerDown(program: Command, context: CommandContext): void {
  program
    .command('down')
    .description('stop everything `up` started, the embedded database last; the data stays')
    .action(async () => {
      const { config, output } = context;
      const running = await findRunning(config.home);
      if (running !== undefined) {
        const { supervisor, api, worker } = running;
        // The `up` in the foreground stops its API itself; what it has left, or a background API, is ended here.
        if (supervisor !== null && (await isSame(supervisor))) await endProcess(supervisor, GRACE_MS);
        if (worker !== undefined) await endProcess(worker, GRACE_MS, context.hurry);
        await endProcess(api, GRACE_MS, context.hurry);
        output.say(`stopped the api on port ${running.port}, process ${api.pid}`);
      }
      await forgetRunning(config.home);
      const stopped = await stopEmbedded({ home: config.home, log: output.say });
      const what = { api: running !== undefined, database: stopped };
      output.answer(what, running || stopped ? 'stopped' : 'nothing was running');
    });
}
