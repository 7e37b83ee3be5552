import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { registerCreateAdmin } from './users/create-admin.js';

/** `plinth users ...`: what must be possible before anybody can sign in. */
export function registerUsers(program: Command, context: CommandContext): void {
  const users = program.command('users').description('people who can sign in');
  registerCreateAdmin(users, context);
}
