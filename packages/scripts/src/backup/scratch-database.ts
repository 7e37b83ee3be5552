import { randomBytes } from 'node:crypto';
import { quoteIdentifier, urlFor } from '@plinth/db';
import { type DatabaseClient, withWorkClient } from './database-client.js';
import type { Manifest } from './manifest.js';

/** Names of databases that a drill or a restore makes and removes; nothing else may be called so. */
const SCRATCH = /^plinth_scratch_[0-9a-f]{12}$/;
/** What pg_restore calls itself. The maker of a scratch database is connected to it as well, under another name. */
export const RESTORE_APPLICATION = 'plinth restore';
/** Advisory lock of the cluster under which scratch databases are made and swept. */
const LOCK_KEYS = '7756, 2';

export interface ScratchDatabase {
  name: string;
  url: string;
  /** Connected to it for as long as it exists: that is how others see that it is in use. */
  client: DatabaseClient;
  /** For others than superusers: the role that owns what is restored, to be SET ROLE. */
  actAs: string | undefined;
  /** Connected to the maintenance database of the same server. */
  maintenance: DatabaseClient;
  /** What could not be made as it was, such as a locale that this server lacks. */
  notes: string[];
  /** Keeps it at the end of `work`. */
  keep(): void;
  /** Ends the connection, so that it can be renamed. */
  release(): Promise<void>;
}

/**
 * Runs `work` with a new empty database like the one of the manifest and drops it afterwards, unless it was kept.
 * Scratch databases whose makers have died are dropped first. Needs CREATEDB.
 */
export async function withScratchDatabase<T>(
  options: { adminUrl: string; manifest: Manifest; say?: (line: string) => void },
  work: (scratch: ScratchDatabase) => Promise<T>,
): Promise<T> {
  const { adminUrl, manifest, say = () => {} } = options;
  const name = `plinth_scratch_${randomBytes(6).toString('hex')}`;
  const url = urlFor(adminUrl, name);
  const notes: string[] = [];
  const { owner } = manifest.content.properties;
  let kept = false;
  return await withWorkClient(urlFor(adminUrl, 'postgres'), async (maintenance) => {
    // Nobody may sweep ours between its creation and our first connection to it.
    await maintenance.query(`SELECT pg_advisory_lock(${LOCK_KEYS})`);
    await sweep(maintenance, say);
    const actAs = await ownerToActAs(maintenance, owner);
    try {
      await createLike(maintenance, name, manifest.source, actAs, notes);
      return await withWorkClient(url, async (client) => {
        await maintenance.query(`SELECT pg_advisory_unlock(${LOCK_KEYS})`);
        // Without a connection it looks abandoned: from here on nobody may sweep until ours is renamed or dropped.
        const release = async () => {
          await maintenance.query(`SELECT pg_advisory_lock(${LOCK_KEYS})`);
          await client.end();
        };
        const keep = () => {
          kept = true;
        };
        return await work({
          name,
          url,
          client,
          maintenance,
          actAs,
          notes,
          keep,
          release,
        });
      });
    } finally {
      if (!kept) await dropDatabaseAs(maintenance, name, actAs);
    }
  });
}

/**
 * The owner of the backed-up database, where this session is no superuser but a member of it: a member that does not
 * inherit (plinth_migrator) owns nothing until it sets the role.
 */
async function ownerToActAs(maintenance: DatabaseClient, owner: string): Promise<string | undefined> {
  const { rows } = await maintenance.query<{ member: boolean }>(
    `SELECT NOT r.rolsuper AND current_user <> $1 AND EXISTS (SELECT FROM pg_roles o WHERE o.rolname = $1 AND pg_has_role(o.oid, 'MEMBER')) AS member
     FROM pg_roles r WHERE r.rolname = current_user`,
    [owner],
  );
  return rows[0]?.member ? owner : undefined;
}

/** Drops a database, as its owner where the session has to act as one. */
async function dropDatabaseAs(
  maintenance: DatabaseClient,
  name: string,
  owner: string | undefined,
): Promise<void> {
  if (owner !== undefined) await maintenance.query(`SET ROLE ${quoteIdentifier(owner)}`);
  await maintenance.query(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)} WITH (FORCE)`);
  await maintenance.query('RESET ROLE');
}

/** Drops scratch databases whose makers are dead: nobody is connected but, perhaps, the pg_restore that outlived one. */
async function sweep(maintenance: DatabaseClient, say: (line: string) => void): Promise<void> {
  const { rows } = await maintenance.query<{ name: string; owner: string | null }>(
    `SELECT d.datname AS name, CASE WHEN NOT pg_has_role(d.datdba, 'USAGE') THEN pg_get_userbyid(d.datdba) END AS owner FROM pg_database d
     WHERE d.datname ~ '^plinth_scratch_' AND pg_has_role(d.datdba, 'MEMBER')
       AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid AND a.usesysid IS NOT NULL
                         AND a.application_name IS DISTINCT FROM $1)`,
    [RESTORE_APPLICATION],
  );
  for (const { name, owner } of rows.filter((row) => SCRATCH.test(row.name))) {
    await dropDatabaseAs(maintenance, name, owner ?? undefined);
    say(`dropped ${name}, which a restore that died had left`);
  }
}

async function createLike(
  maintenance: DatabaseClient,
  name: string,
  source: Manifest['source'],
  owner: string | undefined,
  notes: string[],
): Promise<void> {
  const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
  const create = `CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE template0 ENCODING ${text(source.encoding)}${owner === undefined ? '' : ` OWNER ${quoteIdentifier(owner)}`}`;
  try {
    await maintenance.query(`${create} LC_COLLATE ${text(source.collate)} LC_CTYPE ${text(source.ctype)}`);
  } catch (error) {
    // 42809: this server's operating system lacks the locale.
    if (!['42809', '22023'].includes((error as { code?: string }).code ?? '')) throw error;
    await maintenance.query(create);
    notes.push(`this server lacks the locale ${source.collate}: the order of texts may differ`);
  }
}
