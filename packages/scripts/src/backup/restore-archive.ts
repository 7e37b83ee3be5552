import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlinthError, quoteIdentifier } from '@plinth/db';
import { type ClientTools, chooseForRestore, toolPath } from './client-tools.js';
import { connectionEnv } from './connection-env.js';
import { type CopyProgress, watchCopies } from './copy-progress.js';
import type { DatabaseClient } from './database-client.js';
import type { Manifest, RoleContent } from './manifest.js';
import { noteTool } from './orphan.js';
import { RESTORE_APPLICATION } from './scratch-database.js';
import { RESTORE_PID } from './staged-dump.js';
import { runTool, startTool } from './tool-process.js';

export interface RestoreArchiveOptions {
  manifest: Manifest;
  /** The unpacked archive. */
  archive: string;
  /** A folder for the list of what to restore. */
  folder: string;
  tools: readonly ClientTools[];
  /** The empty database to restore into, and a connection to it. */
  url: string;
  client: DatabaseClient;
  /** SET ROLE to it first; see ScratchDatabase. */
  actAs?: string | undefined;
  jobs: number;
  env?: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal | undefined;
  /** After `signal`: pg_restore is killed instead of asked to end. */
  hurry?: AbortSignal | undefined;
  /** Lines of the archive's list to restore; all unless told. */
  select?: (line: string) => boolean;
  /** Told at once and then every second how far the rows are. */
  onProgress?: ((progress: CopyProgress) => void) | undefined;
}

/**
 * Restores an archive with pg_restore, stopping at the first error. What only a superuser may do is left out for
 * others and answered by name. Throws `tool_failed` with pg_restore's words, `version_incompatible`.
 */
export async function restoreArchive(options: RestoreArchiveOptions): Promise<{ leftOut: string[] }> {
  const { manifest, archive, folder, client, signal, hurry, select = () => true } = options;
  const { rows } = await client.query<{ major: number; superuser: boolean }>(
    `SELECT current_setting('server_version_num')::int / 10000 AS major,
            (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser`,
  );
  const { major, superuser } = rows[0] as (typeof rows)[0];
  const tools = chooseForRestore(options.tools, { archiveMajor: manifest.client.major, targetMajor: major });
  const program = toolPath(tools, 'pg_restore');
  const env = connectionEnv(options.url, {
    applicationName: RESTORE_APPLICATION,
    ...(options.env ? { env: options.env } : {}),
  });

  const listing = await runTool({ program, args: ['--list', archive], env, signal, hurry });
  const leftOut: string[] = [];
  const chosen = listing.split('\n').filter((line) => {
    if (line.startsWith(';') || line === '') return false;
    if (!superuser && needsSuperuser(line)) {
      leftOut.push(line.replace(/^\d+; \d+ \d+ /, ''));
      return false;
    }
    return select(line);
  });
  // Parallel workers may turn row security on before foreign keys are checked, which it then forbids to their owner.
  const jobs = superuser ? options.jobs : 1;
  const list = join(folder, 'restore.list');
  await writeFile(list, `${chosen.join('\n')}\n`, { mode: 0o600 });
  const watch =
    options.onProgress &&
    watchCopies({
      url: options.url,
      applicationName: RESTORE_APPLICATION,
      expected: new Map(
        manifest.content.tables.map((table) => [`${table.schema}.${table.name}`, table.rows]),
      ),
      jobs,
      onProgress: options.onProgress,
    });
  const restoring = startTool({
    program,
    args: [
      '--exit-on-error',
      '--no-password',
      ...(watch === undefined ? [] : ['--verbose']),
      ...(options.actAs === undefined ? [] : [`--role=${options.actAs}`]),
      `--jobs=${jobs}`,
      `--use-list=${list}`,
      `--dbname=${conninfo(options.url)}`,
      archive,
    ],
    env,
    signal,
    hurry,
    onLine: watch?.onLine,
  });
  try {
    await noteTool(join(folder, RESTORE_PID), restoring);
    await restoring.finished;
  } finally {
    await restoring.stop();
    await watch?.stop();
  }
  return { leftOut };
}

/** Extensions that are not trusted, and grants on the system's own functions. */
function needsSuperuser(line: string): boolean {
  return (
    /^\d+; \d+ \d+ ACL pg_catalog /.test(line) ||
    /^\d+; \d+ \d+ (EXTENSION - |COMMENT - EXTENSION )(pg_stat_statements|file_fdw|postgres_fdw|amcheck|pageinspect)\b/.test(
      line,
    )
  );
}

