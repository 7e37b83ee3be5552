import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { registerAuditExport } from './audit/export.js';
import { registerAuditVerify } from './audit/verify.js';

/** `plinth audit ...`: proving that the audit log is what it was. */
export function registerAudit(program: Command, context: CommandContext): void {
  const audit = program.command('audit').description('the audit log and its seals');
  registerAuditVerify(audit, context);
  registerAuditExport(audit, context);
}
