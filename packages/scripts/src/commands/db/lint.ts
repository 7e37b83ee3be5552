import { type LintFinding, lintDatabase } from '@plinth/db';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { exitCodes } from '../../exit-codes.js';
import { ExitWith } from '../../failure.js';
import { formatTable } from '../../output.js';
import { withDatabaseAs } from '../../target.js';

const help = `
Examines what the database has, not what the migrations say: row security, policies, functions, views, privileges,
keys and indexes of our schemas. Ends with 0 without findings, 30 with warnings only, 31 with a critical one.`;

/** `plinth db lint`: objects of the live schema that are open, slow or a trap. */
export function registerLint(db: Command, context: CommandContext): void {
  db.command('lint')
    .description('name the objects of the live schema that break a rule of security or speed')
    .addHelpText('after', help)
    .action(async () => {
      const report = await withDatabaseAs(
        context,
        'migrator',
        { DB_POOL_MAX: '1' },
        async (database, target) => {
          const findings = await lintDatabase(database);
          return { ok: findings.length === 0, database: target.database, findings };
        },
      );
      const { findings } = report;
      const critical = findings.some(({ level }) => level === 'critical');
      context.output.answer(report, describe(findings));
      if (findings.length > 0) throw new ExitWith(critical ? exitCodes.critical : exitCodes.warnings);
    });
}

function describe(findings: readonly LintFinding[]): string {
  if (findings.length === 0) return 'no findings';
  const rows = findings.map(({ level, rule, object, message, fix }) => [
    level,
    rule,
    object,
    `${message}: ${fix}`,
  ]);
  return formatTable(['level', 'rule', 'object', 'what and how to mend it'], rows);
}
