import { join } from 'node:path';
import { PlinthError } from '@plinth/db';
import type { AgeOpener } from './age.js';
import { type ArchiveRows, readArchive } from './archive-reader.js';
import type { ClientTools } from './client-tools.js';
import { createCounter, readSealed } from './file-pipeline.js';
import { followFile } from './growing-file.js';
import type { ManifestDraft, StoredFile } from './manifest.js';
import { compareDigests, compareRows, verifyFiles } from './verify-files.js';

export interface ReadBackOptions {
  /** The folder of the set that is being made. */
  folder: string;
  tools: ClientTools;
  opener: AgeOpener | undefined;
  signal?: AbortSignal | undefined;
}

/** A dump that is read again while it is being written. */
export interface FollowedDump {
  grownTo(storedBytes: number): void;
  /** The dump is complete, or failed with an error: the reader then ends. */
  ended(error?: unknown): void;
  /** Settles when the reader has ended, whatever it found. */
  settled: Promise<unknown>;
  /** What differs from what was written and from the rows of the snapshot. After `ended`. Throws what reading threw. */
  problems(file: StoredFile, tables: ManifestDraft['content']['tables']): Promise<string[]>;
}

/**
 * Reads the file of a streamed dump from disk as it grows, through decryption, unpacking and pg_restore, counting rows
 * and hashing: the check that takes as long as the dump is then over when the dump is.
 */
export function followDump(
  file: { name: string; zstd: boolean; encrypted: boolean },
  { folder, tools, opener, signal }: ReadBackOptions,
): FollowedDump {
  const growing = followFile(join(folder, file.name));
  const [stored, plain] = [createCounter(), createCounter()];
  const sealing = { zstd: file.zstd, opener: file.encrypted ? opener : undefined, stored };
  const reading = readArchive(tools, plain.through(readSealed(growing.read(), sealing)), signal).then(
    (rows: ArchiveRows) => ({ rows }),
    (error: unknown) => ({ error }),
  );
  return {
    grownTo: growing.grownTo,
    ended: (error) => (error === undefined ? growing.completed() : growing.failed(error)),
    settled: reading,
    async problems(written, tables) {
      const read = await reading;
      if ('error' in read) return [damageOf(read.error)];
      return [...compareDigests(written, { stored, plain }), ...compareRows(tables, read.rows)];
    },
  };
}

/**
 * Everything is read again from disk and counted before it counts as a backup; a followed dump has been read already.
 * Throws `backup_corrupt`.
 */
export async function readBack(
  draft: ManifestDraft,
  options: ReadBackOptions,
  followed: FollowedDump | undefined,
): Promise<void> {
  const dump = draft.files.find(({ role }) => role === 'dump');
  const found =
    followed && dump
      ? { problems: await followed.problems(dump, draft.content.tables), name: dump.name }
      : undefined;
  const { problems } = await verifyFiles({
    manifest: draft,
    path: (name) => join(options.folder, name),
    level: 2,
    opener: options.opener,
    tools: options.tools,
    signal: options.signal,
    ...(found ? { alreadyRead: new Set([found.name]) } : {}),
  });
  const all = [...(found?.problems ?? []), ...problems];
  if (all.length === 0) return;
  throw new PlinthError(
    'backup_corrupt',
    `the new backup did not read back as it was written: ${all.join('; ')}`,
    {
      fix: 'check the disk; nothing was kept',
    },
  );
}

/** Damage is an answer; anything else (a cancellation, no pg_restore) ends the check. */
function damageOf(error: unknown): string {
  if (error instanceof PlinthError && error.code === 'backup_corrupt') return error.message;
  throw error;
}
