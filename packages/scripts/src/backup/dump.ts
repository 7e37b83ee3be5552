import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PlinthError } from '@plinth/db';
import { type ClientTools, toolPath } from './client-tools.js';
import { type Sealing, writeSealed } from './file-pipeline.js';
import type { StoredFile } from './manifest.js';
import { noteTool } from './orphan.js';
import { startTool, type ToolProcess } from './tool-process.js';

export interface DumpOptions {
  tools: ClientTools;
  /** How pg_dump connects; see connectionEnv. */
  env: Record<string, string>;
  snapshotId: string;
  jobs: number;
  lockWaitMs: number;
  /** Ends the dump when nothing has come for this long. */
  stallMs: number;
  graceMs?: number;
  sealing: Sealing;
  /** The folder of the set that is being made. */
  folder: string;
  signal?: AbortSignal | undefined;
  hurry?: AbortSignal | undefined;
  onBytes?: (plainBytes: number) => void;
  /** With one job: what the file of the dump holds so far. */
  onStored?: (storedBytes: number) => void;
  /** Lines in which pg_dump names the tables it begins. */
  onLine?: ((line: string) => void) | undefined;
}

const STALL_POLL_MS = 250;
/** Where the pg_dump of several jobs is noted, in the folder of the set. */
export const DUMP_PID = 'dump.pid';

/** The name of a stored file: what it is, then how it is wrapped. */
export function storedName(name: string, sealing: Sealing): string {
  return `${name}${sealing.zstdLevel === undefined ? '' : '.zst'}${sealing.seal === undefined ? '' : '.age'}`;
}

/**
 * Dumps the database in the given snapshot into `folder`. One job streams a custom-format archive and never puts
 * plaintext on disk; several make a directory-format archive in a folder that only this user may read, then seal it.
 */
export async function dumpDatabase(options: DumpOptions): Promise<StoredFile[]> {
  return options.jobs === 1 ? [await dumpStream(options)] : await dumpDirectory(options);
}

/** The file of a streamed dump. */
export function streamedFile(sealing: Sealing): Pick<StoredFile, 'name' | 'role' | 'zstd' | 'encrypted'> {
  return {
    name: storedName('dump.pgc', sealing),
    role: 'dump',
    zstd: sealing.zstdLevel !== undefined,
    encrypted: sealing.seal !== undefined,
  };
}

async function dumpStream(options: DumpOptions): Promise<StoredFile> {
  const file = streamedFile(options.sealing);
  const dump = startDump(options, ['--format=custom']);
  const stdout = dump.child.stdout as NonNullable<typeof dump.child.stdout>;
  const watch = watchStall(options, dump);
  try {
    const digest = await writeSealed(join(options.folder, file.name), stdout, options.sealing, {
      sourceFinished: watch.failing(dump.finished),
      signal: options.signal,
      ...(options.onStored ? { onStored: options.onStored } : {}),
      onBytes: (bytes) => {
        watch.alive();
        options.onBytes?.(bytes);
      },
    });
    return { ...file, ...digest };
  } finally {
    watch.end();
    await dump.stop();
  }
}

async function dumpDirectory(options: DumpOptions): Promise<StoredFile[]> {
  const plain = join(options.folder, 'plain');
  const dump = startDump(options, ['--format=directory', `--jobs=${options.jobs}`, `--file=${plain}`]);
  const watch = watchStall(options, dump, () => folderBytes(plain));
  try {
    // The next run's cleaning must not race with a pg_dump that outlived us.
    await noteTool(join(options.folder, DUMP_PID), dump);
    await watch.failing(dump.finished);
    const files: StoredFile[] = [];
    await mkdir(join(options.folder, 'dump'), { mode: 0o700 });
    for (const file of (await readdir(plain)).sort()) {
      const name = `dump/${storedName(file, options.sealing)}`;
      const digest = await writeSealed(
        join(options.folder, name),
        createReadStream(join(plain, file)),
        options.sealing,
        {
          signal: options.signal,
        },
      );
      files.push({
        name,
        role: 'dump',
        zstd: options.sealing.zstdLevel !== undefined,
        encrypted: options.sealing.seal !== undefined,
        ...digest,
      });
    }
    return files;
  } finally {
    watch.end();
    await dump.stop();
    await rm(plain, { recursive: true, force: true });
    await rm(join(options.folder, DUMP_PID), { force: true });
  }
}

function startDump(options: DumpOptions, format: string[]): ToolProcess {
  const { tools, env, snapshotId, lockWaitMs, signal, hurry, graceMs, onLine } = options;
  return startTool({
    program: toolPath(tools, 'pg_dump'),
    // Compression is ours: zstd is faster and smaller than what pg_dump 15 offers.
    args: [
      ...format,
      '--compress=0',
      '--no-password',
      ...(onLine === undefined ? [] : ['--verbose']),
      `--snapshot=${snapshotId}`,
      `--lock-wait-timeout=${lockWaitMs}ms`,
    ],
    env,
    stdout: 'pipe',
    signal,
    hurry,
    onLine,
    ...(graceMs === undefined ? {} : { graceMs }),
  });
}

/** Ends the tool when `alive` was not called, and `progress` has not changed, for the time allowed. */
function watchStall(options: DumpOptions, tool: ToolProcess, progress?: () => Promise<number>) {
  let lastAt = performance.now();
  let last = 0;
  let stalled: PlinthError | undefined;
  const look = async () => {
    const now = await progress?.();
    if (now !== undefined && now !== last) {
      last = now;
      lastAt = performance.now();
      options.onBytes?.(now);
    }
    if (stalled !== undefined || performance.now() - lastAt < options.stallMs) return;
    stalled = new PlinthError('stalled', `pg_dump has written nothing for ${options.stallMs} ms`, {
      fix: 'look at the server (`pg_stat_activity`); --stall allows more time',
    });
    await tool.stop();
  };
  const timer = setInterval(() => void look().catch(() => {}), Math.min(STALL_POLL_MS, options.stallMs));
  return {
    alive: () => {
      lastAt = performance.now();
    },
    end: () => clearInterval(timer),
    async failing(finished: Promise<void>): Promise<void> {
      try {
        await finished;
      } catch (error) {
        throw stalled ?? error;
      }
    },
  };
}

async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (found) => found.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
