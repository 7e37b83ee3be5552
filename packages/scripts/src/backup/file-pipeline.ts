import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline, Readable, type Transform } from 'node:stream';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { PlinthError } from '@plinth/db';
import { type AgeOpener, type AgeSeal, chunksOf, decryptAge, encryptAge } from './age.js';

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
const WRITE_BYTES = 1024 * 1024;

/**
 * Writes a stream to a new file (mode 0600) through hash, zstd, age and hash, and syncs it to disk. Resolves only
 * after `sourceFinished`: the end of a stream is not a success, its producer's exit code is. Rejects with what failed
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
    sync?: boolean;
  } = {},
): Promise<FileDigest> {
  const { sourceFinished = Promise.resolve(), signal, onBytes = () => {} } = options;
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
    await writeAll(file, stored.through(sealed));
    await sourceFinished;
    signal?.throwIfAborted();
    if (options.sync ?? true) await file.sync();
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
 * Opens a stored file as the plain stream it was made from; `stored` counts what is read from disk. Throws
 * `backup_corrupt` and `key_wrong` while it is read.
 */
export function readSealed(
  path: string,
  sealing: { zstd: boolean; opener: AgeOpener | undefined; stored?: Counter },
): AsyncIterable<Buffer> {
  const file: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: READ_BYTES });
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
  // A pipe gives 64 KiB at a time; every write to zstd is a trip to another thread.
  return pass(chunksOf(source, COMPRESS_BYTES), zstd);
}

async function* decompress(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const zstd = createZstdDecompress({ chunkSize: READ_BYTES });
  try {
    yield* pass(source, zstd);
  } catch (cause) {
    if (!/^(ERR_ZLIB|ZSTD_|Z_)/.test(String((cause as NodeJS.ErrnoException).code))) throw cause;
    throw new PlinthError('backup_corrupt', `the compressed data is damaged (${(cause as Error).message})`, {
      cause,
    });
  }
}

async function* pass(source: AsyncIterable<Buffer>, through: Transform): AsyncGenerator<Buffer> {
  const readable = Readable.from(source, { objectMode: false, highWaterMark: READ_BYTES });
  // A failure on either side destroys the other and surfaces below.
  pipeline(readable, through, () => {});
  yield* through as AsyncIterable<Buffer>;
}

async function writeAll(file: FileHandle, source: AsyncIterable<Buffer>): Promise<void> {
  let parts: Buffer[] = [];
  let held = 0;
  const flush = async () => {
    const block = Buffer.concat(parts, held);
    parts = [];
    held = 0;
    for (let at = 0; at < block.length; ) at += (await file.write(block, at)).bytesWritten;
  };
  for await (const piece of source) {
    parts.push(piece);
    held += piece.length;
    if (held >= WRITE_BYTES) await flush();
  }
  await flush();
}

function asNoSpace(error: unknown, path: string): PlinthError | undefined {
  if (!['ENOSPC', 'EFBIG', 'EDQUOT'].includes(String((error as NodeJS.ErrnoException).code)))
    return undefined;
  return new PlinthError('no_space', `no space left while writing ${path}`, {
    cause: error,
    fix: 'free space, or `plinth backup prune`; nothing half-made was kept',
  });
}
