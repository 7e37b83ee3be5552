import pg from 'pg';

/** What the generator knows of a column. Types are as format_type prints them. */
export interface SampleColumn {
  readonly name: string;
  readonly type: string;
  /** The type's category (pg_type.typcategory). */
  readonly category: string;
  /** Of an enum. */
  readonly labels: readonly string[] | null;
  readonly notNull: boolean;
  readonly defaultExpression: string | null;
}

/**
 * SQL expressions that a column may hold, likeliest first. `hints` are the texts of its CHECK constraints: their
 * literals, numbers and patterns are tried as values. `seed` makes rows differ. Whether a value passes is for
 * PostgreSQL to say: the caller filters candidates through the checks themselves.
 */
export function candidatesFor(column: SampleColumn, hints: readonly string[], seed: number): string[] {
  const text = hints.join(' ');
  const values = column.labels ? rotate(column.labels, seed) : valuesOf(column, text, seed);
  const typed = values.map((value) => `${pg.escapeLiteral(value)}::${column.type}`);
  const list =
    column.defaultExpression === null ? typed : [...typed, `(${column.defaultExpression})::${column.type}`];
  return column.notNull ? list : [...list, `null::${column.type}`];
}

function valuesOf({ type, category }: SampleColumn, hints: string, seed: number): string[] {
  const numbers = [...hints.matchAll(/(?<![\w.])\d+(?:\.\d+)?/g)].map(([digits]) => Number(digits));
  switch (category) {
    case 'B':
      return seed % 2 === 0 ? ['true', 'false'] : ['false', 'true'];
    case 'N':
      return [...new Set([seed + 1, ...numbers.flatMap((n) => [n, n - 1, n + 1, n + seed + 1]), 0, -1])].map(
        String,
      );
    case 'S':
      return shorten(strings(hints, numbers, seed), type);
    case 'D':
      return dates(type, seed);
    case 'T':
      return [`${seed + 1} hours`, '0'];
    case 'I':
      return [`10.0.0.${seed + 1}`];
    case 'A':
      return ['{}'];
    case 'R':
      return ['empty'];
    case 'G':
      return [`(${seed},${seed})`];
    case 'V':
      return ['1'];
    case 'U':
      return userDefined(type, numbers, seed);
    default:
      return ['1', ''];
  }
}

function strings(hints: string, numbers: number[], seed: number): string[] {
  const patterns = [...hints.matchAll(/~\*? '((?:[^']|'')*)'/g)].map(([, source]) =>
    fromPattern(source ?? '', seed),
  );
  const literals = [...hints.matchAll(/'((?:[^']|'')*)'/g)].map(([, literal]) =>
    (literal ?? '').replaceAll("''", "'"),
  );
  const sized = numbers.filter((n) => n > 0 && n <= 512).map((n) => `s${seed}`.padEnd(n, 'x').slice(0, n));
  const plain = [`sample ${seed}`, `sample${seed}@example.com`, `https://example.com/${seed}`, `s${seed}`];
  return [...new Set([...patterns, ...plain, ...literals, ...sized, ''])];
}

/** Keeps what fits into varchar(n) and char(n): a longer value would not be cut but refused. */
function shorten(values: string[], type: string): string[] {
  const limit = Number(/\((\d+)\)/.exec(type)?.[1] ?? Number.POSITIVE_INFINITY);
  return [...new Set(values.map((value) => value.slice(0, limit)))];
}

function dates(type: string, seed: number): string[] {
  const day = (n: number) => `2026-01-${String(n).padStart(2, '0')}`;
  const at = (n: number) => (type.startsWith('date') ? day(n) : `${day(n)} 00:00:00+00`);
  if (type.startsWith('time') && !type.startsWith('timestamp')) return [`0${seed % 10}:00:00`];
  // Past and future alike: checks compare with other columns and with now().
  return [at(2 + (seed % 20)), at(27), `2999${at(1 + (seed % 20)).slice(4)}`];
}

function userDefined(type: string, numbers: number[], seed: number): string[] {
  if (type === 'uuid') return [`00000000-0000-7000-8000-${String(seed + 1).padStart(12, '0')}`];
  if (type.startsWith('json')) return ['{}', '[]', '"text"', `${seed}`, 'null'];
  if (type === 'bytea') {
    const sizes = [...new Set([...numbers.filter((n) => n <= 8192), 32, 16, 1, 0])];
    const lead = (byte: string, n: number) =>
      `\\x${byte}${(seed + 2).toString(16).padStart(2, '0').repeat(n)}`.slice(0, 2 + 2 * n);
    return sizes.flatMap((n) => [lead('', n), lead('01', n)]);
  }
  if (type.startsWith('macaddr')) return [`08:00:2b:01:02:${String(seed % 100).padStart(2, '0')}`];
  if (/^(xid8?|cid|oid|tid|pg_lsn)$/.test(type)) {
    const text = (n: number) => (type === 'tid' ? `(0,${n})` : type === 'pg_lsn' ? `0/${n}` : String(n));
    return [seed + 1, seed + 2, seed + 1000].map(text);
  }
  if (type === 'xml') return ['<a/>'];
  return [`sample ${seed}`, ''];
}

/** One string that a simple pattern accepts: anchors, classes, groups' first branches, counted repetition. */
export function fromPattern(source: string, seed: number): string {
  let out = '';
  const atoms = /\[(\^?)((?:\\.|[^\]])+)\]|\\(.)|\(([^)]*)\)|([\s\S])/y;
  const counts = /\{(\d+)(?:,(\d*))?\}|([*+?])/y;
  for (let at = 0; at < source.length; ) {
    atoms.lastIndex = at;
    const atom = atoms.exec(source);
    if (atom === null) break;
    at = atoms.lastIndex;
    counts.lastIndex = at;
    const count = counts.exec(source);
    if (count !== null) at = counts.lastIndex;
    const [, negated, set, escaped, group, plain] = atom;
    if (plain === '^' || plain === '$') continue;
    const minimum = count === null ? 1 : count[1] !== undefined ? Number(count[1]) : count[3] === '+' ? 1 : 0;
    for (let n = 0; n < minimum; n++) out += atomText({ negated, set, escaped, group, plain }, seed + n);
  }
  return out;
}

interface Atom {
  negated: string | undefined;
  set: string | undefined;
  escaped: string | undefined;
  group: string | undefined;
  plain: string | undefined;
}

function atomText({ negated, set, escaped, group, plain }: Atom, seed: number): string {
  if (group !== undefined) return fromPattern(group.replace(/^\?:/, '').split('|')[0] ?? '', seed);
  if (escaped !== undefined) return { d: String(seed % 10), w: 'a', s: ' ' }[escaped] ?? escaped;
  if (set === undefined) return plain === '.' ? 'a' : (plain ?? '');
  if (negated) return set.includes('a') ? '~' : 'a';
  const [first = 'a', dash, last] = set.replaceAll('\\', '');
  if (dash !== '-' || last === undefined) return first;
  const span = last.charCodeAt(0) - first.charCodeAt(0) + 1;
  return String.fromCharCode(first.charCodeAt(0) + (seed % span));
}

function rotate<T>(list: readonly T[], by: number): T[] {
  const at = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
