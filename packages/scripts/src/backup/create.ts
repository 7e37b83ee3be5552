import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { withClient } from '@plinth/db';
import { withFileLock } from '@plinth/db/embedded';
import { type AgeKey, createSeal } from './age.js';
import { checkSpace } from './check-space.js';
import { type ClientTools, chooseForDump, toolPath } from './client-tools.js';
import { collectGarbage } from './collect-garbage.js';
import { connectionEnv } from './connection-env.js';
import type { Fingerprint } from './content.js';
import { type CopyProgress, watchCopies } from './copy-progress.js';
import { dumpDatabase, storedName, streamedFile } from './dump.js';
import { asNoSpace, type Sealing, writeSealed } from './file-pipeline.js';
import {
  FORMAT_VERSION,
  type Manifest,
  type ManifestDraft,
  type StoredFile,
  sealManifest,
} from './manifest.js';
import { followDump, readBack } from './read-back.js';
import { restoreGuide } from './restore-guide.js';
import { withSnapshot } from './snapshot.js';
import { asUnusable, type BackupStore, newBackupId, type Staging } from './store.js';
import { runTool } from './tool-process.js';

/** The steps after which a crash must leave nothing listed (and after `committed`, a good backup). */
export type CreateStep =
  | 'locked'
  | 'staged'
  | 'snapshot'
  | 'dumped'
  | 'content'
  | 'globals'
  | 'readBack'
  | 'committed';

export interface CreateOptions {
  store: BackupStore;
  /** The backup role's. */
  url: string;
  tools: readonly ClientTools[];
  env?: Readonly<Record<string, string | undefined>>;
  jobs?: number;
  /** zstd 1..19; undefined: not compressed. */
  zstdLevel?: number | undefined;
  key?: AgeKey | undefined;
  fingerprint?: Fingerprint;
  note?: string | null;
  pinUntil?: Date | undefined;
  lockWaitMs?: number;
  stallMs?: number;
  graceMs?: number;
  signal?: AbortSignal | undefined;
  /** After `signal`: PostgreSQL's programs are killed instead of asked to end. */
  hurry?: AbortSignal | undefined;
  now?: () => Date;
  onStep?: (step: CreateStep, id: string) => void | Promise<void>;
  /** Told at once and then every `progressEveryMs` (a second unless told) how far the dump is; bytes are those pg_dump wrote. */
  onProgress?: (progress: CopyProgress & { bytes: number }) => void;
  progressEveryMs?: number;
  /** Told the ids of runs that died and whose leavings were removed. */
  onKilled?: (ids: readonly string[]) => Promise<void>;
  say?: (line: string) => void;
}

export interface CreateResult {
  id: string;
  path: string;
  storedBytes: number;
  plainBytes: number;
  durationMs: number;
  manifest: Manifest;
}

/**
 * Makes one backup set: everything is staged, read back and compared before the set appears in the store in one step.
 * Whatever fails or is cancelled, nothing half-made is ever listed. Throws `locked`, `no_space`, `version_incompatible`,
 * `privilege_missing`, `stalled`, `tool_failed`, `store_unusable` and what the database says.
 */
export async function createBackup(options: CreateOptions): Promise<CreateResult> {
  return await make(options).catch((error: unknown) => {
    throw asUnusable(error, options.store.place) ?? error;
  });
}

async function make(options: CreateOptions): Promise<CreateResult> {
  const { store, now = () => new Date(), onStep = () => {}, lockWaitMs = 10_000 } = options;
  return await withFileLock(store.lockFile, { timeoutMs: lockWaitMs }, async () => {
    await onStep('locked', '');
    const killed = await collectGarbage(store, options.say);
    if (killed.length > 0) await options.onKilled?.(killed);
    const startedAt = now();
    const id = newBackupId(startedAt, await store.ids(), randomBytes(3).toString('hex'));
    const staging = await store.stage(id);
    try {
      await onStep('staged', id);
      const manifest = await fill({ ...options, lockWaitMs, now }, { id, staging, startedAt, onStep });
      options.signal?.throwIfAborted();
      await staging.commit(manifest);
      await onStep('committed', id);
      if (options.pinUntil)
        await store.setPin(id, {
          until: options.pinUntil.toISOString(),
          reason: options.note ?? 'pinned at creation',
        });
      await store.addVerification(id, {
        level: 2,
        ok: true,
        at: now().toISOString(),
        durationMs: 0,
        problems: [],
        report: { by: 'read back at creation' },
      });
      const { storedBytes, plainBytes, durationMs } = manifest.stats;
      return { id, path: store.path(id, ''), storedBytes, plainBytes, durationMs, manifest };
    } catch (error) {
      await rm(staging.folder, { recursive: true, force: true });
      options.signal?.throwIfAborted();
      throw asNoSpace(error, staging.folder) ?? error;
    }
  });
}

type Filling = CreateOptions & { lockWaitMs: number; now: () => Date };
interface Work {
  id: string;
  staging: Staging;
  startedAt: Date;
  onStep: NonNullable<CreateOptions['onStep']>;
}