/** `dbname=...` with the name quoted, because pg_restore reads a bare one with an `=` in it as a connection text. */
function conninfo(url: string): string {
  const database = decodeURIComponent(new URL(url).pathname.slice(1));
  return `dbname='${database.replace(/[\\']/g, '\\$&')}'`;
}

/** Roles of the manifest that the server lacks. */
async function missingRoles(client: DatabaseClient, manifest: Manifest): Promise<RoleContent[]> {
  const { rows } = await client.query<{ name: string }>('SELECT rolname AS name FROM pg_roles');
  const present = new Set(rows.map(({ name }) => name));
  return manifest.content.roles.filter(({ name }) => !present.has(name));
}

/** Throws `roles_missing` unless the server has every role that owns or is granted something in the backup. */
export async function requireRoles(client: DatabaseClient, manifest: Manifest): Promise<void> {
  const missing = await missingRoles(client, manifest);
  if (missing.length === 0) return;
  throw new PlinthError(
    'roles_missing',
    `the server lacks the roles ${missing.map(({ name }) => name).join(', ')}`,
    {
      fix: 'add --create-roles (needs a superuser), or make them with globals.sql of the backup: see its RESTORE.md',
    },
  );
}

/** Makes the roles that are missing, with what they may do, whom they belong to and their settings; without passwords. */
export async function createRoles(client: DatabaseClient, manifest: Manifest): Promise<void> {
  const missing = await missingRoles(client, manifest);
  for (const role of missing) {
    const flag = (on: boolean, word: string) => `${on ? '' : 'NO'}${word}`;
    const flags = [
      flag(role.login, 'LOGIN'),
      flag(role.superuser, 'SUPERUSER'),
      flag(role.createdb, 'CREATEDB'),
      flag(role.createrole, 'CREATEROLE'),
      flag(role.inherit, 'INHERIT'),
      flag(role.replication, 'REPLICATION'),
      flag(role.bypassrls, 'BYPASSRLS'),
    ];
    await client.query(`CREATE ROLE ${quoteIdentifier(role.name)} ${flags.join(' ')}`);
    for (const setting of role.settings)
      await client.query(`ALTER ROLE ${quoteIdentifier(role.name)} SET ${settingSql(setting)}`);
  }
  for (const { name, memberOf } of missing) {
    for (const group of memberOf)
      await client.query(`GRANT ${quoteIdentifier(group)} TO ${quoteIdentifier(name)}`);
  }
}

/** Gives a database the owner, grants and settings of the backed-up one. Answers what this role may not do. */
export async function applyProperties(
  client: DatabaseClient,
  database: string,
  { content }: Manifest,
): Promise<string[]> {
  const name = quoteIdentifier(database);
  const { owner, grants, settings, connectionLimit } = content.properties;
  const roleName = (role: string) => (role === 'public' ? 'PUBLIC' : quoteIdentifier(role));
  const statements = [
    `REVOKE ALL ON DATABASE ${name} FROM PUBLIC`,
    ...grants.map(
      ({ grantee, privilege, grantable }) =>
        `GRANT ${privilege} ON DATABASE ${name} TO ${roleName(grantee)}${grantable ? ' WITH GRANT OPTION' : ''}`,
    ),
    ...settings.map(({ role, setting }) =>
      role === null
        ? `ALTER DATABASE ${name} SET ${settingSql(setting)}`
        : `ALTER ROLE ${quoteIdentifier(role)} IN DATABASE ${name} SET ${settingSql(setting)}`,
    ),
    `ALTER DATABASE ${name} CONNECTION LIMIT ${connectionLimit}`,
    // Last, because afterwards we may no longer be allowed to.
    `ALTER DATABASE ${name} OWNER TO ${quoteIdentifier(owner)}`,
  ];
  const refused: string[] = [];
  for (const statement of statements) {
    await client.query(statement).catch((error: { code?: string }) => {
      if (error.code !== '42501') throw error;
      refused.push(statement);
    });
  }
  return refused;
}

/** `name=value` as pg_db_role_setting keeps it, as SET wants it. Lists of names are kept quoted already. */
function settingSql(setting: string): string {
  const at = setting.indexOf('=');
  const [name, value] = [setting.slice(0, at), setting.slice(at + 1)];
  const isList = /^(search_path|session_preload_libraries|local_preload_libraries|temp_tablespaces)$/.test(
    name,
  );
  const quoted = name.split('.').map(quoteIdentifier).join('.');
  return `${quoted} TO ${isList ? value || "''" : `'${value.replaceAll("'", "''")}'`}`;
}
