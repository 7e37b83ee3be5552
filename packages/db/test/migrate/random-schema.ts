/** A schema small enough to read when it fails, large enough to need every kind of statement that Prisma writes. */
export interface Schema {
  readonly enums: ReadonlyMap<string, readonly string[]>;
  readonly models: ReadonlyMap<string, Model>;
}

interface Model {
  readonly idType: 'Int' | 'BigInt';
  readonly fields: ReadonlyMap<string, Field>;
  readonly indexes: readonly string[];
  /** Models that this one refers to; references are optional and indexed. */
  readonly parents: readonly string[];
}

interface Field {
  readonly type: string;
  readonly rest: string;
}

const scalars = [
  'Int',
  'BigInt',
  'String',
  'String @db.VarChar(40)',
  'Boolean',
  'DateTime',
  'Decimal',
  'Float',
  'Json',
  'String[]',
  'Bytes',
];
const labels = ['ash', 'birch', 'cedar', 'elm', 'fir'];

/** A random schema; with `from`, a random change of it. The same seed makes the same schema. */
export function randomSchema(seed: number, from?: Schema): Schema {
  const random = mulberry32(seed);
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const chance = (share: number) => random() < share;

  const enums = new Map<string, readonly string[]>();
  for (const name of ['Tree', 'Wood']) {
    const known = from?.enums.get(name);
    if (known === undefined && chance(0.5)) enums.set(name, labels.slice(0, 2 + below(3)));
    // Labels are added only: rows may hold the one that goes, and what becomes of them no diff can know.
    if (known !== undefined)
      enums.set(
        name,
        chance(0.4) ? labels.slice(0, Math.min(labels.length, known.length + below(2))) : known,
      );
  }
  const typeNames = [...scalars, ...enums.keys()];
  const field = (optional: boolean): Field => {
    const type = pick(typeNames);
    const [base = '', ...attributes] = type.split(' ');
    const list = base.endsWith('[]');
    // A new required column needs a default where there are rows.
    const fallback = list ? '' : defaultOf(base, enums);
    const nullable = !list && (optional || fallback === '') ? '?' : '';
    const preset = nullable === '' && fallback !== '' ? `@default(${fallback})` : '';
    return { type: base, rest: `${nullable} ${[...attributes, preset].join(' ')}`.trimEnd() };
  };
  const models = new Map<string, Model>();
  for (const name of ['Alder', 'Brook', 'Cloud', 'Dune']) {
    const known = from?.models.get(name);
    if (known === undefined ? !chance(0.6) : chance(0.2)) continue;
    const fields = new Map<string, Field>();
    for (let at = 0; at < 5; at++) {
      const key = `f${at}`;
      const old = known?.fields.get(key);
      const usable =
        old !== undefined && (scalars.some((type) => type.split(' ')[0] === old.type) || enums.has(old.type));
      if (old === undefined ? chance(0.5) : chance(0.15)) {
        if (old === undefined) fields.set(key, field(chance(0.5)));
      } else if (old !== undefined && usable) fields.set(key, old);
    }
    const indexes = [...fields]
      .filter(([, { type }]) => !['Json', 'String[]'].includes(type) && chance(0.4))
      .map(([key]) => key);
    const idType =
      known === undefined ? (chance(0.5) ? 'Int' : 'BigInt') : chance(0.2) ? 'BigInt' : known.idType;
    models.set(name, {
      idType,
      fields,
      indexes,
      parents:
        known?.parents ??
        (chance(0.4) ? ['Alder', 'Brook', 'Cloud', 'Dune'].filter((other) => other < name).slice(-1) : []),
    });
  }
  return { enums, models };
}

function defaultOf(type: string, enums: ReadonlyMap<string, readonly string[]>): string {
  const known: Record<string, string> = {
    Int: '7',
    BigInt: '8',
    String: '"x"',
    Boolean: 'true',
    DateTime: 'now()',
    Decimal: '1.5',
    Float: '2.5',
    Json: '"{}"',
  };
  return enums.get(type)?.[0] ?? known[type] ?? '';
}

/** The schema in Prisma's language. */
export function schemaText({ enums, models }: Schema): string {
  const enumTexts = [...enums].map(
    ([name, values]) => `enum ${name} {\n${values.map((value) => `  ${value}`).join('\n')}\n}`,
  );
  const modelTexts = [...models].map(([name, { idType, fields, indexes, parents }]) => {
    const present = parents.filter((parent) => models.has(parent));
    const children = [...models].filter(([, other]) => other.parents.includes(name)).map(([child]) => child);
    const lines = [
      `id ${idType} @id @default(autoincrement())`,
      ...[...fields].map(([key, { type, rest }]) => `${key} ${type}${rest}`),
      ...present.flatMap((parent) => [
        `${parent.toLowerCase()}Id ${models.get(parent)?.idType}?`,
        `${parent.toLowerCase()} ${parent}? @relation(fields: [${parent.toLowerCase()}Id], references: [id])`,
        `@@index([${parent.toLowerCase()}Id])`,
      ]),
      ...children.map((child) => `${child.toLowerCase()}s ${child}[]`),
      ...indexes.map((key) => `@@index([${key}])`),
    ];
    return `model ${name} {\n${lines.map((line) => `  ${line}`).join('\n')}\n}`;
  });
  return [...enumTexts, ...modelTexts].join('\n\n');
}

/** A generator that a seed repeats. https://github.com/cprosche/mulberry32 */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
