import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Transform } from 'node:stream';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { PlinthError } from '@plinth/db';
import { type AgeOpener, type AgeSeal, decryptAge, encryptAge } from './age.js';
import { giveBack } from './give-back.js';

/** Size and SHA-256 of a file before and after compression and encryption. */
export interface FileDigest {
  plainBytes: number;
  plainSha256: string;
  storedBytes: number;
  storedSha256: string;
}

export interface Sealing {
  /** zstd level 1..19; undefined stores as is. */
  zstdLevel: number | undefined;
  /** undefined stores unencrypted. */
  seal: AgeSeal | undefined;
}

const READ_BYTES = 256 * 1024;
const COMPRESS_BYTES = 512 * 1024;
/** What zstd answers at a time. Only whole ones can be given back. */
const DECOMPRESS_BYTES = 128 * 1024;
const WRITE_BYTES = 1024 * 1024;
/** So much may wait for the disk before it is asked to begin; at the end little is left to wait for. */
const SYNC_BYTES = 8 * WRITE_BYTES;

/**
 * Writes a stream to a new file (mode 0600) through hash, zstd, age and hash, and syncs it to disk. The pieces of the
 * stream become its own; see giveBack. Resolves only after `sourceFinished`: the end of a stream is not a success, its producer's exit code is. Rejects with what failed
 * first; the file is then incomplete and the caller's to remove.
 */
export async function writeSealed(
  path: string,
  source: AsyncIterable<Buffer>,
  sealing: Sealing,
  options: {
    sourceFinished?: Promise<void>;
    signal?: AbortSignal | undefined;
    onBytes?: (plainBytes: number) => void;
    /** Told what is in the file, after each write. */
    onStored?: (storedBytes: number) => void;
    sync?: boolean;
  } = {},
): Promise<FileDigest> {
  const {
    sourceFinished = Promise.resolve(),
    signal,
    onBytes = () => {},
    onStored = () => {},
    sync = true,
  } = options;
  // It may fail while the last bytes are still on their way to the disk; it is awaited after them.
  sourceFinished.catch(() => {});
  const plain = createCounter();
  const stored = createCounter();
  const counted = plain.through(source, (total) => {
    signal?.throwIfAborted();
    onBytes(total);
  });
  const compressed = sealing.zstdLevel === undefined ? counted : compress(counted, sealing.zstdLevel);
  const sealed = sealing.seal === undefined ? compressed : encryptAge(sealing.seal, compressed);
  const file = await open(path, 'wx', 0o600);
  try {
    await writeAll(file, stored.through(sealed), { onStored, sync });
    await sourceFinished;
    signal?.throwIfAborted();
    if (sync) await file.sync();
  } catch (error) {
    // A full disk is ours alone; the producer's complaint about the closed pipe is its echo.
    const full = asNoSpace(error, path);
    if (full !== undefined) throw full;
    // Else, when the producer failed, the stream's error is the echo.
    await sourceFinished;
    signal?.throwIfAborted();
    throw error;
  } finally {
    await file.close();
  }
  return {
    plainBytes: plain.bytes(),
    plainSha256: plain.digest(),
    storedBytes: stored.bytes(),
    storedSha256: stored.digest(),
  };
}

/**
 * Opens a stored file, or the bytes of one, as the plain stream it was made from; `stored` counts what is read from disk.
 * Throws `backup_corrupt` and `key_wrong` while it is read.
 */
export function readSealed(
  from: string | AsyncIterable<Buffer>,
  sealing: { zstd: boolean; opener: AgeOpener | undefined; stored?: Counter },
): AsyncIterable<Buffer> {
  const file: AsyncIterable<Buffer> =
    typeof from === 'string' ? createReadStream(from, { highWaterMark: READ_BYTES }) : from;
  const stored = sealing.stored === undefined ? file : sealing.stored.through(file);
  const opened = sealing.opener === undefined ? stored : decryptAge(sealing.opener, stored);
  return sealing.zstd ? decompress(opened) : opened;
}

export interface Counter {
  through(source: AsyncIterable<Buffer>, onBytes?: (total: number) => void): AsyncGenerator<Buffer>;
  bytes(): number;
  /** Hexadecimal; once. */
  digest(): string;
}

