import { PlinthError } from '../errors.js';
import { EVENTS, ensureTables, findTables, insertEvent, type Runner } from './events.js';
import {
  compareFingerprints,
  type Fingerprint,
  type ObjectDifference,
  readFingerprint,
} from './fingerprint.js';
import { readRows } from './history.js';
import { type MigrationSession, withMigrationSession } from './session.js';

export interface DriftReport {
  readonly drifted: boolean;
  /** What is not as the newest migration left it. */
  readonly differences: readonly ObjectDifference[];
  /** The migration whose fingerprint is compared with, and when it was taken (ISO 8601). */
  readonly since: { readonly migration: string; readonly at: string };
  readonly objects: number;
}

/**
 * Compares the live catalog with the fingerprint that the last apply or rollback stored: read-only, no shadow
 * database, safe in production. Throws `no_fingerprint` where none is stored, `version_incompatible` where it was
 * stored under another PostgreSQL major, which prints definitions differently.
 */
export async function findDrift(options: {
  readonly url: string;
  readonly signal?: AbortSignal;
}): Promise<DriftReport> {
  return withMigrationSession(options, async (session) => {
    const { client } = session;
    await client.query('begin transaction isolation level repeatable read read only');
    const { events } = await findTables(session);
    const stored = events ? await readStored(session) : undefined;
    if (stored === undefined) {
      throw new PlinthError(
        'no_fingerprint',
        'no fingerprint is stored: nothing was applied by `plinth migrate` yet',
        {
          fix: `apply with \`plinth migrate up\`, which stores one, or take it as it is: ${ACCEPT}`,
        },
      );
    }
    if (stored.others.length > 0) {
      throw new PlinthError(
        'no_fingerprint',
        `${stored.others.join(', ')} ${stored.others.length === 1 ? 'was' : 'were'} applied by another tool after the fingerprint was stored`,
        {
          fix: `look at the schema, then take it as it is: ${ACCEPT}`,
        },
      );
    }
    const live = await readFingerprint(client);
    await client.query('rollback');
    const { fingerprint, name, at } = stored;
    if (fingerprint.major !== live.major) {
      const message = `the fingerprint was stored under PostgreSQL ${fingerprint.major}, this is ${live.major}`;
      throw new PlinthError('version_incompatible', message, {
        fix: 'the next `plinth migrate up` stores a new one',
      });
    }
    const differences = compareFingerprints(fingerprint, live);
    return {
      drifted: differences.length > 0,
      differences,
      since: { migration: name, at },
      objects: live.objects.length,
    };
  });
}

const ACCEPT = 'plinth migrate drift --accept --why "..."';

/**
 * Stores the live catalog's fingerprint as the one to compare with from now on, with who and why in the history.
 * Answers what it takes as it is. Throws DatabaseError.
 */
export async function acceptDrift(options: {
  readonly url: string;
  readonly runner: Runner;
  readonly why: string;
  readonly signal?: AbortSignal;
}): Promise<{ objects: number }> {
  return withMigrationSession(options, async (session) => {
    await ensureTables(session);
    const newest = (await readRows(session)).filter(({ rolledBackAt }) => rolledBackAt === null).at(-1);
    const fingerprint = await readFingerprint(session.client);
    const name = newest?.name ?? '(none)';
    await insertEvent(session, options.runner, { action: 'repair', name, why: options.why, fingerprint });
    return { objects: fingerprint.objects.length };
  });
}

interface Stored {
  readonly fingerprint: Fingerprint;
  readonly name: string;
  readonly at: string;
  /** Migrations in Prisma's table that no event of ours tells of and that are younger. */
  readonly others: readonly string[];
}

async function readStored({ client, schema, table }: MigrationSession): Promise<Stored | undefined> {
  const { rows } = await client.query<Stored>(
    `select e.fingerprint, e.name, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
            coalesce((select json_agg(m.migration_name order by m.migration_name) from ${table} m
              where m.finished_at > e.at and m.rolled_back_at is null
                and not exists (select from ${EVENTS} known where known.migration_id = m.id)), '[]') as others
       from ${EVENTS} e where e.history = $1 and e.fingerprint is not null and e.outcome = 'ok' order by e.id desc limit 1`,
    [schema],
  );
  return rows[0];
}
