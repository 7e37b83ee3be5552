import type { StoredSet, Verification } from './store.js';

/** One set as `backup list` shows it. */
export interface SetSummary {
  id: string;
  createdAt: string;
  kind: string;
  database: string;
  storedBytes: number;
  plainBytes: number;
  rows: number;
  durationMs: number;
  encrypted: boolean;
  /** Highest level verified with success since the last failure; null when none, or when the last one failed. */
  verified: number | null;
  verifiedAt: string | null;
  failed: boolean;
  pinnedUntil: string | null;
  note: string | null;
}

/** Describes a set from what the store holds alone. */
export function summarize({ id, manifest, verifications, pin }: StoredSet): SetSummary {
  const best = lastProof(verifications);
  return {
    id,
    createdAt: manifest.createdAt,
    kind: manifest.kind,
    database: manifest.source.database,
    storedBytes: manifest.stats.storedBytes,
    plainBytes: manifest.stats.plainBytes,
    rows: manifest.content.tables.reduce((sum, { rows }) => sum + rows, 0),
    durationMs: manifest.stats.durationMs,
    encrypted: manifest.encryption !== null,
    verified: best?.level ?? null,
    verifiedAt: best?.at ?? null,
    failed: verifications.at(-1)?.ok === false,
    pinnedUntil: pin?.until ?? null,
    note: manifest.note,
  };
}

/** The successful verification of the highest level, the newest of those; what lies before a failure proves nothing. */
export function lastProof(verifications: readonly Verification[]): Verification | undefined {
  const sorted = verifications.toSorted((a, b) => (a.at < b.at ? -1 : 1));
  const valid = sorted.slice(sorted.findLastIndex(({ ok }) => !ok) + 1);
  return valid.toSorted((a, b) => a.level - b.level).at(-1);
}

/** The newest set that was verified with success at a level or a higher one, and has not failed since. */
export const newestProven = (sets: readonly StoredSet[], level: number): StoredSet | undefined =>
  sets.findLast(({ verifications }) => (lastProof(verifications)?.level ?? -1) >= level);

export interface StoreStats {
  sets: number;
  unreadable: number;
  storedBytes: number;
  newestAgeMs: number | null;
  /** Plain to stored bytes of the newest set. */
  ratio: number | null;
  /** Plain bytes per second of the newest set. */
  bytesPerSecond: number | null;
  /** Plain bytes per day, from the oldest to the newest set; null where less than a day lies between them. */
  growthBytesPerDay: number | null;
  /** Age of the newest set that was verified at level 3. */
  provenAgeMs: number | null;
  /** How long the last drill's restore took. */
  recoveryMs: number | null;
}

/** Numbers over all sets, oldest first. */
export function computeStats(sets: readonly StoredSet[], unreadable: number, now: Date): StoreStats {
  const newest = sets.at(-1)?.manifest;
  const oldest = sets[0]?.manifest;
  const age = (at: string | undefined) => (at === undefined ? null : now.getTime() - Date.parse(at));
  const drills = sets
    .flatMap(({ verifications }) => verifications)
    .filter(({ level, ok }) => level === 3 && ok)
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  const proven = newestProven(sets, 3);
  const days =
    newest && oldest ? (Date.parse(newest.createdAt) - Date.parse(oldest.createdAt)) / 86_400_000 : 0;
  return {
    sets: sets.length,
    unreadable,
    storedBytes: sets.reduce((sum, { manifest }) => sum + manifest.stats.storedBytes, 0),
    newestAgeMs: age(newest?.createdAt),
    ratio: newest ? newest.stats.plainBytes / Math.max(newest.stats.storedBytes, 1) : null,
    bytesPerSecond: newest ? (newest.stats.plainBytes * 1000) / Math.max(newest.stats.durationMs, 1) : null,
    growthBytesPerDay:
      newest && oldest && days >= 1 ? (newest.stats.plainBytes - oldest.stats.plainBytes) / days : null,
    provenAgeMs: age(proven?.manifest.createdAt),
    recoveryMs: (drills.at(-1)?.report as { restoreMs?: number } | undefined)?.restoreMs ?? null,
  };
}

/** Bytes as people read them. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log10(Math.max(Math.abs(bytes), 1)) / 3), units.length - 1);
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/** A time span as people read it. */
export function formatSpan(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 2 * 86_400_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} d`;
}
