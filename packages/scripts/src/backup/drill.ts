import { readFile } from 'node:fs/promises';
import { PlinthError, urlFor } from '@plinth/db';
import type { AgeOpener } from './age.js';
import type { CatalogEntry } from './catalog.js';
import type { ClientTools } from './client-tools.js';
import { type Comparison, compareContent } from './compare-content.js';
import { assertReadsEverything } from './content.js';
import { type DatabaseClient, withWorkClient } from './database-client.js';
import { createRoles, requireRoles, restoreArchive } from './restore-archive.js';
import { type ScratchDatabase, withScratchDatabase } from './scratch-database.js';
import { readContent } from './snapshot.js';
import { onRows, type RestoreProgress, withStagedDump } from './staged-dump.js';
import type { BackupStore, StoredSet, Verification } from './store.js';
import { keyMissing, readSmallFile, verifyFiles } from './verify-files.js';

/** What is done when; tests kill a run there. */
export type RestoreStep =
  | 'unpacked'
  | 'scratch'
  | 'restored'
  | 'compared'
  | 'prepared'
  | 'renaming'
  | 'renamed';

export interface RestoreOptions {
  store: BackupStore;
  set: StoredSet;
  opener: AgeOpener | undefined;
  tools: readonly ClientTools[];
  /** A role that may create databases; a superuser restores everything. */
  adminUrl: string;
  /** A role that sees every row, on the same server; `adminUrl`'s own unless told. */
  readerUrl?: string | undefined;
  /** Parallel pg_restore. */
  jobs?: number;
  createRoles?: boolean;
  /** Refuse a set that is not encrypted: somebody else may have put it there. */
  requireEncryption?: boolean;
  env?: Readonly<Record<string, string | undefined>>;
  /** Where plaintext is unpacked for the time of the restore; mode 0700. */
  workFolder: string;
  /** SQL whose every row must begin with true. */
  assertSql?: string | undefined;
  signal?: AbortSignal | undefined;
  /** After `signal`: PostgreSQL's programs are killed instead of asked to end, and queries that take long are cut off. */
  hurry?: AbortSignal | undefined;
  /** Told how far unpacking (bytes) and restoring (rows) are. */
  onProgress?: ((progress: RestoreProgress) => void) | undefined;
  now?: () => Date;
  say?: (line: string) => void;
  onStep?: (step: RestoreStep) => void | Promise<void>;
  /** Called with the restored database before it is compared; tests plant defects here. */
  onRestored?: (client: DatabaseClient) => Promise<void>;
}

export interface DrillReport {
  id: string;
  ok: boolean;
  problems: string[];
  notes: string[];
  compared: Comparison['compared'];
  server: string;
  /** From the first byte read to the last object restored: the time a recovery takes. */
  restoreMs: number;
  durationMs: number;
}

/**
 * Proves a backup: restores it into a scratch database, compares everything with the manifest, removes the database
 * and keeps the report beside the set. A failed comparison is an answer, not an error.
 */
export async function drillBackup(options: RestoreOptions): Promise<DrillReport> {
  const { store, set, now = () => new Date() } = options;
  let report: DrillReport;
  try {
    report = await withRestored(options, async (_scratch, found) => found);
  } catch (error) {
    if (!(error instanceof PlinthError) || !['backup_corrupt', 'tool_failed'].includes(error.code))
      throw error;
    const compared = { tables: 0, rows: 0, sequences: 0, catalogEntries: 0, migrations: 0 };
    report = {
      id: set.id,
      ok: false,
      problems: [error.message],
      notes: [],
      compared,
      server: '',
      restoreMs: 0,
      durationMs: 0,
    };
  }
  const verification: Verification = {
    level: 3,
    ok: report.ok,
    at: now().toISOString(),
    durationMs: report.durationMs,
    problems: report.problems,
    report,
  };
  await store.addVerification(set.id, verification);
  return report;
}

