import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { registerClear } from './db/clear.js';
import { registerCreate } from './db/create.js';
import { registerDrop } from './db/drop.js';
import { registerLint } from './db/lint.js';
import { registerStart } from './db/start.js';
import { registerStatus } from './db/status.js';
import { registerStop } from './db/stop.js';
import { registerUrl } from './db/url.js';

/** `plinth db ...`: the server and its databases. */
export function registerDb(program: Command, context: CommandContext): void {
  const db = program.command('db').description('the database server and its databases');
  registerStart(db, context);
  registerStop(db, context);
  registerStatus(db, context);
  registerUrl(db, context);
  registerCreate(db, context);
  registerDrop(db, context);
  registerClear(db, context);
  registerLint(db, context);
}
