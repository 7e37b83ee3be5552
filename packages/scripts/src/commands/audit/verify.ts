import { readFile } from 'node:fs/promises';
import { type AuditHead, type AuditReport, PlinthError, parseAuditHeads, verifyAudit } from '@plinth/db';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { exitCodes } from '../../exit-codes.js';
import { ExitWith } from '../../failure.js';
import { withAuditDatabase } from './open-audit.js';

const help = `
Recomputes every seal from the rows as they are now. Whoever can rewrite the database can rewrite its seals too: keep
what \`plinth audit export\` writes somewhere else and compare with --heads. Ends with 20 when anything was tampered with.`;

/** `plinth audit verify`: whether the log is what was sealed, and if not, where. */
export function registerAuditVerify(audit: Command, context: CommandContext): void {
  audit
    .command('verify')
    .description('compare the audit log with its seals and name what was tampered with')
    .option('--heads <file>', 'chain heads that `plinth audit export` wrote earlier')
    .addHelpText('after', help)
    .action(async (options: { heads?: string }) => {
      const heads = options.heads === undefined ? [] : await readHeads(options.heads);
      const report = await withAuditDatabase(context, (database) => verifyAudit(database, { heads }));
      context.output.answer(report, describe(report));
      if (!report.ok) throw new ExitWith(exitCodes.corrupt);
    });
}

async function readHeads(file: string): Promise<AuditHead[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new PlinthError('usage', `cannot read ${file}`, {
      cause,
      fix: 'give --heads a file that `plinth audit export` wrote',
    });
  });
  return parseAuditHeads(text);
}

function describe(report: AuditReport): string {
  const { seals, verifiedRows, unsealedRows, retiredMonths, findings } = report;
  const retired =
    retiredMonths.length === 0
      ? ''
      : `, ${retiredMonths.length} months retired (${retiredMonths.map((month) => month.slice(0, 7)).join(', ')})`;
  const summary = `${seals} seals over ${verifiedRows} rows, ${unsealedRows} rows not sealed yet${retired}`;
  if (report.ok) return `the audit log is as it was sealed: ${summary}`;
  return [
    `the audit log was tampered with: ${summary}`,
    ...findings.map(({ kind, detail }) => `  ${kind}: ${detail}`),
  ].join('\n');
}
