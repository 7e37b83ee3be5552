import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { registerCreate } from './backup/create.js';
import { registerDoctor } from './backup/doctor.js';
import { registerDrill } from './backup/drill.js';
import { registerList } from './backup/list.js';
import { registerPrune } from './backup/prune.js';
import { registerRestore } from './backup/restore.js';
import { registerSchedule } from './backup/schedule.js';
import { registerShow } from './backup/show.js';
import { registerStats } from './backup/stats.js';
import { registerValidate } from './backup/validate.js';

/** `plinth backup ...`: backups that are proven to restore. */
export function registerBackup(program: Command, context: CommandContext): void {
  const backup = program.command('backup').description('make, verify, restore and prune backups');
  registerCreate(backup, context);
  registerList(backup, context);
  registerShow(backup, context);
  registerStats(backup, context);
  registerValidate(backup, context);
  registerDrill(backup, context);
  registerRestore(backup, context);
  registerPrune(backup, context);
  registerSchedule(backup, context);
  registerDoctor(backup, context);
}
