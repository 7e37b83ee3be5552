import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { PlinthError } from '@plinth/db';
import type { AgeOpener } from './age.js';
import { type ArchiveRows, readArchive } from './archive-reader.js';
import type { ClientTools } from './client-tools.js';
import { type Counter, createCounter, readSealed, writeSealed } from './file-pipeline.js';
import { giveBack } from './give-back.js';
import { checkMac, type Manifest, type ManifestDraft, type StoredFile } from './manifest.js';

export interface VerifyFilesOptions {
  manifest: Manifest | ManifestDraft;
  /** Where a file of the set is. */
  path: (name: string) => string;
  /** 0: there with their sizes; 1: every byte read and hashed, stored and plain; 2: read by pg_restore, rows counted. */
  level: 0 | 1 | 2;
  /** Without it, encrypted files are checked as stored only, and level 2 is refused. */
  opener: AgeOpener | undefined;
  /** For level 2. */
  tools: ClientTools | undefined;
  signal?: AbortSignal | undefined;
  /** Names of files whose content was read and compared before; of these only the size is looked at. */
  alreadyRead?: ReadonlySet<string>;
}

/** Checks the files of a set against its manifest. Answers everything that is wrong, in words. Throws `key_missing`, `key_wrong`. */
export async function verifyFiles(
  options: VerifyFilesOptions,
): Promise<{ problems: string[]; plainChecked: boolean }> {
  const { manifest, level, opener } = options;
  const problems: string[] = [];
  for (const file of manifest.files) {
    const size = await stat(options.path(file.name)).then(
      (found) => found.size,
      () => undefined,
    );
    if (size === undefined) problems.push(`${file.name} is missing`);
    else if (size !== file.storedBytes)
      problems.push(`${file.name} has ${size} bytes instead of ${file.storedBytes}`);
  }
  if (level === 0 || problems.length > 0) return { problems, plainChecked: false };

  if (level === 2 && manifest.encryption !== null && opener === undefined) throw keyMissing(manifest.id);
  let fileKey: Buffer | undefined;
  const remember: AgeOpener | undefined =
    opener &&
    (async (header) => {
      fileKey = await opener(header);
      return fileKey;
    });
  const dumps = manifest.files.filter(({ role }) => role === 'dump');
  const streamed = level === 2 && manifest.engine.format === 'custom';
  for (const file of manifest.files) {
    if (options.alreadyRead?.has(file.name)) continue;
    const plain = openFile(file, options, remember, problems);
    if (streamed && file.role === 'dump') await countRows(options, plain, problems);
    else await drain(plain, file, problems, options.signal);
  }
  if (level === 2 && !streamed && problems.length === 0) {
    await withPlainDirectory(dumps, options, (folder) => countRows(options, folder, problems));
  }
  if (fileKey !== undefined && 'mac' in manifest) {
    try {
      checkMac(manifest, fileKey);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  return { problems, plainChecked: manifest.encryption === null || opener !== undefined };
}

/** Decrypts and unpacks dump files into `folder`, checking every hash on the way. Answers the archive's path. */
export async function unpackDump(
  files: readonly StoredFile[],
  options: Pick<VerifyFilesOptions, 'path' | 'opener' | 'signal'> & { onBytes?: (bytes: number) => void },
  folder: string,
): Promise<string> {
  const dumps = files.filter(({ role }) => role === 'dump');
  const directory = dumps.some(({ name }) => name.startsWith('dump/'));
  const target = directory ? join(folder, 'dump') : folder;
  await mkdir(target, { recursive: true, mode: 0o700 });
  const problems: string[] = [];
  let done = 0;
  let path = target;
  for (const file of dumps) {
    path = join(target, basename(file.name).replace(/(\.zst)?(\.age)?$/, ''));
    const plain = openFile(file, options, options.opener, problems);
    await writeSealed(
      path,
      plain,
      { zstdLevel: undefined, seal: undefined },
      {
        signal: options.signal,
        onBytes: (bytes) => options.onBytes?.(done + bytes),
        sync: false,
      },
    );
    done += file.plainBytes;
  }
  if (problems.length > 0)
    throw new PlinthError('backup_corrupt', problems.join('; '), { fix: 'use another backup' });
  return directory ? target : path;
}

/** The content of one small file of a set, checked. Throws `backup_corrupt`, `key_wrong`, `key_missing`. */
export async function readSmallFile(
  manifest: Manifest,
  role: 'catalog' | 'globals',
  options: Pick<VerifyFilesOptions, 'path' | 'opener'>,
): Promise<string> {
  const file = manifest.files.find((candidate) => candidate.role === role);
  if (file === undefined)
    throw new PlinthError('backup_corrupt', `backup ${manifest.id} has no ${role} file`);
  if (file.encrypted && options.opener === undefined) throw keyMissing(manifest.id);
  const problems: string[] = [];
  const parts: Buffer[] = [];
  for await (const part of openFile(file, options, options.opener, problems)) parts.push(part);
  if (problems.length > 0) throw new PlinthError('backup_corrupt', problems.join('; '));
  return Buffer.concat(parts).toString('utf8');
}

/** The error for an encrypted set without a key. */
export function keyMissing(id: string): PlinthError {
  return new PlinthError('key_missing', `backup ${id} is encrypted and no key was given`, {
    fix: 'give --identity <file> (BACKUP_IDENTITY_FILE), or --key-env <name> for a passphrase',
  });
}

/** The plain stream of a file, or its stored bytes without a key; its hashes are compared when it has been read to the end. */
async function* openFile(
  file: StoredFile,
  { path }: Pick<VerifyFilesOptions, 'path'>,
  opener: AgeOpener | undefined,
  problems: string[],
): AsyncGenerator<Buffer> {
  const readable = !file.encrypted || opener !== undefined;
  const [stored, plain] = [createCounter(), createCounter()];
  const sealing = { zstd: readable && file.zstd, opener: file.encrypted ? opener : undefined, stored };
  yield* plain.through(readSealed(path(file.name), sealing));
  problems.push(...compareDigests(file, { stored, plain: readable ? plain : undefined }));
}

/** What was read from disk, and what it unpacked to where that could be seen, against what was written; in words. */
export function compareDigests(
  file: StoredFile,
  read: { stored: Counter; plain: Counter | undefined },
): string[] {
  const { stored, plain } = read;
  const problems: string[] = [];
  if (stored.bytes() !== file.storedBytes || stored.digest() !== file.storedSha256)
    problems.push(`${file.name} is not what was stored: its SHA-256 differs`);
  if (plain && (plain.bytes() !== file.plainBytes || plain.digest() !== file.plainSha256))
    problems.push(`${file.name} does not unpack to what was dumped: its SHA-256 differs`);
  return problems;
}

/** The rows of an archive against those of the snapshot; in words. */
export function compareRows(tables: Manifest['content']['tables'], rows: ArchiveRows): string[] {
  return tables.flatMap((table) => {
    const found = rows.get(`${table.schema}\0${table.name}`) ?? 0;
    if (found === table.rows) return [];
    return [`the archive holds ${found} rows of ${table.schema}.${table.name} instead of ${table.rows}`];
  });
}

async function drain(
  plain: AsyncIterable<Buffer>,
  file: StoredFile,
  problems: string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    for await (const part of plain) {
      signal?.throwIfAborted();
      giveBack(part);
    }
  } catch (error) {
    note(error, `${file.name}: `, problems);
  }
}

async function countRows(
  options: VerifyFilesOptions,
  archive: AsyncIterable<Buffer> | string,
  problems: string[],
): Promise<void> {
  const { manifest, tools, signal } = options;
  if (tools === undefined)
    throw new PlinthError('version_incompatible', 'level 2 needs pg_restore', {
      fix: 'install the PostgreSQL client tools',
    });
  try {
    problems.push(...compareRows(manifest.content.tables, await readArchive(tools, archive, signal)));
  } catch (error) {
    note(error, '', problems);
  }
}

/** Damage is an answer; anything else (a wrong key, a cancellation) ends the check. */
function note(error: unknown, prefix: string, problems: string[]): void {
  if (!(error instanceof PlinthError) || error.code !== 'backup_corrupt') throw error;
  problems.push(`${prefix}${error.message}`);
}

async function withPlainDirectory<T>(
  dumps: readonly StoredFile[],
  options: VerifyFilesOptions,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-verify-'));
  try {
    return await work(await unpackDump(dumps, options, folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