/** Counts and hashes what passes through. */
export function createCounter(): Counter {
  const hash = createHash('sha256');
  let total = 0;
  return {
    async *through(source, onBytes) {
      for await (const piece of source) {
        hash.update(piece);
        total += piece.length;
        onBytes?.(total);
        yield piece;
      }
    },
    bytes: () => total,
    digest: () => hash.digest('hex'),
  };
}

function compress(source: AsyncIterable<Buffer>, level: number): AsyncIterable<Buffer> {
  const params = { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 };
  const zstd = createZstdCompress({ params, chunkSize: READ_BYTES });
  return through(zstd, async (write) => {
    // A pipe gives 64 KiB at a time, and every write to zstd is a trip to another thread: they are collected in one
    // block while zstd works on the other.
    let [block, other] = [Buffer.allocUnsafeSlow(COMPRESS_BYTES), Buffer.allocUnsafeSlow(COMPRESS_BYTES)];
    let held = 0;
    let written: Promise<void> = Promise.resolve();
    for await (const piece of source) {
      for (let at = 0; at < piece.length; ) {
        const copied = piece.copy(block, held, at);
        at += copied;
        held += copied;
        if (held < COMPRESS_BYTES) continue;
        await written;
        written = write(block);
        written.catch(() => {});
        [block, other, held] = [other, block, 0];
      }
      giveBack(piece);
    }
    await written;
    if (held > 0) await write(block.subarray(0, held));
  });
}

async function* decompress(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const zstd = createZstdDecompress({ chunkSize: DECOMPRESS_BYTES });
  try {
    yield* through(zstd, async (write) => {
      for await (const piece of source) {
        await write(piece);
        giveBack(piece);
      }
    });
  } catch (cause) {
    if (!/^(ERR_ZLIB|ZSTD_|Z_)/.test(String((cause as NodeJS.ErrnoException).code))) throw cause;
    throw new PlinthError('backup_corrupt', `the compressed data is damaged (${(cause as Error).message})`, {
      cause,
    });
  }
}

/** What comes out of a transform while `feed` writes into it. A written piece is free when its promise resolves. */
async function* through(
  transform: Transform,
  feed: (write: (piece: Buffer) => Promise<void>) => Promise<void>,
): AsyncGenerator<Buffer> {
  const write = (piece: Buffer) =>
    new Promise<void>((resolve, reject) => {
      transform.write(piece, (error) => (error ? reject(error) : resolve()));
    });
  // A failure on either side destroys the other and surfaces below.
  feed(write).then(
    () => transform.end(),
    (error) => transform.destroy(error),
  );
  yield* transform as AsyncIterable<Buffer>;
}

/** Writes in large blocks, and has the disk begin long before the end. */
async function writeAll(
  file: FileHandle,
  source: AsyncIterable<Buffer>,
  { onStored, sync }: { onStored: (storedBytes: number) => void; sync: boolean },
): Promise<void> {
  const block = Buffer.allocUnsafeSlow(WRITE_BYTES);
  let held = 0;
  let total = 0;
  let synced = 0;
  let syncing: Promise<void> | undefined;
  // The system tells of a failed write once, to the first who asks.
  let syncFailure: { error: unknown } | undefined;
  const flush = async () => {
    for (let at = 0; at < held; ) at += (await file.write(block, at, held - at)).bytesWritten;
    total += held;
    held = 0;
    if (syncFailure !== undefined) throw syncFailure.error;
    onStored(total);
    if (!sync || syncing !== undefined || total - synced < SYNC_BYTES) return;
    synced = total;
    syncing = file.datasync().then(
      () => {
        syncing = undefined;
      },
      (error) => {
        syncFailure = { error };
      },
    );
  };
  try {
    for await (const piece of source) {
      for (let at = 0; at < piece.length; ) {
        const copied = piece.copy(block, held, at);
        at += copied;
        held += copied;
        if (held === WRITE_BYTES) await flush();
      }
      giveBack(piece);
    }
    await flush();
  } finally {
    await syncing;
  }
  if (syncFailure !== undefined) throw (syncFailure as { error: unknown }).error;
}

/** The error of a full disk in words; undefined for any other. */
export function asNoSpace(error: unknown, path: string): PlinthError | undefined {
  if (!['ENOSPC', 'EFBIG', 'EDQUOT'].includes(String((error as NodeJS.ErrnoException).code)))
    return undefined;
  return new PlinthError('no_space', `no space left while writing ${path}`, {
    cause: error,
    fix: 'free space, or `plinth backup prune`; nothing half-made was kept',
  });
}
