import { PlinthError } from '../errors.js';
import { EVENTS, ensureTables, findTables, insertEvent, type Runner } from './events.js';
import {
  compareFingerprints,
  type Fingerprint,
  type ObjectDifference,
  readFingerprint,
} from './fingerprint.js';
import { readRows } from './history.js';
import { isBootstraps, replayFingerprint } from './replay.js';
import { type MigrationSession, withMigrationSession } from './session.js';

export interface DriftReport {
  readonly drifted: boolean;
  /** What is not as the newest migration left it. */
  readonly differences: readonly ObjectDifference[];
  /**
   * The migration whose fingerprint is compared with, and when it was taken (ISO 8601): `stored` then, or `replayed` now
   * from the files.
   */
  readonly since: { readonly migration: string; readonly at: string; readonly from: 'stored' | 'replayed' };
  readonly objects: number;
}

/**
 * Compares the live catalog with the fingerprint that the last apply or rollback stored: read-only, no shadow
 * database, safe in production. Where Prisma applied what is newest, none is stored: then the applied migrations are
 * replayed on a scratch database and compared with. Throws `no_fingerprint` where that cannot be done either,
 * `version_incompatible` where it was stored under another PostgreSQL major, which prints definitions differently.
 */
export async function findDrift(options: {
  readonly url: string;
  readonly migrationsDir: string;
  readonly signal?: AbortSignal;
}): Promise<DriftReport> {
  const live = await withMigrationSession(options, readLive);
  const { fingerprint, stored, newest, names, bootstrapped } = live;
  if (stored !== undefined && stored.others.length === 0) {
    const { name, at } = stored;
    if (stored.fingerprint.major !== fingerprint.major) {
      const message = `the fingerprint was stored under PostgreSQL ${stored.fingerprint.major}, this is ${fingerprint.major}`;
      throw new PlinthError('version_incompatible', message, {
        fix: 'the next `plinth migrate up` stores a new one',
      });
    }
    const differences = compareFingerprints(stored.fingerprint, fingerprint);
    return report(differences, fingerprint, { migration: name, at, from: 'stored' });
  }
  if (newest === undefined) {
    throw new PlinthError('no_fingerprint', 'nothing was applied to this database yet', {
      fix: 'run: plinth migrate up',
    });
  }
  const { url, migrationsDir } = options;
  const replayed = await replayFingerprint({ url, dir: migrationsDir, names, bootstrapped });
  const differences = compareFingerprints(replayed, fingerprint).filter((found) => !isBootstraps(found));
  return report(differences, fingerprint, {
    migration: newest.name,
    at: newest.finishedAt ?? newest.startedAt,
    from: 'replayed',
  });
}

/** Everything of the live database that is compared, in one read-only snapshot. */
async function readLive(session: MigrationSession) {
  const { client } = session;
  await client.query('begin transaction isolation level repeatable read read only');
  const { events } = await findTables(session);
  const stored = events ? await readStored(session) : undefined;
  const applied = (await readRows(session)).filter(
    ({ rolledBackAt, finishedAt }) => rolledBackAt === null && finishedAt !== null,
  );
  const fingerprint = await readFingerprint(client);
  const { rows } = await client.query<{ bootstrapped: boolean }>(
    "select pg_get_userbyid(datdba) = 'plinth_owner' as bootstrapped from pg_catalog.pg_database where datname = current_database()",
  );
  await client.query('rollback');
  const names = applied.map(({ name }) => name);
  return { fingerprint, stored, names, newest: applied.at(-1), bootstrapped: rows[0]?.bootstrapped === true };
}

const report = (
  differences: readonly ObjectDifference[],
  { objects }: Fingerprint,
  since: DriftReport['since'],
): DriftReport => ({ drifted: differences.length > 0, differences, since, objects: objects.length });

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
