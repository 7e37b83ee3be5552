import { DatabaseError } from '../errors.js';
import type { Statement } from '../handle.js';
import { quoteIdentifier, statementName } from '../sql.js';
import { columnOf, fieldsOf, selectList, toParameter } from './columns.js';
import type { Definition } from './definition.js';
import type { ModelName, Unique } from './model-types.js';

/** A row whose fields are known at run time only. */
export type AnyRow = Record<string, unknown>;

/** What every statement of one table is made from. */
export type Table = ReturnType<typeof tableOf>;

/** Any table's definition, without the types of its fields. */
export type AnyDefinition = Definition<ModelName, never, never, readonly Unique<ModelName>[]>;

/** Every table that has a repository; a test compares them with the live catalog. */
export const describedTables: Table[] = [];

/** Works out what the definition leaves to the schema, and keeps the statements made so far. */
export function describeTable(definition: AnyDefinition): Table {
  const table = tableOf(definition);
  describedTables.push(table);
  return table;
}

function tableOf(definition: AnyDefinition) {
  const { owned = false } = definition;
  const fields = fieldsOf(definition.model);
  const known = new Set<string>(fields);
  const key: string = definition.key ?? 'id';
  const json = new Set<string>(definition.json ?? []);
  const soft = known.has('deletedAt');
  const all = selectList(fields);
  const statements = new Map<string, Statement>();

  /** The statement of a shape; `text` is called the first time only. */
  function statement(operation: string, shape: string, write: boolean, text: () => string): Statement {
    const id = `${operation}|${shape}`;
    let found = statements.get(id);
    if (found === undefined) {
      const sql = text();
      found = {
        operation: `${definition.table}.${operation}`,
        text: sql,
        name: statementName(sql),
        write,
        owned,
      };
      // Shapes are few; should something build them from values, they are made anew rather than kept.
      if (statements.size < 1_000) statements.set(id, found);
    }
    return found;
  }

  const alive = (includeDeleted: boolean | undefined) =>
    soft && !includeDeleted ? ' and deleted_at is null' : '';

  function columns(select: readonly string[] | undefined, ...also: string[]): string {
    if (select === undefined) return all;
    const unknown = select.find((field) => !known.has(field));
    if (unknown !== undefined) throw new DatabaseError('invalid_value', { fields: [unknown] });
    return selectList([...new Set([...select, ...also])]);
  }

  function uniqueOf(by: readonly string[]): Unique<ModelName> {
    const wanted = [...by].sort().join();
    const unique = (definition.uniques ?? []).find((candidate) => [...candidate.by].sort().join() === wanted);
    if (unique === undefined)
      throw new DatabaseError('invalid_value', { fields: by, fix: `no unique index on (${by.join(', ')})` });
    return unique;
  }

  const quoted = (names: readonly string[]) =>
    names.map((name) => quoteIdentifier(columnOf(name))).join(', ');
  const parameters = (names: readonly string[], values: AnyRow) =>
    names.map((name) => toParameter(values[name], json.has(name)));
  const assignments = (names: readonly string[], from: number) =>
    names.map((name, index) => `${quoteIdentifier(columnOf(name))} = $${from + index}`).join(', ');

  return {
    definition,
    name: quoteIdentifier(definition.table),
    fields,
    known,
    key,
    keyColumn: quoteIdentifier(columnOf(key)),
    json,
    soft,
    all,
    sorts: definition.sorts as readonly string[],
    filters: new Set<string>(definition.filters),
    statement,
    alive,
    columns,
    uniqueOf,
    quoted,
    parameters,
    assignments,
  };
}
