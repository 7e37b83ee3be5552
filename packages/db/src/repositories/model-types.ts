import type { Prisma } from '../generated/prisma/client.js';

/** A model of the Prisma schema. */
export type ModelName = Prisma.ModelName;

/** A row as Prisma gives it: the same fields and the same types. */
export type Row<M extends ModelName> = Prisma.TypeMap['model'][M]['payload']['scalars'];

/** A field that is a column. */
export type Field<M extends ModelName> = keyof Row<M> & string;

/** Fields that hold JSON; their values are sent as JSON text. */
export type JsonField<M extends ModelName> = {
  [F in Field<M>]: Prisma.JsonValue extends Row<M>[F] ? F : never;
}[Field<M>];

/** Fields that may order a list: never null, because a page cannot continue after a null. */
export type SortField<M extends ModelName> = {
  [F in Field<M>]: null extends Row<M>[F]
    ? never
    : Row<M>[F] extends Date | string | number | bigint
      ? F
      : never;
}[Field<M>];

/** Fields that Plinth keeps itself. */
type Managed = 'createdAt' | 'updatedAt' | 'createdBy' | 'updatedBy' | 'version' | 'deletedAt';

/** What may be written where a row has V. */
type Input<V> = Prisma.JsonValue extends V
  ? Prisma.InputJsonValue
  : V extends bigint
    ? bigint | number
    : V extends Prisma.Decimal
      ? Prisma.Decimal | number | string
      : V extends Uint8Array
        ? Uint8Array
        : V;

type CreateManyData<M extends ModelName> = Exclude<
  Prisma.TypeMap['model'][M]['operations']['createMany']['args']['data'],
  readonly unknown[]
>;

type Inputs<M extends ModelName, Shape> = {
  [F in keyof Shape & Field<M>]: Input<Row<M>[F]>;
};

/** A new row: required is what Prisma requires; defaults come from the database. */
export type CreateInput<M extends ModelName> = {
  [F in keyof Omit<Pick<CreateManyData<M>, keyof CreateManyData<M> & Field<M>>, Managed> &
    Field<M> as undefined extends CreateManyData<M>[F & keyof CreateManyData<M>] ? never : F]: Input<
    Row<M>[F]
  >;
} & {
  [F in keyof Omit<Pick<CreateManyData<M>, keyof CreateManyData<M> & Field<M>>, Managed> &
    Field<M> as undefined extends CreateManyData<M>[F & keyof CreateManyData<M>] ? F : never]?: Input<
    Row<M>[F]
  >;
};

/** Changes of a row; what is absent stays. */
export type Changes<M extends ModelName> = Partial<Omit<Inputs<M, Row<M>>, Managed | 'id'>>;

/** The values a range lies between. */
export interface Range<V> {
  gt?: V;
  gte?: V;
  lt?: V;
  lte?: V;
}

/**
 * A condition on one field: equal, one of, null or not, a range, containing text (any case), resembling text in spite
 * of typing mistakes, or an array's element.
 */
export type Condition<V> = [NonNullable<V>] extends [readonly (infer E)[]]
  ? { has: E }
  :
      | NonNullable<V>
      | readonly NonNullable<V>[]
      | (null extends V ? null | { not: null } : never)
      | (NonNullable<V> extends boolean ? never : Range<NonNullable<V>>)
      | (NonNullable<V> extends string ? { contains: string } | { resembles: string } : never);

/** Conditions that all have to hold. */
export type Where<M extends ModelName, F extends Field<M>> = { [K in F]?: Condition<Row<M>[K]> };

/** Fields by which at most one row is found; `where` is the predicate of a partial unique index. */
export interface Unique<M extends ModelName> {
  readonly by: readonly Field<M>[];
  readonly where?: string;
}

/** The values of one of the unique field sets. */
export type UniqueKey<M extends ModelName, U extends readonly Unique<M>[]> = {
  [I in keyof U]: { [F in U[I]['by'][number]]: NonNullable<Row<M>[F]> };
}[number];
