import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { registerCreate } from './migrate/create.js';
import { registerDown } from './migrate/down.js';
import { registerDrift } from './migrate/drift.js';
import { registerHistory } from './migrate/history.js';
import { registerLint } from './migrate/lint.js';
import { registerPlan } from './migrate/plan.js';
import { registerRehearse } from './migrate/rehearse.js';
import { registerRepair } from './migrate/repair.js';
import { registerStatus } from './migrate/status.js';
import { registerTo } from './migrate/to.js';
import { registerTrace } from './migrate/trace.js';
import { registerUp } from './migrate/up.js';
import { registerVerify } from './migrate/verify.js';

/** `plinth migrate ...`: the schema's history, forward and back. */
export function registerMigrate(program: Command, context: CommandContext): void {
  const migrate = program.command('migrate').description("the schema's history, forward and back");
  registerUp(migrate, context);
  registerDown(migrate, context);
  registerTo(migrate, context);
  registerStatus(migrate, context);
  registerHistory(migrate, context);
  registerRepair(migrate, context);
  registerCreate(migrate, context);
  registerVerify(migrate, context);
  registerLint(migrate, context);
  registerTrace(migrate, context);
  registerPlan(migrate, context);
  registerRehearse(migrate, context);
  registerDrift(migrate, context);
}
