import { exportAuditHeads, PlinthError } from '@plinth/db';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { withAuditDatabase } from './open-audit.js';

const help = `
Prints one JSON object per line, one per seal: {"seal","chain","sealedAt"}. Append it to something the administrators of
the database cannot rewrite (an object store with a lock, another team's log), and give it to \`plinth audit verify --heads\`.
With --json the lines become one document, { heads: [...] }.`;

/** `plinth audit export`: the chain heads, to be kept elsewhere. */
export function registerAuditExport(audit: Command, context: CommandContext): void {
  audit
    .command('export')
    .description('print the chain values of the seals, to be kept outside the database')
    .option('--after <seal>', 'only seals after this one: the last of an earlier export', '0')
    .addHelpText('after', help)
    .action(async (options: { after: string }) => {
      if (!/^\d{1,18}$/.test(options.after)) {
        throw new PlinthError('usage', `--after ${options.after} is not the number of a seal`, {
          fix: 'give --after the "seal" of the last line exported, such as --after 120',
        });
      }
      const heads = await withAuditDatabase(context, (database) => exportAuditHeads(database, options.after));
      context.output.answer({ heads }, heads.map((head) => JSON.stringify(head)).join('\n'));
    });
}
