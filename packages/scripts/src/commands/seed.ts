import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { registerSeedBulk } from './seed/bulk.js';
import { registerSeedClear } from './seed/clear.js';
import { registerSeedInfo } from './seed/info.js';
import { registerScenarios } from './seed/scenario.js';

/** `plinth seed ...`: invented rows, and how to be rid of them. */
export function registerSeed(program: Command, context: CommandContext): void {
  const seed = program.command('seed').description('invented rows for development, tests and demonstrations');
  registerScenarios(seed, context);
  registerSeedBulk(seed, context);
  registerSeedInfo(seed, context);
  registerSeedClear(seed, context);
}
