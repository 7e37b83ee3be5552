import { seedInfo, withSeedDatabase } from '@plinth/db/seed';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { formatTable } from '../../output.js';
import { explainMissing, openSeedTarget } from './seed-target.js';

/** `plinth seed info`: how many rows of each table are seeded. */
export function registerSeedInfo(seed: Command, context: CommandContext): void {
  seed
    .command('info')
    .description('per table: seeded rows, other rows, last run')
    .action(async () => {
      const target = await openSeedTarget(context);
      const info = await explainMissing(withSeedDatabase(target, seedInfo));
      const rows = info.tables.map(({ table, seeded, other, lastRunAt }) => [
        table,
        seeded,
        other,
        lastRunAt?.toISOString() ?? null,
      ]);
      const runs = info.runs.map((run) => [
        run.scenario,
        run.seed,
        run.inserted,
        run.skipped,
        run.lastRunAt.toISOString(),
      ]);
      const lines = [formatTable(['table', 'seeded', 'other', 'last run'], rows)];
      if (runs.length > 0) {
        lines.push(formatTable(['scenario', 'seed', 'inserted', 'skipped last', 'last run'], runs));
      }
      context.output.answer({ database: target.name, ...info }, lines.join('\n\n'));
    });
}
