import { pipeline } from 'node:stream/promises';
import { PlinthError, quoteIdentifier } from '@plinth/db';
import { chooseForRestore, toolPath } from './client-tools.js';
import { connectionEnv } from './connection-env.js';
import { readTable, type TableName } from './content.js';
import { type DatabaseClient, withWorkClient } from './database-client.js';
import { checkFiles, type RestoreOptions } from './drill.js';
import type { TableContent } from './manifest.js';
import { requireRoles, restoreArchive } from './restore-archive.js';
import { type ScratchDatabase, withScratchDatabase } from './scratch-database.js';
import { withStagedDump } from './staged-dump.js';
import { startTool } from './tool-process.js';

export interface RestoreTablesOptions extends RestoreOptions {
  /** `schema.table`, or `table` of schema public. */
  tables: readonly string[];
  /** The database to put them in, as a role that may create schemas there. */
  liveUrl: string;
  /** The schema that is to hold them; made when it is missing. */
  schema: string;
}

/**
 * Restores single tables beside the live ones: the rows as they were, compared with the manifest, in a schema of
 * their own and without indexes, constraints and triggers. All of them or none: what fails is removed again. Throws
 * `refused` when a table of that name is there already, `drill_failed` when one came back otherwise.
 */
export async function restoreTables(options: RestoreTablesOptions): Promise<TableContent[]> {
  const { set, adminUrl, liveUrl, schema } = options;
  await checkFiles(options);
  const wanted = options.tables.map((name) => findTable(set.manifest.content.tables, name, set.id));
  return await withWorkClient(liveUrl, async (live) => {
    await requireFree(live, schema, wanted);
    return await withStagedDump(options, (archive, folder) =>
      withScratchDatabase(
        { adminUrl, manifest: set.manifest, ...(options.say ? { say: options.say } : {}) },
        async (scratch) => {
          await requireRoles(scratch.client, set.manifest);
          await restoreArchive({
            manifest: set.manifest,
            archive,
            folder,
            tools: options.tools,
            url: scratch.url,
            client: scratch.client,
            actAs: scratch.actAs,
            jobs: options.jobs ?? 2,
            signal: options.signal,
            hurry: options.hurry,
            select: (line) => isWanted(line, wanted),
            ...(options.env ? { env: options.env } : {}),
          });
          await live.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}`);
          await copyAll(options, { scratch, live }, wanted);
          return wanted.map((table) => ({ ...table, schema }));
        },
      ),
    );
  });
}

/** Definitions that a table's columns may need, and the data of the wanted tables; nothing that only costs time. */
function isWanted(line: string, wanted: readonly TableName[]): boolean {
  const entry = line.replace(/^\d+; \d+ \d+ /, '');
  if (entry.startsWith('TABLE DATA '))
    return wanted.some(({ schema, name }) => entry.startsWith(`TABLE DATA ${schema} ${name} `));
  return (
    /^(SCHEMA|EXTENSION|TYPE|DOMAIN|FUNCTION|PROCEDURE|AGGREGATE|COLLATION|TABLE|SEQUENCE|DEFAULT|SHELL TYPE|OPERATOR|OPERATOR CLASS|OPERATOR FAMILY|CAST) /.test(
      entry,
    ) && !entry.startsWith('TABLE ATTACH ')
  );
}

/** Copies and compares each table; drops those again that are there when one fails. */
async function copyAll(
  options: RestoreTablesOptions,
  { scratch, live }: { scratch: ScratchDatabase; live: DatabaseClient },
  wanted: readonly TableContent[],
): Promise<void> {
  const { schema, say = () => {} } = options;
  /** Ours, not those that somebody was faster with. */
  const made: string[] = [];
  try {
    for (const table of wanted) {
      // Much can have happened since the first look.
      await requireFree(live, schema, [table]);
      await copyTable(options, scratch, table, (name) => made.push(name));
      await checkTable(live, table, options);
    }
  } catch (error) {
    for (const name of made)
      await live
        .query(`DROP TABLE IF EXISTS ${name}`)
        .catch((left: Error) => say(`${name} could not be removed again: ${left.message}`));
    throw error;
  }
}

/** Makes and fills a table in one transaction; `onMade` is told its name once that is committed. */
async function copyTable(
  options: RestoreTablesOptions,
  scratch: ScratchDatabase,
  table: TableContent,
  onMade: (name: string) => void,
): Promise<void> {
  const source = `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`;
  const target = `${quoteIdentifier(options.schema)}.${quoteIdentifier(table.name)}`;
  const { rows } = await scratch.client.query<{ name: string; type: string }>(
    `SELECT quote_ident(attname) AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [source],
  );
  const tools = chooseForRestore(options.tools, {
    archiveMajor: options.set.manifest.client.major,
    targetMajor: options.set.manifest.source.serverMajor,
  });
  const program = toolPath(tools, 'psql');
  const base = ['-X', '-q', '-v', 'ON_ERROR_STOP=1'];
  const environment = (url: string) =>
    connectionEnv(url, { applicationName: 'plinth restore', ...(options.env ? { env: options.env } : {}) });
  const reading = startTool({
    program,
    args: [
      ...base,
      '-c',
      `COPY (SELECT ${rows.map(({ name }) => name).join(', ')} FROM ONLY ${source}) TO STDOUT`,
    ],
    env: environment(scratch.url),
    stdout: 'pipe',
    signal: options.signal,
    hurry: options.hurry,
  });
  const writing = startTool({
    program,
    args: [
      ...base,
      '--single-transaction',
      '-c',
      `CREATE TABLE ${target} (${rows.map(({ name, type }) => `${name} ${type}`).join(', ')})`,
      '-c',
      `COPY ${target} FROM STDIN`,
    ],
    env: environment(options.liveUrl),
    stdin: 'pipe',
    signal: options.signal,
    hurry: options.hurry,
  });
  await pipeline(
    reading.child.stdout as NodeJS.ReadableStream,
    writing.child.stdin as NodeJS.WritableStream,
  ).catch(() => {});
  // The writer's words are the cause; the reader then only lost its listener.
  await writing.finished;
  onMade(target);
  // A reader that failed half way looked to the writer like one that was done.
  await reading.finished;
}

async function checkTable(
  live: DatabaseClient,
  expected: TableContent,
  { schema, set }: RestoreTablesOptions,
): Promise<void> {
  const found = await readTable(live, { schema, name: expected.name }, set.manifest.content.fingerprint);
  if (found.rows === expected.rows && found.hash === expected.hash) return;
  throw new PlinthError(
    'drill_failed',
    `${expected.schema}.${expected.name} did not come back as it was backed up`,
    { fix: 'use another backup; nothing was kept' },
  );
}

async function requireFree(
  live: DatabaseClient,
  schema: string,
  wanted: readonly TableName[],
): Promise<void> {
  for (const { name } of wanted) {
    const { rowCount } = await live.query(
      'SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2',
      [schema, name],
    );
    if (rowCount)
      throw new PlinthError('refused', `${schema}.${name} is there already`, {
        fix: 'name another --schema, or drop that table',
      });
  }
}

function findTable(tables: readonly TableContent[], name: string, id: string): TableContent {
  const found =
    tables.find((table) => `${table.schema}.${table.name}` === name) ??
    tables.find((table) => table.schema === 'public' && table.name === name);
  if (found !== undefined) return found;
  throw new PlinthError('usage', `backup ${id} has no table ${name}`, {
    fix: `run: plinth backup show ${id}`,
  });
}
