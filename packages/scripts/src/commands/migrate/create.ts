import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import {
  type CreatedMigration,
  createMigration,
  describeRename,
  type RenameCandidate,
} from '@plinth/db/migrate';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { openTarget } from '../../target.js';
import { addDirFlag } from './run-options.js';

const help = `
Compares the schema with the history, offline, and writes migration.sql and down.sql, after both have gone up, down and
up on a scratch database with rows. A drop and an add of the same type may be a rename: at a terminal it asks, otherwise
it wants --rename or --drop. Nothing to do is no failure.
Exit codes: 0 written or nothing to do, 20 not reversible as generated (nothing is written; --draft writes it),
24 a rename is undecided, 2 usage.`;

interface CreateFlags {
  dir: string;
  schema: string;
  description?: string;
  empty?: boolean;
  draft?: boolean;
  rename: string[];
  drop: string[];
}

/** `plinth migrate create`: from a changed schema to a migration that can be undone. */
export function registerCreate(migrate: Command, context: CommandContext): void {
  const collect = (value: string, list: string[]) => [...list, value];
  addDirFlag(migrate.command('create'))
    .description('write the migration from the history to the schema, and its way back')
    .argument('<name>', 'what it does, in a few words')
    .option(
      '--schema <path>',
      'the .prisma file or folder',
      join(context.repositoryRoot, 'packages/db/prisma/schema'),
    )
    .option('--description <text>', 'a sentence for the top of the file')
    .option('--rename <table.old=new>', 'this drop and add is a rename (may be repeated)', collect, [])
    .option('--drop <table.column>', 'this is really dropped (may be repeated)', collect, [])
    .option('--empty', 'files to write by hand')
    .option('--draft', 'write it although its way back does not work yet')
    .addHelpText('after', help)
    .action(async (name: string, flags: CreateFlags) => {
      const target = await openTarget(context);
      const asks = process.stdin.isTTY === true && !context.output.json;
      const { description, empty = false, draft = false } = flags;
      const created = await createMigration({
        ...{
          url: await target.urlOf('migrator'),
          migrationsDir: flags.dir,
          schemaPath: flags.schema,
          name,
          empty,
          draft,
        },
        ...{ renames: flags.rename, drops: flags.drop, now: new Date() },
        ...(description === undefined ? {} : { description }),
        ...(asks ? { ask: (candidate: RenameCandidate) => askPerson(candidate, context.signal) } : {}),
      });
      if (created === null)
        return context.output.answer(
          { created: null },
          'nothing to do: the schema is what the migrations make',
        );
      context.output.answer({ created }, describe(created));
    });
}

async function askPerson(candidate: RenameCandidate, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(
      `is ${describeRename(candidate)} a rename that keeps the data? [y/n] `,
      { signal },
    );
    return /^y/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

function describe({ path, verified, findings }: CreatedMigration): string {
  return [
    `wrote ${join(path, 'migration.sql')}`,
    `wrote ${join(path, 'down.sql')}`,
    verified
      ? 'it went up, down and up on rows'
      : 'it is not verified: complete it, then run plinth migrate verify',
    ...findings.map(
      ({ severity, line, rule, message, fix }) =>
        `${severity}, line ${line}: ${rule}: ${message}\n    fix: ${fix}`,
    ),
  ].join('\n');
}
