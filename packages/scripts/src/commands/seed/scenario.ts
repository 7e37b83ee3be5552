import { refuseProduction, runSeed, scenarios } from '@plinth/db/seed';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { readPepper } from '../../password-pepper.js';
import { explainMissing, openSeedTarget, parseSeed } from './seed-target.js';

interface ScenarioOptions {
  seed?: number;
  dryRun?: boolean;
  iKnow?: boolean;
}

/** `plinth seed dev|test|demo`: one command per registered scenario. */
export function registerScenarios(seed: Command, context: CommandContext): void {
  for (const { name, description } of scenarios) {
    seed
      .command(name)
      .description(`${description}; repeating it changes nothing`)
      .option('--seed <number>', 'another number, other rows of the same kind (1 unless told)', parseSeed)
      .option('--dry-run', 'say how many rows would be inserted, and insert none')
      .option('--i-know', 'seed although NODE_ENV is production')
      .action((options: ScenarioOptions) => seedScenario(context, name, options));
  }
}

async function seedScenario(
  context: CommandContext,
  scenario: string,
  options: ScenarioOptions,
): Promise<void> {
  const { seed, dryRun = false, iKnow = false } = options;
  refuseProduction(`seeding ${scenario}`, { environment: context.config.environment, iKnow });
  const pepper = await readPepper(context);
  const { url, env, name: database } = await openSeedTarget(context);
  const run = { url, env, scenario, pepper, dryRun, iKnow, ...(seed === undefined ? {} : { seed }) };
  const result = await explainMissing(runSeed(run));
  const { inserted, skipped } = result;
  const would = dryRun ? 'would insert' : 'inserted';
  const text =
    inserted === 0
      ? `${scenario}: nothing to insert into ${database}, all ${skipped} rows are there`
      : `${scenario}: ${would} ${inserted} rows into ${database}, ${skipped} were there`;
  context.output.answer(result, text);
}
