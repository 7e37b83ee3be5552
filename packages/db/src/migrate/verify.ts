import type pg from 'pg';
import { PlinthError } from '../errors.js';
import { compareData, type DataDifference, findSurvivors, readData } from './data-snapshot.js';
import { parseDirectives } from './directives.js';
import {
  compareFingerprints,
  describeDifference,
  type ObjectDifference,
  readFingerprint,
} from './fingerprint.js';
import { type MigrationFile, readMigrationFolder } from './folder.js';
import { insertSampleRows } from './sample-rows.js';
import { runSample } from './sample-script.js';
import { type Scratch, withScratchDatabase } from './scratch.js';
import { ScriptFailure } from './script-failure.js';
import { readWaivers } from './waivers.js';

/** Something that is not as it should be after one of the steps. */
export type VerifyDifference = (ObjectDifference | DataDifference) & {
  /** up: data lost by migration.sql; down: not as before it; again: the second migration.sql differs from the first. */
  readonly step: 'up' | 'down' | 'again';
};

export interface VerifiedMigration {
  readonly name: string;
  readonly ok: boolean;
  /** Why there is no way back, where down.sql says so. */
  readonly irreversible: string | null;
  readonly differences: readonly VerifyDifference[];
  /** Differences that the files declare with a reason. */
  readonly waived: readonly (VerifyDifference & { readonly reason: string })[];
  /** Declarations that nothing came of. */
  readonly unusedWaivers: readonly string[];
  /** Why a step could not be run. */
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly durationMs: number;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly migrations: readonly VerifiedMigration[];
}

export interface VerifyOptions {
  /** The migrator's URL; the scratch database is made beside its database. */
  readonly url: string;
  readonly migrationsDir: string;
  /** Only these are judged; those before them are applied all the same. */
  readonly only?: readonly string[];
  readonly onProgress?: (name: string, done: number, total: number) => void;
}

/**
 * Takes every migration up, down and up again on a scratch database that holds rows, and reports whatever is not
 * exactly as it was: by kind and name. Throws `no_scratch`, and `unknown_migration` for a name that is not there.
 */
export async function verifyMigrations(options: VerifyOptions): Promise<VerifyReport> {
  const files = await readMigrationFolder(options.migrationsDir);
  const unknown = options.only?.find((name) => !files.some((file) => file.name === name));
  if (unknown !== undefined) {
    throw new PlinthError('unknown_migration', `there is no migration ${unknown}`, {
      fix: 'give the name of its folder',
    });
  }
  return withScratchDatabase(options.url, async (scratch) => {
    const migrations: VerifiedMigration[] = [];
    for (const [done, file] of files.entries()) {
      options.onProgress?.(file.name, done, files.length);
      const judged = options.only?.includes(file.name) ?? true;
      const result = judged ? await verifyMigration(scratch, file) : await applyOnly(scratch, file);
      if (judged || !result.ok) migrations.push(result);
      // Without the state after it there is nothing to verify the next one on.
      if (result.error?.code === 'stuck') break;
    }
    return { ok: migrations.every((migration) => migration.ok), migrations };
  });
}

async function applyOnly(scratch: Scratch, file: MigrationFile): Promise<VerifiedMigration> {
  return judge(file, async () => {
    await runFile(scratch, file, 'up');
    await runSample(scratch.client, file);
  });
}

/** Verifies one migration on a scratch database that stands where the migration before it left it; leaves it applied. */
export async function verifyMigration(scratch: Scratch, file: MigrationFile): Promise<VerifiedMigration> {
  return judge(file, async (found) => {
    const { client } = scratch;
    await insertSampleRows(client);
    const [before, dataBefore] = [await readFingerprint(client), await readData(client)];
    await runFile(scratch, file, 'up');
    const [after, dataAfter] = [await readFingerprint(client), await readData(client)];
    const survivors = findSurvivors(dataBefore, dataAfter);
    const unchanged = survivors.filter((survivor) => survivor.sameType);
    found.push(...at('up', compareData(dataBefore, dataAfter, unchanged, { exact: false })));
    await addRows(client, file);
    if (irreversibleReason(file) !== null) return;
    // Triggers of the new tables may write to the old ones: what these samples touched cannot be held against down.sql.
    const touched = new Set(
      compareData(dataAfter, await readData(client), identity(dataAfter), { exact: true }).map(
        ({ name }) => name,
      ),
    );

    await runFile(scratch, file, 'down');
    const [returned, dataReturned] = [await readFingerprint(client), await readData(client)];
    const back = survivors.map((survivor) => ({ ...survivor, after: survivor.before }));
    const kept = compareData(dataBefore, dataReturned, back, { exact: true }).filter(
      ({ name }) => !touched.has(name),
    );
    found.push(...at('down', [...compareFingerprints(before, returned), ...kept]));

    await runFile(scratch, file, 'again');
    const [again, dataAgain] = [await readFingerprint(client), await readData(client)];
    const differences = compareFingerprints(after, again);
    const lostAgain = compareData(dataReturned, dataAgain, unchanged, { exact: false });
    found.push(...at('again', [...differences, ...lostAgain]));
    // The tables are new once more; later migrations want rows in them.
    await runSample(client, file);
  });
}

