/** As much of JSON Schema as our schemas use. */
export interface Schema {
  type?: string | readonly string[];
  enum?: readonly unknown[];
  const?: unknown;
  required?: readonly string[];
  properties?: Readonly<Record<string, Schema>>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  [keyword: string]: unknown;
}

/** Where a value departs from a schema; empty when it does not. */
export function problemsOf(value: unknown, schema: Schema, path = '$'): string[] {
  const problems: string[] = [];
  const types = schema.type === undefined ? undefined : [schema.type].flat();
  if (types && !types.includes(typeOf(value)) && !(types.includes('number') && typeOf(value) === 'integer'))
    return [`${path}: ${typeOf(value)} is not ${types.join(' or ')}`];
  if (schema.enum && !schema.enum.includes(value)) problems.push(`${path}: ${String(value)} is not allowed`);
  if ('const' in schema && schema.const !== value) problems.push(`${path}: not ${String(schema.const)}`);
  if (Array.isArray(value) && schema.items)
    value.forEach((item, index) => {
      problems.push(...problemsOf(item, schema.items as Schema, `${path}[${index}]`));
    });
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const name of schema.required ?? []) if (!(name in value)) problems.push(`${path}.${name}: missing`);
    for (const [name, part] of Object.entries(value)) {
      const known = schema.properties?.[name] ?? schema.additionalProperties ?? true;
      if (known === false) problems.push(`${path}.${name}: unknown`);
      else if (known !== true) problems.push(...problemsOf(part, known, `${path}.${name}`));
    }
  }
  return problems;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
