import { setTimeout as sleep } from 'node:timers/promises';
import { PlinthError, quoteIdentifier, urlFor } from '@plinth/db';
import { type DatabaseClient, withWorkClient } from './database-client.js';

/** What is written as a comment on a database that was put aside, so that it can be found again. */
interface AsideMark {
  plinth: 'put aside';
  /** The name it had. */
  name: string;
  backupId: string;
  at: string;
}

const NAME_BYTES = 63;
const ATTEMPTS = 5;
const TERMINATE_EVERY_MS = 50;

type Rename = readonly [from: string, to: string];

/** Puts `next` in the place of `live` and answers the name under which the old one is kept. */
export async function swapIn(options: {
  maintenance: DatabaseClient;
  adminUrl: string;
  live: string;
  next: string;
  backupId: string;
  now: Date;
  /** Called as soon as the new names hold. */
  onRenamed?: () => void | Promise<void>;
}): Promise<string> {
  const { maintenance, adminUrl, live, next, backupId, now } = options;
  const aside = asideName(live, 'old', now);
  const mark: AsideMark = { plinth: 'put aside', name: live, backupId, at: now.toISOString() };
  const renames = [
    [live, aside],
    [next, live],
  ] as const;
  await exchange(maintenance, adminUrl, renames, { on: aside, text: JSON.stringify(mark) });
  await options.onRenamed?.();
  return aside;
}

/**
 * Brings back the database that the last swap put aside; the restored one is kept under another name. Throws
 * `nothing_to_undo`.
 */
export async function undoSwap(options: {
  adminUrl: string;
  database: string;
  now?: Date;
}): Promise<{ restored: string; kept: string }> {
  const { adminUrl, database, now = new Date() } = options;
  return await withWorkClient(urlFor(adminUrl, 'postgres'), async (maintenance) => {
    const last = (await listAside(maintenance)).filter(({ name }) => name === database).at(-1);
    if (last === undefined) {
      throw new PlinthError('nothing_to_undo', `no database was put aside when ${database} was swapped`, {
        fix: 'restore a backup with --swap',
      });
    }
    const kept = asideName(database, 'undone', now);
    const renames = [
      [database, kept],
      [last.database, database],
    ] as const;
    await exchange(maintenance, adminUrl, renames, { on: database, text: null });
    return { restored: last.database, kept };
  });
}

/** Databases put aside by swaps, oldest first. */
async function listAside(maintenance: DatabaseClient): Promise<(AsideMark & { database: string })[]> {
  const { rows } = await maintenance.query<{ database: string; comment: string }>(
    `SELECT d.datname AS database, shobj_description(d.oid, 'pg_database') AS comment FROM pg_database d
     WHERE shobj_description(d.oid, 'pg_database') LIKE '{"plinth":"put aside"%'`,
  );
  return rows
    .map(({ database, comment }) => ({ database, ...(JSON.parse(comment) as AsideMark) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}

/**
 * Renames databases, and comments on one, in one transaction. RENAME locks the database against new sessions and then
 * waits for the present ones; a second connection ends those meanwhile. So nobody slips in between, and a crash changes nothing.
 */
async function exchange(
  maintenance: DatabaseClient,
  adminUrl: string,
  renames: readonly [Rename, Rename],
  comment: { on: string; text: string | null },
): Promise<void> {
  const text = comment.text === null ? 'NULL' : `'${comment.text.replaceAll("'", "''")}'`;
  await withWorkClient(urlFor(adminUrl, 'postgres'), async (other) => {
    for (let attempt = 1; ; attempt++) {
      let over = false;
      // Of sessions that this login may not end. They may end by themselves, so it is worth a word only if RENAME fails.
      let refusal: unknown;
      const endSessions = () =>
        other.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY($1) AND pid <> pg_backend_pid()',
          [renames.map(([from]) => from)],
        );
      const ending = (async () => {
        for (; !over; await sleep(TERMINATE_EVERY_MS))
          await endSessions().catch((error: unknown) => {
            refusal = error;
          });
      })();
      try {
        await maintenance.query('BEGIN');
        for (const [from, to] of renames)
          await maintenance.query(`ALTER DATABASE ${quoteIdentifier(from)} RENAME TO ${quoteIdentifier(to)}`);
        // Without it `--undo` would not find what was put aside.
        await maintenance.query(`COMMENT ON DATABASE ${quoteIdentifier(comment.on)} IS ${text}`);
        await maintenance.query('COMMIT');
        return;
      } catch (error) {
        await maintenance.query('ROLLBACK').catch(() => {});
        // 55006: a session did not end within the five seconds that RENAME waits.
        if ((error as { code?: string }).code !== '55006') throw error;
        if (refusal !== undefined) throw mayNotEnd(renames[0][0], refusal);
        if (attempt === ATTEMPTS) throw error;
      } finally {
        over = true;
        await ending;
      }
    }
  });
}

function mayNotEnd(database: string, cause: unknown): PlinthError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new PlinthError('privilege_missing', `sessions of database ${database} cannot be ended: ${why}`, {
    cause,
    fix: 'end them another way, or set ADMIN_DATABASE_URL to a login that may (a superuser)',
  });
}

function asideName(database: string, what: 'old' | 'undone', now: Date): string {
  const suffix = `__${what}_${now.toISOString().replace(/[-:.]/g, '')}`;
  let base = database;
  while (Buffer.byteLength(base + suffix) > NAME_BYTES) base = base.slice(0, -1);
  return base + suffix;
}
