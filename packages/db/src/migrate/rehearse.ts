import { openSession } from '../engine/session.js';
import { parseEngineUrl } from '../engine/target.js';
import {
  compareFingerprints,
  type Fingerprint,
  type ObjectDifference,
  readFingerprint,
} from './fingerprint.js';
import { type MigrationFile, readMigrationFolder } from './folder.js';
import { type HeldLock, heldLocks, measureScript } from './measure-script.js';
import type { Measured } from './measure-statement.js';
import { choosePending, type Pending } from './pending.js';
import { defaultLimits, limitsOf } from './run.js';
import type { ScriptFailure } from './script-failure.js';
import { withMigrationSession } from './session.js';
import { parseScript, type Script, type Statement } from './split.js';
import type { MeasuringPlace } from './trace-locks.js';
import { readWaivers } from './waivers.js';

/** One file, run on the copy. */
export interface RehearsedFile {
  readonly statements: readonly Measured[];
  /** Per table that was there before. */
  readonly locks: readonly HeldLock[];
  /** Of its statements and its commit, without the time that measuring took. */
  readonly durationMs: number;
  readonly error: RehearsalFailure | null;
}

/** Why a file did not run: PostgreSQL's words with the row that it complains about, and the place in the file. */
export interface RehearsalFailure {
  readonly message: string;
  readonly sqlstate: string | null;
  readonly statement: number | null;
  readonly line: number | null;
}

export type Direction = 'up' | 'down' | 'again';

export interface RehearsedMigration {
  readonly name: string;
  /** In one transaction, or statement by statement. */
  readonly transaction: boolean;
  readonly up: RehearsedFile | null;
  /** Null where it was not run: see `irreversible`, or the downs were not asked for or ended before it. */
  readonly down: RehearsedFile | null;
  readonly again: RehearsedFile | null;
  /** Why there is no way back. */
  readonly irreversible: string | null;
  /** What down.sql left, or did not bring back. */
  readonly left: readonly ObjectDifference[];
  /** What migration.sql made otherwise the second time. */
  readonly changedAgain: readonly ObjectDifference[];
  /** `<kind> <name>` of what its files declare not to come back (`-- verify-ignore`). */
  readonly declared: readonly string[];
}

export interface Rehearsal {
  readonly migrations: readonly RehearsedMigration[];
  /** Every pending migration was taken back: rows can be compared with those before. */
  readonly returned: boolean;
}

/** The statement that is about to run. */
export interface StatementPlace {
  readonly migration: string;
  readonly direction: Direction;
  readonly statement: Statement;
  /** How many its file has. */
  readonly of: number;
}

export interface RehearseOptions {
  /** Of the copy, as the role that will deploy. */
  readonly url: string;
  readonly migrationsDir: string;
  /** Only up. */
  readonly noDown?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onStatement?: (at: StatementPlace) => void;
  /** Called when all are applied, and when all of them are taken back. */
  readonly onStage?: (
    stage: 'applied' | 'returned',
    migrations: readonly RehearsedMigration[],
  ) => Promise<void>;
}

/** A pending migration and what became of it. */
interface Step {
  readonly file: MigrationFile;
  readonly up: Script;
  readonly down: Script | undefined;
  readonly irreversible: string | null;
  readonly ran: { [direction in Direction]?: RehearsedFile };
  before?: Fingerprint;
  after?: Fingerprint;
  left: readonly ObjectDifference[];
  changedAgain: readonly ObjectDifference[];
}

/**
 * Applies what is pending in a copy of real data, takes it back newest first, and applies it again, measuring every
 * statement. Leaves no record in the copy's history. A file that fails ends the rehearsal and is answered. Throws what
 * `migrate up` would before it runs anything: `history_diverged`, `history_failed`, ScriptFailure for a syntax error.
 */