/** Rows in the new tables, because a migration is seldom rolled back before anybody used it. */
async function addRows(client: pg.Client, file: MigrationFile): Promise<void> {
  await runSample(client, file);
  await insertSampleRows(client);
}

const irreversibleReason = ({ name, down }: MigrationFile): string | null =>
  parseDirectives(down ?? '', `${name}/down.sql`).irreversible ?? null;

async function runFile(scratch: Scratch, file: MigrationFile, step: VerifyDifference['step']): Promise<void> {
  if (step === 'down' && file.down === undefined) {
    throw new PlinthError('no_down', `${file.name} has no down.sql`, {
      fix: 'write down.sql, or one that says -- irreversible: <reason>',
    });
  }
  const [sql, part] = step === 'down' ? [file.down ?? '', 'down.sql'] : [file.sql, 'migration.sql'];
  try {
    await scratch.run(sql, `${file.name}/${part}`);
  } catch (error) {
    if (step === 'down' || !(error instanceof ScriptFailure)) throw error;
    throw new PlinthError(
      'stuck',
      step === 'again' ? `${error.message} (the second time, after down.sql)` : error.message,
    );
  }
}

/** Runs the steps; what they found before one of them failed counts too. */
async function judge(
  file: MigrationFile,
  work: (found: VerifyDifference[]) => Promise<void>,
): Promise<VerifiedMigration> {
  const startedAt = performance.now();
  const found: VerifyDifference[] = [];
  let error: VerifiedMigration['error'] = null;
  try {
    await work(found);
  } catch (thrown) {
    if (!(thrown instanceof PlinthError)) throw thrown;
    error = { code: thrown.code, message: thrown.message };
  }
  const waivers = readWaivers(file.sql, file.down);
  const reasonOf = ({ kind, name }: VerifyDifference) =>
    waivers.find((waiver) => waiver.subject === `${kind} ${name}`)?.reason;
  const differences = found.filter((difference) => reasonOf(difference) === undefined);
  const waived = found.flatMap((difference) => {
    const reason = reasonOf(difference);
    return reason === undefined ? [] : { ...difference, reason };
  });
  const used = new Set(waived.map(({ kind, name }) => `${kind} ${name}`));
  const unusedWaivers = waivers.map(({ subject }) => subject).filter((subject) => !used.has(subject));
  return {
    name: file.name,
    ok: error === null && differences.length === 0 && unusedWaivers.length === 0,
    irreversible: irreversibleReason(file),
    differences,
    waived,
    unusedWaivers,
    error,
    durationMs: Math.round(performance.now() - startedAt),
  };
}

const at = <T extends ObjectDifference | DataDifference>(
  step: VerifyDifference['step'],
  list: readonly T[],
) => list.map((difference) => ({ ...difference, step }));

/** Every column with itself. */
function identity(data: Awaited<ReturnType<typeof readData>>) {
  return data.flatMap((table) =>
    table.columns.map((column) => {
      const place = { table: table.name, column: column.name };
      return { before: place, after: place, sameType: true };
    }),
  );
}

const stepWords = {
  up: 'after migration.sql',
  down: 'after down.sql',
  again: 'after the second migration.sql',
};

/** One line for people: when, what, and both sides. */
export function describeFinding(difference: VerifyDifference): string {
  const { kind, name, before, after, step } = difference;
  const what =
    kind === 'rows' || kind === 'values'
      ? `${kind} of ${name}: ${before} before, now ${after}`
      : describeDifference({ kind, name, before, after });
  return `${stepWords[step]}: ${what}`;
}
