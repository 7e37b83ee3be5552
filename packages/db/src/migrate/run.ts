import type pg from 'pg';
import { findTables, insertEvent, type Runner } from './events.js';
import { readFingerprint } from './fingerprint.js';
import type { Limits, RetryPolicy } from './run-script.js';
import { ScriptFailure } from './script-failure.js';
import type { MigrationSession } from './session.js';
import type { Script } from './split.js';

/** What both directions take. */
export interface MigrateOptions {
  /** The migrator's connection URL, to the server itself. */
  readonly url: string;
  /** The folder that holds `<stamp>_<what>/{migration,down}.sql`. */
  readonly dir: string;
  /** How long to ask for the migration lock; 60 s unless given. */
  readonly lockWaitMs?: number;
  /** How long one statement may wait for a lock, and so make others queue behind it; 3 s unless given. 0 is for ever. */
  readonly lockTimeoutMs?: number;
  /** 0, for ever, unless given. */
  readonly statementTimeoutMs?: number;
  /** How often a file is tried again after a lock timeout or a deadlock; 10 unless given. */
  readonly lockRetries?: number;
  readonly sessionPooler?: boolean;
  /** Recorded with every event. */
  readonly runner?: Runner;
  readonly log?: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Replaces what is done at the end of a run: storing the catalog's fingerprint. */
  readonly hooks?: MigrateHooks;
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly random?: () => number;
}

export interface MigrateHooks {
  /** Called in the last transaction of a run; its answer is stored with the event, for `migrate drift`. */
  readonly fingerprint?: (client: pg.Client) => Promise<unknown>;
}

/** The options with their defaults. */
export interface Run extends RetryPolicy {
  readonly lockWaitMs: number;
  readonly limits: Limits;
  readonly runner: Runner;
  readonly hooks: MigrateHooks;
  readonly now: () => number;
}

/** How long a statement waits for a lock, and runs, unless options or the file say otherwise. */
export const defaultLimits: Limits = { lockTimeoutMs: 3_000, statementTimeoutMs: 0 };

/** Fills in the defaults of a run. */
export function runOf(options: MigrateOptions): Run {
  return {
    lockWaitMs: options.lockWaitMs ?? 60_000,
    limits: {
      lockTimeoutMs: options.lockTimeoutMs ?? defaultLimits.lockTimeoutMs,
      statementTimeoutMs: options.statementTimeoutMs ?? defaultLimits.statementTimeoutMs,
    },
    lockRetries: options.lockRetries ?? 10,
    runner: options.runner ?? {},
    hooks: options.hooks ?? { fingerprint: readFingerprint },
    log: options.log ?? (() => {}),
    signal: options.signal,
    now: options.now ?? (() => performance.now()),
    sleep: options.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
    random: options.random ?? Math.random,
  };
}

/** The limits of a run, with what the file asks for in their place. */
export function limitsOf(run: Pick<Run, 'limits'>, { directives }: Script): Limits {
  return {
    lockTimeoutMs: directives.lockTimeoutMs ?? run.limits.lockTimeoutMs,
    statementTimeoutMs: directives.statementTimeoutMs ?? run.limits.statementTimeoutMs,
  };
}

/** A failure's own event, after its transaction is gone. It must not hide the failure, so what it throws is dropped. */
export async function recordFailure(
  session: MigrationSession,
  at: {
    name: string;
    id: string | null;
    direction: 'up' | 'down';
    startedAt: string;
    run: Run;
    changed: boolean;
  },
  error: unknown,
): Promise<void> {
  const { sqlstate, statement, line } =
    error instanceof ScriptFailure ? error : ({} as Partial<ScriptFailure>);
  const { name, id, direction, startedAt, run } = at;
  try {
    if (!(await findTables(session)).events) return;
    // Of what this run did before; without that the last one stored still holds, and drift since then must show.
    const fingerprint = at.changed ? await run.hooks.fingerprint?.(session.client) : undefined;
    const failed = {
      name,
      migrationId: id,
      direction,
      startedAt,
      sqlstate,
      statement,
      line,
      fingerprint,
    } as const;
    await insertEvent(session, run.runner, { action: 'fail', ...failed });
    if (id !== null && direction === 'up') {
      const message = error instanceof Error ? error.message : String(error);
      await session.client.query(`update ${session.table} set logs = $2 where id = $1`, [id, message]);
    }
  } catch {
    // The connection is gone, or the role may not write: the failure itself says more.
  }
}