export async function rehearseMigrations(options: RehearseOptions): Promise<Rehearsal> {
  const { url, signal, onStage } = options;
  const files = await readMigrationFolder(options.migrationsDir);
  const target = { ...parseEngineUrl(url), applicationName: 'plinth migrate' };
  return withMigrationSession({ url, signal }, async (session) => {
    const { client } = session;
    const place = { client, connect: () => openSession(target) };
    const steps = await Promise.all((await choosePending(session, files, {})).map(prepare));
    const run = async (step: Step, direction: Direction): Promise<boolean> => {
      const ran = await runFile(place, step, direction, options);
      // What the cancellation broke is no finding.
      signal?.throwIfAborted();
      step.ran[direction] = ran;
      return ran.error === null;
    };
    const answer = (returned: boolean): Rehearsal => ({ migrations: steps.map(describe), returned });

    for (const step of steps) {
      step.before = await readFingerprint(client);
      if (!(await run(step, 'up'))) return answer(false);
      step.after = await readFingerprint(client);
    }
    await onStage?.('applied', steps.map(describe));
    if (options.noDown === true) return answer(false);

    const undone: Step[] = [];
    for (const step of steps.toReversed()) {
      if (step.irreversible !== null) break;
      if (!(await run(step, 'down'))) return answer(false);
      step.left = differences(step, step.before, await readFingerprint(client));
      undone.unshift(step);
    }
    const returned = undone.length === steps.length;
    if (returned) await onStage?.('returned', steps.map(describe));
    for (const step of undone) {
      if (!(await run(step, 'again'))) break;
      step.changedAgain = differences(step, step.after, await readFingerprint(client));
    }
    return answer(returned);
  });
}

/**
 * The names that a history with these migrations lacks. Their files are parsed, so that nobody restores a backup for the
 * sake of a syntax error, which it throws (ScriptFailure).
 */
export async function pendingInBackup(
  migrationsDir: string,
  applied: readonly { readonly name: string }[],
): Promise<string[]> {
  const known = new Set(applied.map(({ name }) => name));
  const pending = (await readMigrationFolder(migrationsDir)).filter(({ name }) => !known.has(name));
  for (const { name, sql, down } of pending) {
    await parseScript(sql, `${name}/migration.sql`);
    if (down !== undefined) await parseScript(down, `${name}/down.sql`);
  }
  return pending.map(({ name }) => name);
}

async function prepare({ file, script, resume }: Pending): Promise<Step> {
  const { name } = file;
  const down = file.down === undefined ? undefined : await parseScript(file.down, `${name}/down.sql`);
  const statements = script.statements.filter(({ number }) => number > (resume?.progress.done ?? 0));
  const irreversible = down === undefined ? 'it has no down.sql' : (down.directives.irreversible ?? null);
  return { file, up: { ...script, statements }, down, irreversible, ran: {}, left: [], changedAgain: [] };
}

async function runFile(
  place: MeasuringPlace,
  step: Step,
  direction: Direction,
  { signal, onStatement }: RehearseOptions,
): Promise<RehearsedFile> {
  const script = direction === 'down' && step.down !== undefined ? step.down : step.up;
  const measured = await measureScript(place, script, {
    limits: limitsOf({ limits: defaultLimits }, script),
    onStatement: (statement) => {
      signal?.throwIfAborted();
      onStatement?.({ migration: step.file.name, direction, statement, of: script.statements.length });
    },
  });
  const { statements, commitMs, error } = measured;
  const totalMs = statements.reduce((sum, { durationMs }) => sum + durationMs, commitMs);
  return {
    statements,
    locks: heldLocks(measured, script),
    durationMs: Math.round(totalMs * 100) / 100,
    error: error === null ? null : failureOf(error),
  };
}

function failureOf({ message, sqlstate, statement, line }: ScriptFailure): RehearsalFailure {
  return { message, sqlstate: sqlstate ?? null, statement: statement ?? null, line: line ?? null };
}

/** What differs, but for what the files declare with a reason (`-- verify-ignore <kind> <name>: <reason>`). */
function differences(
  { file }: Step,
  wanted: Fingerprint | undefined,
  found: Fingerprint,
): readonly ObjectDifference[] {
  const declared = declaredBy(file);
  return compareFingerprints(wanted ?? found, found).filter(
    ({ kind, name }) => !declared.includes(`${kind} ${name}`),
  );
}

const declaredBy = ({ sql, down }: MigrationFile): string[] =>
  readWaivers(sql, down).map(({ subject }) => subject);

function describe({ file, up, ran, irreversible, left, changedAgain }: Step): RehearsedMigration {
  return {
    name: file.name,
    transaction: !up.stepwise,
    up: ran.up ?? null,
    down: ran.down ?? null,
    again: ran.again ?? null,
    irreversible,
    left,
    changedAgain,
    declared: declaredBy(file),
  };
}