/** Restores a set into a scratch database, compares it with the manifest and hands both to `work`. */
export async function withRestored<T>(
  options: RestoreOptions,
  work: (scratch: ScratchDatabase, report: DrillReport) => Promise<T>,
): Promise<T> {
  const { store, set, adminUrl, signal, jobs = 2, onStep = () => {} } = options;
  const { manifest } = set;
  const path = (name: string) => store.path(set.id, name);
  const started = performance.now();
  await checkFiles(options);
  return await withStagedDump(options, async (archive, folder) => {
    await onStep('unpacked');
    const catalog = JSON.parse(
      await readSmallFile(manifest, 'catalog', { path, opener: options.opener }),
    ) as CatalogEntry[];
    return await withScratchDatabase(
      { adminUrl, manifest, ...(options.say ? { say: options.say } : {}) },
      async (scratch) => {
        await onStep('scratch');
        if (options.createRoles) await createRoles(scratch.client, manifest);
        await requireRoles(scratch.client, manifest);
        const { leftOut } = await restoreArchive({
          manifest,
          archive,
          folder,
          tools: options.tools,
          url: scratch.url,
          client: scratch.client,
          actAs: scratch.actAs,
          jobs,
          signal,
          hurry: options.hurry,
          onProgress: onRows(options),
          ...(options.env ? { env: options.env } : {}),
        });
        const restoreMs = Math.round(performance.now() - started);
        await onStep('restored');
        await options.onRestored?.(scratch.client);
        const read = await readRestored(options, scratch);
        const comparison = compareContent({ manifest, catalog }, read.found, {
          sameMajor: read.major === manifest.source.serverMajor,
          leftOut,
        });
        const failed = await runAsserts(scratch.client, options.assertSql);
        const problems = [...comparison.problems, ...failed];
        await onStep('compared');
        return await work(scratch, {
          id: set.id,
          ok: problems.length === 0,
          problems,
          notes: [...scratch.notes, ...comparison.notes],
          compared: comparison.compared,
          server: read.version,
          restoreMs,
          durationMs: Math.round(performance.now() - started),
        });
      },
    );
  });
}

/**
 * Whether a set may and can be restored: encrypted where that is required, with its key, and with every file in its size.
 * Throws `refused`, `key_missing`, `backup_corrupt`.
 */
export async function checkFiles({
  store,
  set,
  opener,
  tools,
  requireEncryption,
}: RestoreOptions): Promise<void> {
  const { manifest } = set;
  const path = (name: string) => store.path(set.id, name);
  if (requireEncryption) refuseUnencrypted(set);
  if (manifest.encryption !== null && opener === undefined) throw keyMissing(set.id);
  const { problems } = await verifyFiles({ manifest, path, level: 0, opener, tools: tools[0] });
  if (problems.length > 0)
    throw new PlinthError('backup_corrupt', problems.join('; '), { fix: 'use another backup' });
}

/**
 * Throws `refused` for a set without encryption. Where every set is encrypted, one that is not was made by somebody who
 * can write to the store and need not have known a key: only an encrypted set's manifest proves who wrote it.
 */
function refuseUnencrypted({ id, manifest }: StoredSet): void {
  if (manifest.encryption !== null) return;
  throw new PlinthError('refused', `backup ${id} is not encrypted, and BACKUP_REQUIRE_ENCRYPTION is set`, {
    fix: 'find out who put it there; to use it all the same, unset BACKUP_REQUIRE_ENCRYPTION for this command',
  });
}

/** Reads the restored database as a role that sees every row. */
async function readRestored(options: RestoreOptions, scratch: ScratchDatabase) {
  const { fingerprint } = options.set.manifest.content;
  const url = options.readerUrl === undefined ? scratch.url : urlFor(options.readerUrl, scratch.name);
  const read = async (client: DatabaseClient) => {
    await assertReadsEverything(client);
    const { rows } = await client.query<{ version: string; major: number }>(
      `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int / 10000 AS major`,
    );
    return {
      ...(rows[0] as (typeof rows)[0]),
      found: await readContent(client, fingerprint, options.signal),
    };
  };
  return await withWorkClient(url, read, options.hurry);
}

async function runAsserts(client: DatabaseClient, sql: string | undefined): Promise<string[]> {
  if (sql === undefined) return [];
  await client.query('SET search_path = public');
  const answer = (await client.query({ text: sql, rowMode: 'array' })) as unknown;
  const results = (Array.isArray(answer) ? answer : [answer]) as { rows: unknown[][] }[];
  return results.flatMap(({ rows }, index) =>
    rows
      .filter(([first]) => first !== true)
      .map((row) => `assertion ${index + 1} answered ${JSON.stringify(row)}`),
  );
}

/** The text of a file of assertions. Throws `usage`. */
export async function readAsserts(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  return await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new PlinthError('usage', `the file of assertions ${path} cannot be read (${cause.code})`, {
      cause,
      fix: 'give --sql the path of a file with SQL statements',
    });
  });
}
