import type { Handle } from '../handle.js';
import type { Cursor, Definition, Page, Selection } from './definition.js';
import type {
  Changes,
  CreateInput,
  Field,
  ModelName,
  Row,
  SortField,
  Unique,
  UniqueKey,
  Where,
} from './model-types.js';
import { createReads } from './reads.js';
import { type AnyDefinition, describeTable } from './table.js';
import { createWrites } from './writes.js';

/** What a list may be asked for. */
export interface ListOptions<M extends ModelName, S extends string, F extends Field<M>, K>
  extends Selection<K> {
  where?: Where<M, F>;
  /** `createdAt` ascending, `-createdAt` descending. */
  sort?: S | `-${S}`;
  /** Rows per page, 1 to 200; 20 unless told. */
  limit?: number;
  after?: Cursor | null;
}

/** The version that a row has to have; undefined for any. Only tables with versions take it. */
export type Expected<M extends ModelName> =
  Row<M> extends { version: number } ? [version: number | undefined] : [];

/** Reads and writes of one table. All throw DatabaseError; the actor of the handle becomes created_by and updated_by. */
export interface Rows<
  M extends ModelName,
  S extends string,
  F extends Field<M>,
  U extends readonly Unique<M>[],
> {
  readonly definition: { readonly model: M; readonly table: string; readonly owned: boolean };
  get<K extends Field<M> = Field<M>>(
    handle: Handle,
    id: string,
    options?: Selection<K>,
  ): Promise<Pick<Row<M>, K> | null>;
  /** By the values of a unique index. */
  find<K extends Field<M> = Field<M>>(
    handle: Handle,
    by: UniqueKey<M, U>,
    options?: Selection<K>,
  ): Promise<Pick<Row<M>, K> | null>;
  list<K extends Field<M> = Field<M>>(
    handle: Handle,
    options?: ListOptions<M, S, F, K>,
  ): Promise<Page<Pick<Row<M>, K>>>;
  count(handle: Handle, where?: Where<M, F>): Promise<number>;
  exists(handle: Handle, where: Where<M, F>): Promise<boolean>;
  create(handle: Handle, input: CreateInput<M>): Promise<Row<M>>;
  /** All or none, in the order given; with `skipDuplicates` only those that no unique index forbids. */
  createMany(
    handle: Handle,
    inputs: readonly CreateInput<M>[],
    options?: { skipDuplicates?: boolean },
  ): Promise<Row<M>[]>;
  /** Throws version_conflict with `currentVersion` when somebody changed the row meanwhile, not_found when it is gone. */
  update(handle: Handle, id: string, changes: Changes<M>, ...expected: Expected<M>): Promise<Row<M>>;
  /** Creates the row, or changes the one that has these unique values. */
  upsert(handle: Handle, by: U[number]['by'], create: CreateInput<M>, changes: Changes<M>): Promise<Row<M>>;
}

/** Deletion where rows do not come back. */
export interface HardDelete<M extends ModelName> {
  /** Removes the row and answers it; not_found when there is none. */
  delete(handle: Handle, id: string, ...expected: Partial<Expected<M>>): Promise<Row<M>>;
}

/** Deletion where rows can come back. */
export interface SoftDelete<M extends ModelName> {
  /** Hides the row; its unique values are free again. */
  softDelete(handle: Handle, id: string, ...expected: Partial<Expected<M>>): Promise<Row<M>>;
  /** Brings it back; conflict when another row has taken its unique values. */
  restore(handle: Handle, id: string): Promise<Row<M>>;
}

/** A repository: soft deletion where the table has `deletedAt`, deletion elsewhere. */
export type Repository<
  M extends ModelName,
  S extends string,
  F extends Field<M>,
  U extends readonly Unique<M>[],
> = Rows<M, S, F, U> & (Row<M> extends { deletedAt: unknown } ? SoftDelete<M> : HardDelete<M>);

/** Builds the repository of a table. Statements are constant texts, made once per shape and prepared by name. */
export function createRepository<
  const M extends ModelName,
  const S extends SortField<M>,
  const F extends Field<M>,
  const U extends readonly Unique<M>[] = readonly [],
>(definition: Definition<M, S, F, U>): Repository<M, S, F, U> {
  const table = describeTable(definition as unknown as AnyDefinition);
  const reads = createReads(table);
  const { remove, restore, ...writes } = createWrites(table, reads);
  const { model, table: name, owned = false } = definition;
  const deletion = table.soft ? { softDelete: remove, restore } : { delete: remove };
  // The parts read column names at run time; what callers may name is checked by the type given here.
  return {
    definition: { model, table: name, owned },
    ...reads,
    ...writes,
    ...deletion,
  } as unknown as Repository<M, S, F, U>;
}
