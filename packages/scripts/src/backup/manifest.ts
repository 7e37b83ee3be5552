import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { PlinthError } from '@plinth/db';
import type { FileDigest } from './file-pipeline.js';

export const FORMAT_VERSION = 2;

/** One file of a set. */
export interface StoredFile extends FileDigest {
  /** Relative to the set's folder, with forward slashes. */
  name: string;
  role: 'dump' | 'globals' | 'catalog';
  zstd: boolean;
  encrypted: boolean;
}

/** What one table held in the dump's snapshot. */
export interface TableContent {
  schema: string;
  name: string;
  rows: number;
  /** Sum of the 64-bit hashes of all rows, in decimal; null when only counted. */
  hash: string | null;
}

export interface SequenceContent {
  schema: string;
  name: string;
  /** As text, because it may exceed JavaScript's safe integers; null when never used. */
  lastValue: string | null;
}

/** What a database has besides its objects; pg_dump leaves it out without --create. */
export interface DatabaseProperties {
  owner: string;
  grants: { grantee: string; privilege: string; grantable: boolean }[];
  settings: { role: string | null; setting: string }[];
  connectionLimit: number;
}

export interface RoleContent {
  name: string;
  login: boolean;
  superuser: boolean;
  createdb: boolean;
  createrole: boolean;
  inherit: boolean;
  replication: boolean;
  bypassrls: boolean;
  memberOf: string[];
  settings: string[];
}

/** All that is known about a backup set. Written last, and never changed afterwards: it is the commit marker. */
export interface Manifest {
  /** 2: rows are hashed value by value (content.ts); 1 hashed their texts. */
  formatVersion: number;
  id: string;
  /** Room for physical backups; only logical ones are made. */
  kind: 'logical';
  createdAt: string;
  startedAt: string;
  finishedAt: string;
  host: string;
  note: string | null;
  source: {
    systemIdentifier: string;
    database: string;
    serverVersion: string;
    serverMajor: number;
    encoding: string;
    collate: string;
    ctype: string;
  };
  client: { version: string; major: number };
  engine: { format: 'custom' | 'directory'; jobs: number; compression: string };
  encryption: { format: 'age'; recipients: string[] } | null;
  files: StoredFile[];
  content: {
    fingerprint: 'counts' | 'hash';
    tables: TableContent[];
    sequences: SequenceContent[];
    largeObjects: number;
    /** Number of catalog entries; the entries themselves are in the catalog file. */
    catalogEntries: number;
    extensions: { name: string; version: string; schema: string }[];
    roles: RoleContent[];
    properties: DatabaseProperties;
    migrations: { name: string; checksum: string }[];
  };
  stats: { plainBytes: number; storedBytes: number; durationMs: number };
  /** Over everything above, keyed with the set's file key; null without encryption. */
  mac: string | null;
  /** SHA-256 over everything above. */
  sha256: string;
}

export type ManifestDraft = Omit<Manifest, 'mac' | 'sha256'>;

/** Completes a manifest: authenticated with the set's key where there is one, then hashed. */
export function sealManifest(draft: ManifestDraft, fileKey: Buffer | undefined): Manifest {
  const mac = fileKey === undefined ? null : macOf(draft, fileKey);
  return { ...draft, mac, sha256: sha256(canonicalJson({ ...draft, mac })) };
}

/** The text of a manifest as it is stored. */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Reads a manifest and checks its hash. Throws `backup_corrupt`, and `version_incompatible` for another format. */
export function parseManifest(text: string, id: string): Manifest {
  const manifest = parseJson(text, id);
  if (typeof manifest !== 'object' || manifest === null) throw corrupt(id, 'it is not a JSON object');
  const { sha256: stated, ...rest } = manifest as Manifest;
  if (typeof stated !== 'string' || sha256(canonicalJson(rest)) !== stated)
    throw corrupt(id, 'its hash does not fit its content');
  if (rest.formatVersion !== FORMAT_VERSION) {
    throw new PlinthError(
      'version_incompatible',
      `backup ${id} has format ${rest.formatVersion}; this plinth reads ${FORMAT_VERSION}`,
      {
        fix: 'use the plinth that made it, or restore by hand with its RESTORE.md',
      },
    );
  }
  if (formatManifest(manifest as Manifest) !== text) throw corrupt(id, 'its text was changed');
  if (rest.id !== id) throw corrupt(id, `it belongs to backup ${rest.id}`);
  return manifest as Manifest;
}

/** Throws `backup_corrupt` unless the manifest was written by somebody who had the set's file key. */
export function checkMac(manifest: Manifest, fileKey: Buffer): void {
  const { mac, sha256: _hash, ...draft } = manifest;
  const expected = Buffer.from(macOf(draft, fileKey), 'hex');
  const stated = Buffer.from(mac ?? '', 'hex');
  if (stated.length === expected.length && timingSafeEqual(stated, expected)) return;
  throw corrupt(manifest.id, 'it was not written with the key of this set');
}

function macOf(draft: ManifestDraft, fileKey: Buffer): string {
  const key = createHmac('sha256', fileKey).update('plinth manifest').digest();
  return createHmac('sha256', key).update(canonicalJson(draft)).digest('hex');
}

/** JSON with sorted keys and no white space, so that equal values have equal texts. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function parseJson(text: string, id: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw corrupt(id, 'it is not JSON', cause);
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function corrupt(id: string, why: string, cause?: unknown): PlinthError {
  return new PlinthError('backup_corrupt', `the manifest of backup ${id} is damaged: ${why}`, {
    cause,
    fix: 'use another backup; the files of this one may still be restorable by hand',
  });
}
