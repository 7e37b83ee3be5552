import { DatabaseError } from '../errors.js';
import { type Handle, RUNNER } from '../handle.js';
import { quoteIdentifier } from '../sql.js';
import { columnOf, toParameter } from './columns.js';
import { conditionsSql } from './conditions.js';
import type { Cursor, Page, Selection } from './definition.js';
import type { AnyRow, Table } from './table.js';

/** Page sizes that become part of statements, so that the planner knows them; others use the next larger one. */
const LIMITS = [1, 5, 10, 20, 25, 50, 100, 200] as const;
export const MAX_LIMIT = 200;
const DEFAULT_LIMIT = 20;

interface ListRequest extends Selection<string> {
  where?: object;
  sort?: string;
  limit?: number;
  after?: Cursor | null;
}

/** Short names of choices of columns; of frozen arrays, by which array it is: callers mostly pass the same one again. */
const selections = new WeakMap<readonly string[], string>();
const shapes = new Map<string, string>();

/** What tells one choice of columns from another. */
function shapeOf(select: readonly string[] | undefined): string {
  if (select === undefined) return '*';
  const known = selections.get(select);
  if (known !== undefined) return known;
  const names = select.join();
  const shape = shapes.get(names) ?? (shapes.size < 1_000 ? `s${shapes.size}` : names);
  if (shape !== names) shapes.set(names, shape);
  if (Object.isFrozen(select)) selections.set(select, shape);
  return shape;
}

/** The reads of a table: named prepared statements, one per shape of request. */
export function createReads(description: Table) {
  const { name: table, keyColumn, key, alive, columns, uniqueOf, statement, filters } = description;
  const sorts = new Set(description.sorts);

  async function get(handle: Handle, id: string, options: Selection<string> = {}) {
    const { select, includeDeleted } = options;
    const found = statement(
      'get',
      `${shapeOf(select)}|${includeDeleted}`,
      false,
      () => `select ${columns(select)} from ${table} where ${keyColumn} = $1${alive(includeDeleted)}`,
    );
    return (await handle[RUNNER].run<AnyRow>(found, [id])).rows[0] ?? null;
  }

  async function find(handle: Handle, by: AnyRow, options: Selection<string> = {}) {
    const names = Object.keys(by);
    const unique = uniqueOf(names);
    const { select, includeDeleted } = options;
    const found = statement('find', `${names}|${shapeOf(select)}|${includeDeleted}`, false, () => {
      const equal = names
        .map((name, index) => `${quoteIdentifier(columnOf(name))} = $${index + 1}`)
        .join(' and ');
      const partial = unique.where === undefined || includeDeleted ? '' : ` and ${unique.where}`;
      return `select ${columns(select)} from ${table} where ${equal}${partial}${alive(includeDeleted)} limit 1`;
    });
    const values = names.map((name) => toParameter(by[name], false));
    return (await handle[RUNNER].run<AnyRow>(found, values)).rows[0] ?? null;
  }

  async function list(handle: Handle, options: ListRequest = {}): Promise<Page<AnyRow>> {
    const {
      where = {},
      sort = description.sorts[0] as string,
      limit = DEFAULT_LIMIT,
      after,
      select,
      includeDeleted,
    } = options;
    const descending = sort.startsWith('-');
    const by = descending ? sort.slice(1) : sort;
    if (!sorts.has(by))
      throw new DatabaseError('invalid_value', {
        fields: [by],
        fix: `sort by one of ${[...sorts].join(', ')}`,
      });
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
      throw new DatabaseError('invalid_value', {
        fields: ['limit'],
        fix: `a page has 1 to ${MAX_LIMIT} rows`,
      });
    }
    if (after && after.sort !== sort)
      throw new DatabaseError('invalid_value', {
        fields: ['after'],
        fix: 'continue with the order the page began with',
      });
    const size = LIMITS.find((candidate) => candidate >= limit) as number;
    const values: unknown[] = [];
    const filter = conditionsSql(where, filters, values);
    const sortColumn = quoteIdentifier(columnOf(by));
    let beyond = '';
    if (after) {
      const compare = descending ? '<' : '>';
      beyond =
        by === key
          ? ` and ${keyColumn} ${compare} $${values.push(after.id)}`
          : ` and (${sortColumn}, ${keyColumn}) ${compare} ($${values.push(after.value)}, $${values.push(after.id)})`;
    }
    const found = statement(
      'list',
      `${sort}|${size}|${shapeOf(select)}|${includeDeleted}|${filter}${beyond}`,
      false,
      () => {
        const direction = descending ? ' desc' : '';
        const order =
          by === key ? `${keyColumn}${direction}` : `${sortColumn}${direction}, ${keyColumn}${direction}`;
        // One row more than asked for tells whether there is a next page.
        return `select ${columns(select, by, key)} from ${table} where true${alive(includeDeleted)}${filter}${beyond} order by ${order} limit ${size + 1}`;
      },
    );
    const { rows } = await handle[RUNNER].run<AnyRow>(found, values);
    if (rows.length <= limit) return { rows, next: null };
    rows.length = limit;
    const last = rows[limit - 1] as AnyRow;
    return {
      rows,
      next: { sort, value: toParameter(last[by], false) as string | number, id: String(last[key]) },
    };
  }

  async function count(handle: Handle, where: object = {}) {
    const values: unknown[] = [];
    const filter = conditionsSql(where, filters, values);
    const found = statement(
      'count',
      filter,
      false,
      () => `select count(*)::float8 as n from ${table} where true${alive(false)}${filter}`,
    );
    return ((await handle[RUNNER].run<{ n: number }>(found, values)).rows[0] as { n: number }).n;
  }

  async function exists(handle: Handle, where: object) {
    const values: unknown[] = [];
    const filter = conditionsSql(where, filters, values);
    const found = statement(
      'exists',
      filter,
      false,
      () => `select exists (select from ${table} where true${alive(false)}${filter}) as there`,
    );
    return ((await handle[RUNNER].run<{ there: boolean }>(found, values)).rows[0] as { there: boolean })
      .there;
  }

  return { get, find, list, count, exists };
}
