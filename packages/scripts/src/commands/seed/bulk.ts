import { type BulkCounts, refuseProduction, seedBulk, withSeedDatabase } from '@plinth/db/seed';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import type { Output, Progress } from '../../output.js';
import { explainMissing, openSeedTarget, parseCount, parseSeed } from './seed-target.js';

const help = `
The same --seed and numbers give the same rows, byte for byte. Rows are committed 50,000 at a time: after Ctrl-C, a kill
or a crash the database is consistent, and the same command continues. Children (blocks, assessments) are shared out
among their parents once per seed; users, artists and businesses can grow. \`plinth seed clear\` removes all of it.

  plinth seed bulk --users 100000 --artists 50000 --blocks 1000000 --businesses 1000000 --assessments 2000000`;

const kinds: readonly (readonly [kind: keyof BulkCounts, what: string])[] = [
  ['users', 'people, without a password'],
  ['artists', 'artists of the catalogue'],
  ['businesses', 'businesses: most small, a few very large'],
  ['blocks', 'blocked artists: most users have few, a few have thousands; needs users and artists'],
  ['assessments', 'risk assessments, most of them of few businesses; needs businesses'],
];

const MOST = 2_000_000_000;

interface BulkCommandOptions extends Partial<BulkCounts> {
  seed?: number;
  iKnow?: boolean;
}

/** `plinth seed bulk`: rows by the million. */
export function registerSeedBulk(seed: Command, context: CommandContext): void {
  const command = seed
    .command('bulk')
    .description('rows by the million, by COPY; can be interrupted and continued');
  for (const [kind, what] of kinds) {
    command.option(`--${kind} <number>`, what, parseCount(`--${kind}`, 0, MOST));
  }
  command
    .option('--seed <number>', 'another number, other rows of the same kind (1 unless told)', parseSeed)
    .option('--i-know', 'seed although NODE_ENV is production')
    .addHelpText('after', help)
    .action((options: BulkCommandOptions) => seedInBulk(context, options));
}

async function seedInBulk(context: CommandContext, options: BulkCommandOptions): Promise<void> {
  const { seed, iKnow = false, ...counts } = options;
  const { output, signal, config } = context;
  refuseProduction('bulk seeding', { environment: config.environment, iKnow });
  const target = await openSeedTarget(context);
  const onProgress = showProgress(output);
  const running = withSeedDatabase(target, (database) =>
    seedBulk(database, { counts, signal, iKnow, onProgress, ...(seed === undefined ? {} : { seed }) }),
  );
  // After Ctrl-C the chunk under way is undone before the process ends.
  context.defer(async () => {
    await running.catch(() => undefined);
    if (signal.aborted) output.say('stopped between two chunks; the same command continues');
  });
  const result = await explainMissing(running);
  const { inserted, skipped } = result;
  output.answer(
    result,
    `bulk: inserted ${inserted} rows into ${target.name}${skipped > 0 ? `, ${skipped} were there` : ''}`,
  );
}

/** A bar per table, over the rows that are still to come: what earlier runs left says nothing about the pace. */
function showProgress(output: Output): (table: string, done: number, total: number) => void {
  let bar: { table: string; from: number; progress: Progress } | undefined;
  return (table, done, total) => {
    if (bar?.table !== table) {
      if (done >= total) return;
      bar = { table, from: done, progress: output.progress(table, total - done, 'rows') };
    }
    bar.progress.update(done - bar.from);
    if (done >= total) bar.progress.end();
  };
}
