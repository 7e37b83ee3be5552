import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlinthError } from '../errors.js';
import { diffSchema, LOCKFILE } from './create-diff.js';
import { decideRenames, findRenames, type RenameDecisions, renameSql } from './create-renames.js';
import { repairGenerated } from './create-repair.js';
import { compareNames, readMigrationFolder } from './folder.js';
import { type Finding, lintMigrations } from './lint/lint.js';
import { runSample } from './sample-script.js';
import { type Scratch, withScratchDatabase } from './scratch.js';
import { parseScript } from './split.js';
import { describeFinding, verifyMigration } from './verify.js';

export interface CreateOptions extends RenameDecisions {
  /** The migrator's URL. Its database is only asked for its encoding: everything happens in scratch databases. */
  readonly url: string;
  readonly migrationsDir: string;
  /** A .prisma file or a folder of them. */
  readonly schemaPath: string;
  /** What it does: letters, digits, blanks; becomes the folder's name. */
  readonly name: string;
  /** A sentence for the top of migration.sql. */
  readonly description?: string;
  /** Files to be filled in by hand, whatever the schema says. */
  readonly empty?: boolean;
  /** Writes it although going up, down and up again does not work yet. */
  readonly draft?: boolean;
  readonly now: Date;
}

export interface CreatedMigration {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly up: string;
  readonly down: string;
  /** It went up, down and up on a scratch database with rows, exactly. */
  readonly verified: boolean;
  readonly findings: readonly Finding[];
}

/**
 * Writes the migration that leads from the history to the schema, and its way back; null when there is nothing to do.
 * Throws `rename_unclear` (a drop and an add that nobody decided), `verification_failed` (nothing is written then),
 * `usage` for a name that cannot be one.
 */
export async function createMigration(options: CreateOptions): Promise<CreatedMigration | null> {
  const slug = slugOf(options.name);
  const files = await readMigrationFolder(options.migrationsDir);
  const name = `${stampAfter(options.now, files.at(-1)?.name)}_${slug}`;
  if (options.empty) {
    const note = '-- irreversible: nobody has written the way back yet\n';
    return write(options, name, `${headOf(options)}-- Write the SQL here.\n`, note, false);
  }
  const first = await diffSchema(options);
  if (first.up === '') return null;
  const written = await withScratchDatabase(options.url, async (scratch) => {
    for (const file of files) {
      await scratch.run(file.sql, `${file.name}/migration.sql`);
      await runSample(scratch.client, file);
    }
    const script = await parseScript(first.up, 'generated');
    const renames = await decideRenames(await findRenames(scratch.client, script), options);
    const rename = renameSql(renames);
    const rest = renames.length === 0 ? first : await diffSchema({ ...options, extra: rename.up });
    const up = joinParts(rename.up, await repairGenerated(scratch.client, rest.up, 'up'));
    const down = joinParts(await repairGenerated(scratch.client, rest.down, 'down'), rename.down);
    const verified = await verifyGenerated(scratch, { name, up, down }, options.draft === true);
    return { up, down, verified };
  });
  return write(options, name, `${headOf(options)}${written.up}\n`, `${written.down}\n`, written.verified);
}

async function verifyGenerated(
  scratch: Scratch,
  { name, up, down }: { name: string; up: string; down: string },
  draft: boolean,
): Promise<boolean> {
  const file = { name, path: '/nonexistent', sql: up, down, checksum: '', checksums: new Set<string>() };
  const { ok, error, differences } = await verifyMigration(scratch, file);
  if (ok || draft) return ok;
  const reasons = [
    ...(error === null ? [] : [error.message]),
    ...differences.map((difference) => describeFinding(difference)),
  ];
  throw new PlinthError(
    'verification_failed',
    `the generated migration does not go up, down and up again:\n${reasons.join('\n')}`,
    {
      fix: 'write it with --draft, complete it by hand, and run `plinth migrate verify`',
    },
  );
}

async function write(
  options: CreateOptions,
  name: string,
  up: string,
  down: string,
  verified: boolean,
): Promise<CreatedMigration> {
  const path = join(options.migrationsDir, name);
  await mkdir(options.migrationsDir, { recursive: true });
  await mkdir(path);
  // `wx`: the one that is there stays.
  await writeFile(join(options.migrationsDir, 'migration_lock.toml'), LOCKFILE, { flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  try {
    await writeFile(join(path, 'migration.sql'), up);
    await writeFile(join(path, 'down.sql'), down);
  } catch (error) {
    await rm(path, { recursive: true, force: true });
    throw error;
  }
  const findings = options.empty
    ? []
    : (await lintMigrations({ migrationsDir: options.migrationsDir, only: [name] })).findings;
  return { name, path, up, down, verified, findings };
}

const headOf = ({ description }: CreateOptions): string =>
  description === undefined
    ? ''
    : `${description
        .split('\n')
        .map((line) => `-- ${line}`)
        .join('\n')}\n\n`;

const joinParts = (a: string, b: string): string => [a, b].filter((part) => part !== '').join('\n\n');

function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  if (slug !== '' && slug.length <= 200) return slug;
  throw new PlinthError('usage', `"${name}" makes no name for a migration`, {
    fix: 'say what it does in a few words, such as add_user_nickname',
  });
}

/** The time as 14 digits; a second after the newest migration where that lies in the future. */
function stampAfter(now: Date, newest = ''): string {
  const stamp = now.toISOString().replace(/\D/g, '').slice(0, 14);
  const last = /^\d{14}/.exec(newest)?.[0];
  if (last === undefined || compareNames(stamp, last) > 0) return stamp;
  const [year, month, day, hour, minute, second] = [
    last.slice(0, 4),
    ...(last.slice(4).match(/../g) ?? []),
  ].map(Number);
  const at = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, (second ?? 0) + 1);
  return new Date(at).toISOString().replace(/\D/g, '').slice(0, 14);
}
