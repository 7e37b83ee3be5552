import type { Field, JsonField, ModelName, SortField, Unique } from './model-types.js';

/** What makes the repository of one table. */
export interface Definition<
  M extends ModelName,
  S extends SortField<M>,
  F extends Field<M>,
  U extends readonly Unique<M>[],
> {
  readonly model: M;
  readonly table: string;
  /** The primary key, where it is not `id`. */
  readonly key?: Field<M>;
  /** Orders of lists, each with an index on (order, key); the first is the default. */
  readonly sorts: readonly [S, ...S[]];
  readonly filters: readonly F[];
  readonly uniques?: U;
  /** All fields that hold JSON. */
  readonly json?: readonly JsonField<M>[];
  /** The table is under row security: every statement needs an actor. */
  readonly owned?: boolean;
}

/** Where a page ended; hand it back to continue. JSON can carry it. */
export interface Cursor {
  readonly sort: string;
  readonly value: string | number;
  readonly id: string;
}

/** One page of a list. */
export interface Page<R> {
  readonly rows: R[];
  /** Null after the last row. */
  readonly next: Cursor | null;
}

/** Which part of a row, and of which rows. */
export interface Selection<K> {
  /** Columns to read; all unless told. A list also reads its order and its key. */
  select?: readonly K[];
  /** Also rows that were softly deleted. */
  includeDeleted?: boolean;
}