async function fill(options: Filling, work: Work): Promise<Manifest> {
  const { url, jobs = 1, fingerprint = 'hash', key, zstdLevel, signal, hurry } = options;
  const started = performance.now();
  const applicationName = `backup:${work.id}`;
  const env = connectionEnv(url, { applicationName, ...(options.env ? { env: options.env } : {}) });
  const seal = key === undefined ? undefined : await createSeal(key);
  const sealing: Sealing = { zstdLevel, seal };
  const { folder } = work.staging;
  try {
    return await withSnapshot({ url, lockWaitMs: options.lockWaitMs, signal }, async (snapshot) => {
      const tools = chooseForDump(options.tools, snapshot.source.serverMajor);
      await checkSpace(options.store, snapshot, { jobs, zstdLevel });
      await work.onStep('snapshot', work.id);
      const reading = { folder, tools, opener: seal && (async () => seal.fileKey), signal };
      const followed = jobs === 1 ? followDump(streamedFile(sealing), reading) : undefined;
      let bytes = 0;
      const { onProgress, progressEveryMs: everyMs } = options;
      const watch =
        onProgress &&
        watchCopies({
          url,
          applicationName,
          expected: snapshot.estimatedRows,
          jobs,
          onProgress: (progress) => onProgress({ ...progress, bytes }),
          ...(everyMs === undefined ? {} : { everyMs }),
        });
      const dumping = dumpDatabase({
        tools,
        env,
        snapshotId: snapshot.id,
        jobs,
        lockWaitMs: options.lockWaitMs,
        stallMs: options.stallMs ?? 300_000,
        ...(options.graceMs === undefined ? {} : { graceMs: options.graceMs }),
        sealing,
        folder,
        signal,
        hurry,
        onBytes: (written) => {
          bytes = written;
        },
        onLine: watch?.onLine,
        ...(followed ? { onStored: followed.grownTo } : {}),
      });
      dumping.then(() => followed?.ended(), followed?.ended);
      const dumpingGlobals = runTool({
        program: toolPath(tools, 'pg_dumpall'),
        // Passwords stay out of backups: a restored role gets a new one.
        args: ['--globals-only', '--no-role-passwords', '--no-password'],
        env: { ...env, PGOPTIONS: '' },
        signal,
        hurry,
      });
      // All run at once; when one fails the others are waited for, so that nothing reads or writes after the cleaning.
      const [dumped, read, globals] = await Promise.allSettled([
        dumping,
        snapshot.readContent(fingerprint),
        dumpingGlobals,
        followed?.settled,
        dumping.then(watch?.stop, watch?.stop),
      ]);
      if (dumped.status === 'rejected') throw dumped.reason;
      await work.onStep('dumped', work.id);
      if (read.status === 'rejected') throw read.reason;
      const { content, catalog } = read.value;
      const catalogFile = await writeText(
        folder,
        'catalog',
        'catalog.json',
        JSON.stringify(catalog),
        sealing,
      );
      await work.onStep('content', work.id);
      if (globals.status === 'rejected') throw globals.reason;
      const globalsFile = await writeText(folder, 'globals', 'globals.sql', globals.value, sealing);
      await work.onStep('globals', work.id);

      const files = [...dumped.value, catalogFile, globalsFile];
      const finishedAt = options.now();
      const draft: ManifestDraft = {
        formatVersion: FORMAT_VERSION,
        id: work.id,
        kind: 'logical',
        createdAt: work.startedAt.toISOString(),
        startedAt: work.startedAt.toISOString(),
        finishedAt: finishedAt.toISOString(),
        host: hostname(),
        note: options.note ?? null,
        source: snapshot.source,
        client: { version: tools.version, major: tools.major },
        engine: {
          format: jobs === 1 ? 'custom' : 'directory',
          jobs,
          compression: zstdLevel === undefined ? 'none' : `zstd:${zstdLevel}`,
        },
        encryption:
          key === undefined
            ? null
            : { format: 'age', recipients: 'recipients' in key ? [...key.recipients] : ['passphrase'] },
        files,
        content,
        stats: {
          plainBytes: files.reduce((sum, file) => sum + file.plainBytes, 0),
          storedBytes: files.reduce((sum, file) => sum + file.storedBytes, 0),
          durationMs: Math.round(performance.now() - started),
        },
      };
      await writeSealed(join(folder, 'RESTORE.md'), lines(restoreGuide(draft)), {
        zstdLevel: undefined,
        seal: undefined,
      });
      await readBack(draft, reading, followed);
      await work.onStep('readBack', work.id);
      return sealManifest(draft, seal?.fileKey);
    });
  } catch (error) {
    await endServerSide(url, applicationName);
    throw error;
  }
}

async function writeText(
  folder: string,
  role: StoredFile['role'],
  file: string,
  text: string,
  sealing: Sealing,
): Promise<StoredFile> {
  const name = storedName(file, sealing);
  const digest = await writeSealed(join(folder, name), lines(text), sealing);
  return {
    name,
    role,
    zstd: sealing.zstdLevel !== undefined,
    encrypted: sealing.seal !== undefined,
    ...digest,
  };
}

async function* lines(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

/** A killed pg_dump's sessions may go on reading; end them. Best effort: the connection may be what failed. */
async function endServerSide(url: string, applicationName: string): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()',
      [applicationName],
    );
  }).catch(() => {});
}
