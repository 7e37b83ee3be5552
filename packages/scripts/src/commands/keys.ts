import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { registerRotate } from './keys/rotate.js';
import { registerKeyStatus } from './keys/status.js';

/** `plinth keys ...`: the keys of field encryption. */
export function registerKeys(program: Command, context: CommandContext): void {
  const keys = program.command('keys').description('the keys of field encryption (FIELD_KEYS)');
  registerKeyStatus(keys, context);
  registerRotate(keys, context);
}
