import { type CatalogEntry, compareCatalogs } from './catalog.js';
import type { Manifest } from './manifest.js';
import type { SnapshotContent } from './snapshot.js';

export interface Comparison {
  /** What is not as it was, each by its name. */
  problems: string[];
  /** What differs and may. */
  notes: string[];
  compared: { tables: number; rows: number; sequences: number; catalogEntries: number; migrations: number };
}

/**
 * Holds what a restored database contains against what the backed-up one held in the dump's snapshot: every table's
 * rows and hash, every object, owner and grant, sequences, large objects, migrations.
 */
export function compareContent(
  expected: { manifest: Manifest; catalog: readonly CatalogEntry[] },
  restored: SnapshotContent,
  options: { sameMajor: boolean; leftOut: readonly string[] },
): Comparison {
  const { content } = expected.manifest;
  const found = restored.content;
  const problems: string[] = [];
  const notes = options.leftOut.map((line) => `left out, because it needs a superuser: ${line}`);
  const key = (item: { schema: string; name: string }) => `${item.schema}.${item.name}`;

  const tables = new Map(found.tables.map((table) => [key(table), table]));
  for (const table of content.tables) {
    const now = tables.get(key(table));
    tables.delete(key(table));
    if (now === undefined) problems.push(`table ${key(table)} is missing`);
    else if (now.rows !== table.rows)
      problems.push(`table ${key(table)} has ${now.rows} rows instead of ${table.rows}`);
    else if (table.hash !== null && now.hash !== table.hash)
      problems.push(`table ${key(table)} has other values than were backed up`);
  }
  for (const name of tables.keys()) problems.push(`table ${name} was not in the backup`);

  const sequences = new Map(found.sequences.map((sequence) => [key(sequence), sequence]));
  for (const sequence of content.sequences) {
    const now = sequences.get(key(sequence));
    if (now === undefined) problems.push(`sequence ${key(sequence)} is missing`);
    else if (isBehind(now.lastValue, sequence.lastValue)) {
      problems.push(`sequence ${key(sequence)} stands at ${now.lastValue} and was at ${sequence.lastValue}`);
    }
  }
  if (found.largeObjects !== content.largeObjects)
    problems.push(`${found.largeObjects} large objects instead of ${content.largeObjects}`);

  const omitted = omittedKinds(options.leftOut);
  for (const { kind, name, problem } of compareCatalogs(expected.catalog, restored.catalog, options)) {
    if (!omitted(kind, name)) problems.push(`${kind} ${name} is ${problem}`);
  }

  const migrations = new Map(found.migrations.map(({ name, checksum }) => [name, checksum]));
  for (const { name, checksum } of content.migrations) {
    if (migrations.get(name) !== checksum) problems.push(`migration ${name} is not recorded as it was`);
  }
  const versions = new Map(found.extensions.map(({ name, version }) => [name, version]));
  for (const { name, version } of content.extensions) {
    const now = versions.get(name);
    if (now !== undefined && now !== version)
      notes.push(`extension ${name} is ${now} here and was ${version}`);
  }
  return {
    problems,
    notes,
    compared: {
      tables: content.tables.length,
      rows: content.tables.reduce((sum, { rows }) => sum + rows, 0),
      sequences: content.sequences.length,
      catalogEntries: expected.catalog.length,
      migrations: content.migrations.length,
    },
  };
}

/** Sequences are not part of a snapshot: being ahead is right, being behind is not. */
function isBehind(now: string | null, before: string | null): boolean {
  if (before === null) return false;
  return now === null || BigInt(now) < BigInt(before);
}

/** Catalog entries that cannot be there because their list entries were left out. */
function omittedKinds(leftOut: readonly string[]): (kind: string, name: string) => boolean {
  const extensions = leftOut.flatMap((line) => /^EXTENSION - (\S+)/.exec(line)?.[1] ?? []);
  const systemGrants = leftOut.some((line) => line.startsWith('ACL pg_catalog '));
  return (kind, name) =>
    (kind === 'extension' && extensions.includes(name)) || (kind === 'system function grant' && systemGrants);
}
