import { quoteIdentifier } from '@plinth/db';
import { type CatalogEntry, readCatalog } from './catalog.js';
import {
  assertReadsEverything,
  countLargeObjects,
  type Fingerprint,
  listTables,
  readExtensions,
  readMigrations,
  readProperties,
  readRoles,
  readSequences,
  readSource,
  readTable,
} from './content.js';
import { type DatabaseClient, withWorkClient } from './database-client.js';
import type { Manifest } from './manifest.js';

export interface SnapshotContent {
  content: Manifest['content'];
  catalog: CatalogEntry[];
}

export interface Snapshot {
  /** For pg_dump --snapshot. */
  id: string;
  source: Manifest['source'];
  /** Of all tables together, uncompressed on the server's disk. */
  tableBytes: number;
  /** Rows per `schema.table` as the planner believes. */
  estimatedRows: ReadonlyMap<string, number>;
  /** Reads what the database holds in this very snapshot. Once, while pg_dump runs. */
  readContent(fingerprint: Fingerprint): Promise<SnapshotContent>;
}

/**
 * Holds one exported snapshot while `work` runs, so that pg_dump and our own counts see the same moment. Tables are
 * locked (ACCESS SHARE, which only DDL waits for) before the snapshot is taken. Throws `lock_timeout` after `lockWaitMs`.
 */
export async function withSnapshot<T>(
  options: { url: string; lockWaitMs: number; signal?: AbortSignal | undefined },
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  return await withWorkClient(options.url, async (client) => {
    // Also reading a table's size waits for its lock.
    // Counting is over long before the dump is: it shall not take workers, and time, from the dump and the application.
    await client.query(
      "SELECT set_config('lock_timeout', $1, false), set_config('max_parallel_workers_per_gather', '0', false)",
      [`${options.lockWaitMs}ms`],
    );
    await assertReadsEverything(client);
    const source = await readSource(client);
    const tables = await listTables(client);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    if (tables.length > 0) {
      const names = tables.map(
        ({ schema, name }) => `ONLY ${quoteIdentifier(schema)}.${quoteIdentifier(name)}`,
      );
      for (let at = 0; at < names.length; at += 500) {
        await client.query(`LOCK TABLE ${names.slice(at, at + 500).join(', ')} IN ACCESS SHARE MODE`);
      }
    }
    const { rows } = await client.query<{ id: string }>('SELECT pg_export_snapshot() AS id');
    try {
      return await work({
        id: rows[0]?.id ?? '',
        source,
        tableBytes: tables.reduce((sum, { bytes }) => sum + bytes, 0),
        estimatedRows: new Map(
          tables.map(({ schema, name, estimatedRows }) => [`${schema}.${name}`, estimatedRows]),
        ),
        readContent: (fingerprint) => readContent(client, fingerprint, options.signal),
      });
    } finally {
      await client.query('ROLLBACK').catch(() => {});
    }
  });
}

/** Everything a restore is compared with, read in the session's current transaction. */
export async function readContent(
  client: DatabaseClient,
  fingerprint: Fingerprint,
  signal?: AbortSignal,
): Promise<SnapshotContent> {
  const sequences = await readSequences(client);
  const catalog = await readCatalog(client);
  const tables: Manifest['content']['tables'] = [];
  for (const table of await listTables(client)) {
    signal?.throwIfAborted();
    tables.push(await readTable(client, table, fingerprint));
  }
  tables.sort((a, b) => (`${a.schema}\0${a.name}` < `${b.schema}\0${b.name}` ? -1 : 1));
  return {
    catalog,
    content: {
      fingerprint,
      tables,
      sequences,
      largeObjects: await countLargeObjects(client),
      catalogEntries: catalog.length,
      extensions: await readExtensions(client),
      roles: await readRoles(client),
      properties: await readProperties(client),
      migrations: await readMigrations(client),
    },
  };
}
