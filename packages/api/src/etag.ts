import { createHash } from 'node:crypto';
import { ApiError } from './errors.js';

/** The versions a client is willing to change, or any. */
export type IfMatch = readonly number[] | '*';

const MAX_VERSION = 2_147_483_647;

/** The entity tag of a version. Strong: the same version is the same bytes. */
export const etagOf = (version: number): string => `"${version}"`;

/** The entity tag of an answer of which parts change without its version, such as those of other rows: both are in it. */
export function etagOfWhole(version: number, text: string): string {
  const digest = createHash('sha256').update(JSON.stringify(sorted(JSON.parse(text))));
  return `"${version}-${digest.digest('base64url').slice(0, 16)}"`;
}

/** The same value with its names in order: handlers, and stored answers, order them differently. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, sorted(item)]),
  );
}

/**
 * Reads If-Match: the versions in it, for a write touches the row alone. Absent: ApiError `precondition_required`.
 * Tags that are no version of ours match nothing.
 */
export function parseIfMatch(header: string | undefined): IfMatch {
  if (header === undefined) {
    throw new ApiError('precondition_required', 'send If-Match with the ETag of the version you read');
  }
  if (header.trim() === '*') return '*';
  return [...header.matchAll(/(?<!W\/)"(\d{1,10})(?:-[\w-]{16})?"/g)]
    .map((match) => Number(match[1]))
    .filter((version) => version <= MAX_VERSION);
}

/** Whether If-None-Match says that the client has this version. Compared weakly: proxies weaken tags when they compress. */
export const knows = (header: string | undefined, etag: string): boolean =>
  header?.trim() === '*' ||
  (header?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag) ?? false);

/** The Prisma condition for If-Match. */
export const versionIn = (ifMatch: IfMatch): { version?: { in: number[] } } =>
  ifMatch === '*' ? {} : { version: { in: [...ifMatch] } };

/** What an update or delete that touched nothing means, given the row's version now, if it is there. */
export function missed(current: { version: number } | null): ApiError {
  if (current === null) return new ApiError('not_found');
  return new ApiError('precondition_failed', `the version is ${current.version} now`, {
    headers: { ETag: etagOf(current.version) },
  });
}

/** The version to change: undefined where any will do. Throws ApiError `precondition_failed` when If-Match names another one. */
export function expectedVersion(ifMatch: IfMatch, current: { version: number }): number | undefined {
  if (ifMatch === '*') return undefined;
  if (!ifMatch.includes(current.version)) throw missed(current);
  return current.version;
}
