import { DatabaseError } from '../errors.js';
import { type Handle, RUNNER } from '../handle.js';
import { columnOf, toJsonValue } from './columns.js';
import type { createReads } from './reads.js';
import type { AnyRow, Table } from './table.js';

/** Rows per INSERT of createMany. */
const CHUNK = 2_000;

/** The writes of a table: they note the actor, guard versions, and answer the row as it is afterwards. */
export function createWrites(description: Table, { get }: Pick<ReturnType<typeof createReads>, 'get'>) {
  const { name: table, keyColumn, fields, known, soft, json, all } = description;
  const { alive, statement, uniqueOf, quoted, parameters, assignments } = description;

  /** The fields of an input in the schema's order, so that the same fields always make the same statement. */
  function given(input: object, actor: object): [names: string[], values: AnyRow] {
    for (const name in input)
      if (!known.has(name)) throw new DatabaseError('invalid_value', { fields: [name] });
    const values = { ...input, ...actor } as AnyRow;
    return [fields.filter((field) => values[field] !== undefined), values];
  }

  function creator(handle: Handle): object {
    const userId = handle[RUNNER].actor?.userId;
    return userId !== undefined && known.has('createdBy') ? { createdBy: userId, updatedBy: userId } : {};
  }

  function changer(handle: Handle): object {
    const actor = handle[RUNNER].actor;
    return actor !== undefined && known.has('updatedBy') ? { updatedBy: actor.userId ?? null } : {};
  }

  async function create(handle: Handle, input: object) {
    const [names, values] = given(input, creator(handle));
    const found = statement('create', names.join(), true, () =>
      names.length === 0
        ? `insert into ${table} default values returning ${all}`
        : `insert into ${table} (${quoted(names)}) values (${names.map((_, index) => `$${index + 1}`).join(', ')}) returning ${all}`,
    );
    return (await handle[RUNNER].run<AnyRow>(found, parameters(names, values))).rows[0] as AnyRow;
  }

  async function createMany(
    handle: Handle,
    inputs: readonly object[],
    options: { skipDuplicates?: boolean } = {},
  ) {
    const actor = creator(handle);
    const batches: { names: string[]; rows: AnyRow[] }[] = [];
    for (const input of inputs) {
      const [names, values] = given(input, actor);
      const last = batches.at(-1);
      // Rows with other fields need a statement of their own: what is absent gets the column's default, not null.
      if (last !== undefined && last.rows.length < CHUNK && last.names.join() === names.join())
        last.rows.push(values);
      else batches.push({ names, rows: [values] });
    }
    const insert = async (runner: Handle, { names, rows }: (typeof batches)[number]) => {
      const found = statement('createMany', `${names}|${options.skipDuplicates}`, true, () => {
        const skip = options.skipDuplicates ? ' on conflict do nothing' : '';
        return `insert into ${table} (${quoted(names)}) select ${quoted(names)} from json_populate_recordset(null::${table}, $1)${skip} returning ${all}`;
      });
      const documents = rows.map((row) =>
        Object.fromEntries(
          names.map((name) => [columnOf(name), json.has(name) ? row[name] : toJsonValue(row[name])]),
        ),
      );
      return (await runner[RUNNER].run<AnyRow>(found, [JSON.stringify(documents)])).rows;
    };
    const [only, ...others] = batches;
    if (only === undefined) return [];
    if (others.length === 0) return insert(handle, only);
    return handle[RUNNER].transaction(async (tx) => {
      const created: AnyRow[] = [];
      for (const batch of batches) created.push(...(await insert(tx, batch)));
      return created;
    });
  }

  /** Why a guarded write touched no row. */
  async function missed(handle: Handle, id: string, version: number | undefined): Promise<never> {
    if (version === undefined || !known.has('version')) throw new DatabaseError('not_found');
    const current = (await get(handle, id, { select: ['version'] })) as { version: number } | null;
    if (current === null) throw new DatabaseError('not_found');
    throw new DatabaseError('version_conflict', { currentVersion: current.version });
  }

  async function update(handle: Handle, id: string, changes: object, version?: number) {
    const [names, values] = given(changes, changer(handle));
    if (names.length === 0)
      throw new DatabaseError('invalid_value', { fix: 'name at least one field to change' });
    const guarded = version !== undefined;
    const found = statement('update', `${names}|${guarded}`, true, () => {
      const guard = guarded ? ' and version = $2' : '';
      return `update ${table} set ${assignments(names, guarded ? 3 : 2)} where ${keyColumn} = $1${guard}${alive(false)} returning ${all}`;
    });
    const { rows } = await handle[RUNNER].run<AnyRow>(found, [
      id,
      ...(guarded ? [version] : []),
      ...parameters(names, values),
    ]);
    return rows[0] ?? missed(handle, id, version);
  }

  async function upsert(handle: Handle, by: readonly string[], input: object, changes: object) {
    const unique = uniqueOf(by);
    const [names, values] = given(input, creator(handle));
    const [changed, newValues] = given(changes, changer(handle));
    const found = statement('upsert', `${by}|${names}|${changed}`, true, () => {
      const partial = unique.where ?? (soft ? 'deleted_at is null' : undefined);
      const target = `(${quoted(unique.by)})${partial === undefined ? '' : ` where ${partial}`}`;
      // Without changes the row is still written, because only then RETURNING answers it.
      const set =
        changed.length > 0 ? assignments(changed, names.length + 1) : `${keyColumn} = ${table}.${keyColumn}`;
      return `insert into ${table} (${quoted(names)}) values (${names.map((_, index) => `$${index + 1}`).join(', ')}) on conflict ${target} do update set ${set} returning ${all}`;
    });
    const { rows } = await handle[RUNNER].run<AnyRow>(found, [
      ...parameters(names, values),
      ...parameters(changed, newValues),
    ]);
    return rows[0] as AnyRow;
  }

  async function remove(handle: Handle, id: string, version?: number) {
    const guarded = version !== undefined;
    const [names, values] = soft ? given({}, changer(handle)) : [[], {}];
    const found = statement('delete', `${names}|${guarded}`, true, () => {
      const guard = guarded ? ' and version = $2' : '';
      if (!soft) return `delete from ${table} where ${keyColumn} = $1${guard} returning ${all}`;
      const by = names.length > 0 ? `, ${assignments(names, guarded ? 3 : 2)}` : '';
      return `update ${table} set deleted_at = now()${by} where ${keyColumn} = $1${guard} and deleted_at is null returning ${all}`;
    });
    const { rows } = await handle[RUNNER].run<AnyRow>(found, [
      id,
      ...(guarded ? [version] : []),
      ...parameters(names, values),
    ]);
    return rows[0] ?? missed(handle, id, version);
  }

  async function restore(handle: Handle, id: string) {
    const [names, values] = given({}, changer(handle));
    const found = statement('restore', names.join(), true, () => {
      const by = names.length > 0 ? `, ${assignments(names, 2)}` : '';
      return `update ${table} set deleted_at = null${by} where ${keyColumn} = $1 and deleted_at is not null returning ${all}`;
    });
    const { rows } = await handle[RUNNER].run<AnyRow>(found, [id, ...parameters(names, values)]);
    return rows[0] ?? missed(handle, id, undefined);
  }

  return { create, createMany, update, upsert, remove, restore };
}
