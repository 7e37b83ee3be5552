import { createHash } from 'node:crypto';
import { createRandom, type Random } from './random.js';

/** A value of a column as JSON carries it: timestamps as ISO text, bytea as `\x...`. */
export type SeedValue =
  | string
  | number
  | boolean
  | null
  | readonly string[]
  | { readonly [key: string]: unknown };

/** One row by column name. Every row names its id, so that seeding again finds it. */
export type SeedRow = Readonly<Record<string, SeedValue>>;

/** The rows of one table. Tables come parents first. */
export interface SeedTable {
  table: string;
  rows: readonly SeedRow[];
}

/** A named data set: one file under seed/, registered in registry.ts. */
export interface Scenario {
  name: string;
  description: string;
  /** The moment its times count from; absent: the day of its first run, remembered for the later ones. */
  anchor?: string;
  build(context: SeedContext): SeedTable[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What a scenario makes its rows from: nothing else may vary between two runs. */
export interface SeedContext {
  readonly seed: number;
  readonly anchor: Date;
  /** The hash of `password123`; salted, so the only column that differs between two databases. */
  readonly passwordHash: string;
  /** The UUIDv7-shaped id of a thing named by `key`; `at` goes into its first 48 bits. */
  id(key: string, at?: string): string;
  /** ISO time so many days before the anchor, and minutes after that. */
  at(daysBefore: number, minutes?: number): string;
  random(label: string): Random;
  /** SHA-256 of a text as bytea. */
  sha256(text: string): string;
}

/** Makes the context of a run. `anchor` is where its times count from. */
export function createSeedContext(options: {
  seed: number;
  anchor: Date;
  passwordHash: string;
}): SeedContext {
  const { seed, anchor, passwordHash } = options;
  const at = (daysBefore: number, minutes = 0) =>
    new Date(anchor.getTime() - daysBefore * DAY_MS + minutes * MINUTE_MS).toISOString();
  return {
    seed,
    anchor,
    passwordHash,
    id: (key, time) => seededId(seed, key, time === undefined ? CURATED_MS : Date.parse(time)),
    at,
    random: (label) => createRandom(seed, label),
    sha256: (text) => `\\x${createHash('sha256').update(text).digest('hex')}`,
  };
}

/** Time in the ids of things that several scenarios share, whatever their anchors. */
const CURATED_MS = Date.parse('2026-01-01T00:00:00Z');

/** A UUID with the layout of version 7 (RFC 9562): milliseconds, then bits that depend on seed and key alone. */
export function seededId(seed: number, key: string, timeMs: number): string {
  const bytes = createHash('sha256').update(`${seed}:${key}`).digest().subarray(0, 16);
  bytes.writeUIntBE(timeMs, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
