import { createHash } from 'node:crypto';
import type pg from 'pg';
import { fingerprintQueries, type ObjectKind, scope } from './fingerprint-queries.js';

/** One object of the catalog: what it is, its qualified name, and everything that defines it. */
export interface CatalogObject {
  readonly kind: ObjectKind;
  readonly name: string;
  readonly definition: string;
}

/** Everything a database's schema is, data left out. */
export interface Fingerprint {
  /** SHA-256 of the objects: equal fingerprints, equal schemas. */
  readonly hash: string;
  /** PostgreSQL's major: each prints definitions in its own way, so that only equal majors compare. */
  readonly major: number;
  readonly objects: readonly CatalogObject[];
}

/** An object that two fingerprints do not have alike; the definition is null where it is not there. */
export interface ObjectDifference {
  readonly kind: ObjectKind;
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

const query = `with ${scope} ${Object.entries(fingerprintQueries)
  .map(
    ([kind, text]) =>
      `select '${kind}' as kind, o.name, coalesce(o.definition, '') as definition from (${text}) o(name, definition)`,
  )
  .join('\nunion all\n')}`;

/**
 * Reads the fingerprint of the client's database from the catalogs: any role may, inside a transaction or outside,
 * also a read-only one. Left out: partitions of declared parents, members of extensions, `_prisma_migrations` and
 * the schemas that libraries own (graphile_worker, plinth_migrate).
 */
export async function readFingerprint(client: Pick<pg.Client, 'query'>): Promise<Fingerprint> {
  const { rows: settings } = await client.query<{ path: string; major: number }>(
    "select current_setting('search_path') as path, current_setting('server_version_num')::int / 10000 as major",
  );
  const { path = '', major = 0 } = settings[0] ?? {};
  // PostgreSQL leaves out of a definition every schema that is on the search path.
  await client.query("select set_config('search_path', '', false)");
  try {
    const { rows } = await client.query<CatalogObject>(query);
    const objects = rows.toSorted((a, b) => compareText(keyOf(a), keyOf(b)));
    return { hash: createHash('sha256').update(JSON.stringify(objects)).digest('hex'), major, objects };
  } finally {
    // In a transaction that failed the setting is rolled back anyway, and this query would hide the reason.
    await client.query("select set_config('search_path', $1, false)", [path]).catch(() => {});
  }
}

/** The objects that differ, in the order of their kinds and names; none when the schemas are equal. */
export function compareFingerprints(
  before: Pick<Fingerprint, 'objects'>,
  after: Pick<Fingerprint, 'objects'>,
): ObjectDifference[] {
  const then = new Map(before.objects.map((object) => [keyOf(object), object]));
  const now = new Map(after.objects.map((object) => [keyOf(object), object]));
  const keys = [...new Set([...then.keys(), ...now.keys()])].sort(compareText);
  return keys.flatMap((key) => {
    const [a, b] = [then.get(key), now.get(key)];
    const object = a ?? b;
    if (object === undefined || a?.definition === b?.definition) return [];
    const { kind, name } = object;
    return { kind, name, before: a?.definition ?? null, after: b?.definition ?? null };
  });
}

const keyOf = ({ kind, name }: { kind: string; name: string }): string => `${kind} ${name}`;
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** One line per side for people, such as `index public.users_email_key: missing, was "CREATE ..."`. */
export function describeDifference({ kind, name, before, after }: ObjectDifference): string {
  if (before === null) return `${kind} ${name}: not there before, now "${after}"`;
  if (after === null) return `${kind} ${name}: missing, was "${before}"`;
  return `${kind} ${name}: was "${before}", now "${after}"`;
}
