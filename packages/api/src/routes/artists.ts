import { artists, type SqlParameter } from '@plinth/db';
import { z } from 'zod';
import { ApiError } from '../errors.js';
import {
  idParams,
  jsonAnswer,
  jsonObject,
  leaveOut,
  pageOf,
  pageQuery,
  searchText,
  text,
} from '../fields.js';
import { type Order, readPage } from '../page.js';
import { defineResource } from '../resource.js';
import { defineRoute, type Route, requires, signedIn } from '../route.js';

const writable = {
  name: text(300),
  /** Ids at other services. */
  externalIds: z
    .record(z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, 'is not the name of a service'), text(256))
    .refine((ids) => Object.keys(ids).length <= 32, 'holds more than 32 ids'),
  metadata: jsonObject,
  genres: z.array(text(100)).max(32),
};
const change = z.strictObject(leaveOut(writable));

const resource = defineResource({
  path: '/v1/artists',
  noun: ['artist', 'artists'],
  schema: 'Artist',
  event: 'artist',
  repository: artists,
  answer: { name: z.string(), externalIds: jsonAnswer, metadata: jsonAnswer, genres: z.array(z.string()) },
  sorts: ['name'],
  create: change.extend({ name: writable.name }),
  change,
  access: {
    create: requires('artists:write'),
    change: requires('artists:write'),
    delete: requires('artists:write'),
  },
  constraints: {
    user_artist_blocks_artist_id_fkey: {
      code: 'conflict',
      pointer: '',
      message: 'somebody blocks this artist',
    },
    community_list_items_artist_id_fkey: {
      code: 'conflict',
      pointer: '',
      message: 'the artist is on a community list',
    },
  },
});

type Artist = { id: string; relevance?: number };

const COLUMNS = `a.id, a.name, a.external_ids as "externalIds", a.metadata, a.genres, a.created_at as "createdAt", a.updated_at as "updatedAt", a.version`;
const FROM = 'from artists a';

const ORDERS = {
  name: { column: 'a.name', type: 'text', property: 'name', descending: false },
  '-name': { column: 'a.name', type: 'text', property: 'name', descending: true },
  createdAt: { column: 'a.created_at', type: 'timestamptz', property: 'createdAt', descending: false },
  '-createdAt': { column: 'a.created_at', type: 'timestamptz', property: 'createdAt', descending: true },
} as const satisfies Record<string, Order>;

/** Similar as a whole (typing errors) or to some word of the name (beginnings); both use the trigram index. */
const MATCHES = '(a.name % $1 or $1 <% a.name)';
const RELEVANCE = '(similarity(a.name, $1) + word_similarity($1, a.name))';
const BY_RELEVANCE: Order = { column: RELEVANCE, type: 'real', property: 'relevance', descending: true };

/** `spotify:4q3e...`: the service and its id. */
const externalId = text(300).regex(/^[a-z][a-z0-9_]{0,31}:.+$/, 'is not of the form service:id');

const listArtists = defineRoute({
  method: 'GET',
  path: '/v1/artists',
  summary: 'Artists: all, by a search that forgives typing errors, or by an id at another service',
  access: signedIn,
  query: z.strictObject({
    ...pageQuery,
    q: searchText.optional(),
    externalId: externalId.optional(),
    /** Without one: by relevance when searching, else by name. */
    sort: z.enum(['name', '-name', 'createdAt', '-createdAt']).optional(),
  }),
  response: pageOf(resource.answered),
  async handler({ query, database, services: { cursors } }) {
    const { q, sort } = query;
    const where: string[] = [];
    const parameters: SqlParameter[] = [];
    const add = (value: SqlParameter) => `$${parameters.push(value)}`;
    // First, because MATCHES and RELEVANCE name it $1.
    if (q !== undefined) {
      add(q);
      where.push(MATCHES);
    }
    if (query.externalId !== undefined) {
      const [, service, id] = /^([^:]+):(.+)$/s.exec(query.externalId) ?? [];
      where.push(`a.external_ids @> jsonb_build_object(${add(service)}::text, ${add(id)}::text)`);
    }
    const byRelevance = q !== undefined && sort === undefined;
    const page = await readPage<Artist>(database, cursors, '/v1/artists', query, {
      select: `select ${COLUMNS}${byRelevance ? `, ${RELEVANCE} as relevance` : ''} ${FROM}`,
      where,
      parameters,
      idColumn: 'a.id',
      order: byRelevance ? BY_RELEVANCE : ORDERS[sort ?? 'name'],
    });
    return { ...page, data: page.data.map(({ relevance, ...found }) => found) };
  },
});

const oneArtist = defineRoute({
  method: 'GET',
  path: '/v1/artists/:id',
  summary: 'One artist',
  access: signedIn,
  params: idParams,
  response: resource.answered,
  versioned: true,
  async handler({ params: { id }, services }) {
    const found = await services.artists.get(id);
    if (found === undefined) throw new ApiError('not_found', 'there is no artist with this id');
    return resource.present(found);
  },
});

/** Whoever changed an artist here reads the change here at once; other processes are told. */
const forgetting = (route: Route): Route => ({
  ...route,
  async handle(context) {
    const { id } = context.params as { id?: string };
    try {
      return await route.handle(context);
    } finally {
      if (id !== undefined) context.services.artists.drop(id);
    }
  },
});

export const artistRoutes = [listArtists, oneArtist, ...resource.routes.map(forgetting)];
