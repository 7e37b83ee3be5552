import type { Handle, Prisma, Row } from '@plinth/db';
import { z } from 'zod';
import { ApiError, type ConstraintMeanings } from './errors.js';
import { expectedVersion } from './etag.js';
import { moment, nameSchema, pageOf, pageQuery, searchText, uuid } from './fields.js';
import { createPresenter } from './present.js';
import { type Access, type Context, defineRoute, defineWrite, type Route } from './route.js';

/** What a resource needs of a repository; every repository of @plinth/db has it. */
interface AnyRepository {
  readonly definition: { readonly model: Prisma.ModelName; readonly table: string };
  get(handle: Handle, id: string, options?: { select: never }): Promise<object | null>;
  list(handle: Handle, options?: never): Promise<{ rows: object[]; next: RepositoryCursor | null }>;
  create(handle: Handle, input: never): Promise<object>;
  update(handle: Handle, id: string, changes: never, ...expected: never): Promise<object>;
}
interface RepositoryCursor {
  sort: string;
  value: string | number;
  id: string;
}
type RowOf<R extends AnyRepository> = Row<R['definition']['model']>;
type ColumnOf<R extends AnyRepository> = keyof RowOf<R> & string;
type SortOf<R extends AnyRepository> =
  NonNullable<Parameters<R['list']>[1]> extends { sort?: infer S } ? NonNullable<S> & string : never;

type Closed = Exclude<Access, { kind: 'public' }>;
type Caller = Context<Closed, Record<string, string>>;

/** A resource as written down: one file under routes/, copied to make the next one (docs/adding-a-resource.md). */
export interface ResourceSpec<R extends AnyRepository, A extends Record<string, z.ZodType>> {
  /** Such as /v1/businesses, or /v1/businesses/:businessId/classifications below another one. */
  path: string;
  /** `[one, several]`, for summaries and messages. */
  noun: readonly [string, string];
  /** The name of its schema in the OpenAPI document. */
  schema: string;
  repository: R;
  /** Columns that answers carry, beside id, createdAt, updatedAt and version. */
  answer: A & { [K in keyof A]: K extends ColumnOf<R> ? unknown : never };
  /** Without createdAt, updatedAt or version where the table lacks them: those it has. */
  standard?: readonly ('createdAt' | 'updatedAt' | 'version')[];
  /** Filters of the list: equality on these columns. */
  filters?: { readonly [K in ColumnOf<R>]?: z.ZodType };
  /** A text to look for in this column, in spite of typing mistakes: `?q=`. Wants a trigram index. */
  search?: ColumnOf<R>;
  /** Orders of the list; the first is the default. */
  sorts: readonly [SortOf<R>, ...SortOf<R>[]];
  /** Bodies of POST and PATCH. */
  create?: z.ZodType<Record<string, unknown>>;
  change?: z.ZodType<Record<string, unknown>>;
  /** Who may do what; what is absent has no route. `read` is list and one. */
  access: { read?: Closed; list?: Closed; one?: Closed; create?: Closed; change?: Closed; delete?: Closed };
  /** Some columns change without the version, such as the last sign-in of a user; the ETag tells when they do. */
  taggedWhole?: true;
  /** Columns that are the same in every row of this resource for this caller: its owner, its parent. */
  fixed?(caller: Caller): { [K in ColumnOf<R>]?: RowOf<R>[K] };
  /** What is written besides the body: columns that no client sends. */
  prepare?(body: Record<string, unknown>, caller: Caller): Record<string, unknown>;
  /** Throws ApiError `not_found` where the parent is not there for this caller. */
  within?(handle: Handle, caller: Caller): Promise<void>;
  /** Events of this name, such as business.created, business.changed and business.deleted, go to the caller's webhooks. */
  event?: string;
  constraints?: ConstraintMeanings;
}

/** A resource's routes, and what further routes of the same topic build on. */
export interface Resource {
  readonly routes: readonly Route[];
  readonly answered: z.ZodObject;
  /** A row as it is answered. */
  present(row: object): object;
}

const STANDARD = { createdAt: moment, updatedAt: moment, version: z.int() };

/** The uuid parameters that a path names. */
export function pathParams(path: string): z.ZodType<Record<string, string>> {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name as string);
  return z.strictObject(Object.fromEntries(names.map((name) => [name, uuid])));
}

/**
 * Makes the routes of a table with every convention: keyset pages, filters, ETag and If-Match, Idempotency-Key,
 * problems. Reads and writes go through the repository as the caller, so that row security and audit know who acts.
 */
