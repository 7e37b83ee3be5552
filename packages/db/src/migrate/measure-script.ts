import { type Measured, measureStatement, readRelations } from './measure-statement.js';
import { type Limits, setLimits } from './run-script.js';
import { ScriptFailure, scriptFailure } from './script-failure.js';
import type { Script, Statement } from './split.js';
import type { MeasuringPlace } from './trace-locks.js';

/** What a whole file did. */
export interface MeasuredScript {
  /** Those that ran; the one that failed is not among them. */
  readonly statements: readonly Measured[];
  /** Deferred constraints are checked, and the log is written, at the end. 0 for a file that runs step by step. */
  readonly commitMs: number;
  /** Tables and materialized views that were there before it. */
  readonly tables: ReadonlySet<string>;
  /** Null when it ran. */
  readonly error: ScriptFailure | null;
}

export interface MeasureOptions {
  /** Those of the runner; none unless given. */
  readonly limits?: Limits;
  /** Before each. */
  readonly onStatement?: (statement: Statement) => void;
}

/** The strongest lock that a file takes on a table others may be using, and for how long it keeps it. */
export interface HeldLock {
  readonly table: string;
  readonly mode: string;
  /** From the statement that takes it to the end of its transaction, without the time that measuring took. */
  readonly heldMs: number;
  /** What others cannot do meanwhile. */
  readonly blocks: 'reads and writes' | 'writes' | 'schema changes' | 'nothing but stronger locks';
}

/**
 * Runs a file as the runner does, in one transaction or step by step, but statement by statement, and measures each. A
 * statement that fails ends it and is answered; what failed in a transaction is rolled back. Throws what the connection says.
 */
export async function measureScript(
  place: MeasuringPlace,
  script: Script,
  { limits, onStatement }: MeasureOptions = {},
): Promise<MeasuredScript> {
  const { client } = place;
  const existing = await readRelations(client);
  const tables = new Set(
    [...existing.values()].filter(({ kind }) => 'rpm'.includes(kind)).map(({ name }) => name),
  );
  const statements: Measured[] = [];
  let commitMs = 0;
  try {
    if (!script.stepwise) await client.query(limits === undefined ? 'begin' : `begin; ${setLimits(limits)}`);
    for (const statement of script.statements) {
      onStatement?.(statement);
      statements.push(await measureStatement(place, script, statement, { existing, limits }));
    }
    const startedAt = performance.now();
    if (!script.stepwise) {
      await client.query('commit').catch((error: unknown) => {
        throw scriptFailure(error, { file: script.file, sql: script.sql });
      });
      commitMs = Math.round((performance.now() - startedAt) * 100) / 100;
    }
    return { statements, commitMs, tables, error: null };
  } catch (thrown) {
    if (!(thrown instanceof ScriptFailure)) throw thrown;
    return { statements, commitMs, tables, error: thrown };
  } finally {
    // `I` is idle. A SET in one file must not reach the next.
    if (client.getTransactionStatus() !== 'I') await client.query('rollback').catch(() => {});
    await client.query('reset all').catch(() => {});
  }
}

/** Weakest first, with what each keeps others from. https://www.postgresql.org/docs/current/explicit-locking.html */
const MODES: readonly (readonly [mode: string, blocks: HeldLock['blocks']])[] = [
  ['AccessShareLock', 'nothing but stronger locks'],
  ['RowShareLock', 'nothing but stronger locks'],
  ['RowExclusiveLock', 'schema changes'],
  ['ShareUpdateExclusiveLock', 'schema changes'],
  ['ShareLock', 'writes'],
  ['ShareRowExclusiveLock', 'writes'],
  ['ExclusiveLock', 'writes'],
  ['AccessExclusiveLock', 'reads and writes'],
];
const strengthOf = (mode: string): number => MODES.findIndex(([name]) => name === mode);

/** The strongest lock per table that was there before, strongest and longest first. Indexes, and locks of readers, are left out. */
export function heldLocks(
  { statements, commitMs, tables }: MeasuredScript,
  { stepwise }: Pick<Script, 'stepwise'>,
): HeldLock[] {
  const found = new Map<string, HeldLock>();
  let leftMs = statements.reduce((sum, { durationMs }) => sum + durationMs, commitMs);
  for (const { locks, durationMs } of statements) {
    const heldMs = Math.round((stepwise ? durationMs : leftMs) * 100) / 100;
    leftMs -= durationMs;
    for (const { relation, mode, existing } of locks) {
      const strength = strengthOf(mode);
      if (!existing || !tables.has(relation) || strength < strengthOf('RowExclusiveLock')) continue;
      const before = found.get(relation);
      const stronger = before === undefined ? 1 : strength - strengthOf(before.mode);
      if (stronger > 0 || (stronger === 0 && heldMs > (before?.heldMs ?? 0)))
        found.set(relation, { table: relation, mode, heldMs, blocks: blockedBy(mode) });
    }
  }
  return [...found.values()].sort(
    (a, b) => strengthOf(b.mode) - strengthOf(a.mode) || b.heldMs - a.heldMs || (a.table < b.table ? -1 : 1),
  );
}

const blockedBy = (mode: string): HeldLock['blocks'] =>
  MODES.find(([name]) => name === mode)?.[1] ?? 'reads and writes';