export function defineResource<R extends AnyRepository, A extends Record<string, z.ZodType>>(
  spec: ResourceSpec<R, A>,
): Resource {
  const {
    path,
    noun,
    access,
    sorts,
    constraints = {},
    standard = ['createdAt', 'updatedAt', 'version'],
  } = spec;
  // The generic parts of a repository read column names at run time; the spec's type has checked them.
  const repository = spec.repository as unknown as LooseRepository;
  const shape: Record<string, z.ZodType> = { id: uuid, ...spec.answer };
  for (const name of standard) shape[name] = STANDARD[name];
  const answered = nameSchema(spec.schema, z.strictObject(shape));
  const present = createPresenter(shape);
  const versioned = 'version' in shape && (spec.taggedWhole ? 'whole' : true);
  const fixed = (caller: Caller) => (spec.fixed?.(caller) ?? {}) as Record<string, unknown>;
  const select = Object.freeze(Object.keys(shape));
  const one = `${path}/:id`;
  const params = pathParams(path);
  const oneParams = pathParams(one);
  const prepare = spec.prepare ?? ((body: Record<string, unknown>) => body);
  const eventOf = (what: string) => (spec.event === undefined ? {} : { event: `${spec.event}.${what}` });
  const missing = () => new ApiError('not_found', `there is no ${noun[0]} with this id`);

  /** The row, if it is there for this caller. */
  async function find(handle: Handle, caller: Caller, columns: readonly string[] = select): Promise<object> {
    const wanted = Object.entries(fixed(caller));
    const found = await repository.get(handle, caller.params.id as string, {
      // The same list again is one that the repository knows.
      select: wanted.length === 0 ? columns : [...columns, ...wanted.map(([name]) => name)],
    });
    if (found === null || wanted.some(([name, value]) => found[name] !== value)) throw missing();
    return found;
  }

  /** The version to write against, of the row that is there for this caller. Throws what the conventions say. */
  async function versionToWrite(tx: Handle, caller: Caller, ifMatch: Caller['ifMatch']) {
    await spec.within?.(tx, caller);
    return expectedVersion(ifMatch, (await find(tx, caller, ['version'])) as { version: number });
  }

  const asCaller = (caller: Caller) => caller.database.as(caller.actor);
  const routes: Route[] = [];

  const list = access.list ?? access.read;
  if (list) {
    const filters = (spec.filters ?? {}) as Record<string, z.ZodType>;
    const query = z.strictObject({
      ...pageQuery,
      ...Object.fromEntries(Object.entries(filters).map(([name, schema]) => [name, schema.optional()])),
      ...(spec.search ? { q: searchText.optional() } : {}),
      sort: z.enum(sorts as readonly string[] as [string, ...string[]]).default(sorts[0]),
    });
    routes.push(
      defineRoute({
        method: 'GET',
        path,
        summary: `List ${noun[1]}`,
        access: list,
        params,
        query,
        response: pageOf(answered),
        async handler(context) {
          const caller = context as unknown as Caller;
          const handle = asCaller(caller);
          await spec.within?.(handle, caller);
          const { limit, cursor, ...bound } = context.query as ListQuery;
          const { sort, q, ...equal } = bound;
          const where: Record<string, unknown> = { ...equal, ...fixed(caller) };
          if (q !== undefined) where[spec.search as string] = { resembles: q };
          const scope = `${path} ${JSON.stringify([caller.params, bound])}`;
          const after =
            cursor === undefined ? null : { sort, ...context.services.cursors.open(scope, cursor) };
          const { rows, next } = await repository.list(handle, { where, sort, limit, after, select });
          return {
            data: rows.map(present),
            nextCursor:
              next && context.services.cursors.seal(scope, { value: String(next.value), id: next.id }),
          };
        },
      }),
    );
  }

  const read = access.one ?? access.read;
  if (read) {
    routes.push(
      defineRoute({
        method: 'GET',
        path: one,
        summary: `One ${noun[0]}`,
        access: read,
        params: oneParams,
        response: answered,
        versioned,
        async handler(context) {
          const caller = context as unknown as Caller;
          const handle = asCaller(caller);
          await spec.within?.(handle, caller);
          return present(await find(handle, caller));
        },
      }),
    );
  }

  if (access.create) {
    routes.push(
      defineWrite({
        method: 'POST',
        path,
        summary: `Create a new ${noun[0]}`,
        access: access.create,
        params,
        body: spec.create ?? z.strictObject({}),
        response: answered,
        created: true,
        versioned,
        ...eventOf('created'),
        constraints,
        async handler(context, tx) {
          const caller = context as unknown as Caller;
          await spec.within?.(tx, caller);
          return present(await repository.create(tx, { ...prepare(context.body, caller), ...fixed(caller) }));
        },
      }),
    );
  }

  if (access.change) {
    routes.push(
      defineWrite({
        method: 'PATCH',
        path: one,
        summary: `Change the fields of one ${noun[0]}`,
        access: access.change,
        params: oneParams,
        body: (spec.change ?? z.strictObject({})).refine(
          (body) => Object.keys(body).length > 0,
          'changes nothing',
        ),
        response: answered,
        versioned,
        ifMatch: true,
        ...eventOf('changed'),
        constraints,
        async handler(context, tx) {
          const caller = context as unknown as Caller;
          const version = await versionToWrite(tx, caller, context.ifMatch);
          return present(
            await repository.update(tx, caller.params.id as string, prepare(context.body, caller), version),
          );
        },
      }),
    );
  }

  if (access.delete) {
    routes.push(
      defineWrite({
        method: 'DELETE',
        path: one,
        summary: `Delete one ${noun[0]}`,
        access: access.delete,
        params: oneParams,
        ifMatch: true,
        ...eventOf('deleted'),
        constraints,
        async handler(context, tx) {
          const caller = context as unknown as Caller;
          const version = await versionToWrite(tx, caller, context.ifMatch);
          const remove = repository.softDelete ?? repository.delete;
          await remove?.(tx, caller.params.id as string, version);
          return undefined;
        },
      }),
    );
  }

  return { routes, answered, present };
}

/** A repository with names unchecked. */
interface LooseRepository {
  get(handle: Handle, id: string, options: object): Promise<Record<string, unknown> | null>;
  list(handle: Handle, options: object): Promise<{ rows: object[]; next: RepositoryCursor | null }>;
  create(handle: Handle, input: object): Promise<object>;
  update(handle: Handle, id: string, changes: object, version: number | undefined): Promise<object>;
  delete?(handle: Handle, id: string, version: number | undefined): Promise<object>;
  softDelete?(handle: Handle, id: string, version: number | undefined): Promise<object>;
}

interface ListQuery extends Record<string, unknown> {
  limit: number;
  cursor?: string;
  sort: string;
  q?: string;
}
