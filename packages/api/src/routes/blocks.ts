import { z } from 'zod';
import { ApiError, type ConstraintMeanings } from '../errors.js';
import { missed, versionIn } from '../etag.js';
import { idParams, jsonAnswer, moment, pageOf, pageQuery, text, uuid } from '../fields.js';
import { type Order, readPage } from '../page.js';
import { defineRoute, defineWrite, signedIn } from '../route.js';

const block = z.strictObject({
  id: uuid,
  artist: z.strictObject({
    id: uuid,
    name: z.string(),
    externalIds: jsonAnswer,
    genres: z.array(z.string()),
  }),
  tags: z.array(z.string()),
  note: z.string().nullable(),
  createdAt: moment,
  updatedAt: moment,
  version: z.int(),
});

const SELECT = `
select b.id, b.tags, b.note, b.created_at as "createdAt", b.updated_at as "updatedAt", b.version,
       json_build_object('id', a.id, 'name', a.name, 'externalIds', a.external_ids, 'genres', a.genres) as artist
  from user_artist_blocks b join artists a on a.id = b.artist_id`;

/** The same, for Prisma. */
const select = {
  id: true,
  artist: { select: { id: true, name: true, externalIds: true, genres: true } },
  tags: true,
  note: true,
  createdAt: true,
  updatedAt: true,
  version: true,
} as const;

const ORDERS = {
  createdAt: { column: 'b.created_at', type: 'timestamptz', property: 'createdAt', descending: false },
  '-createdAt': { column: 'b.created_at', type: 'timestamptz', property: 'createdAt', descending: true },
} as const satisfies Record<string, Order>;

const tag = text(50)
  .transform((value) => value.trim())
  .pipe(z.string().min(1));
export const tags = z
  .array(tag)
  .max(32)
  .refine((all) => new Set(all).size === all.length, 'holds a tag twice');
export const note = text(2_000).nullable();

const constraints: ConstraintMeanings = {
  user_artist_blocks_user_id_artist_id_key: {
    code: 'conflict',
    pointer: '/artistId',
    message: 'this artist is on your list already',
  },
  user_artist_blocks_artist_id_fkey: {
    code: 'unprocessable',
    pointer: '/artistId',
    message: 'there is no artist with this id',
  },
};

const listBlocks = defineRoute({
  method: 'GET',
  path: '/v1/me/blocks',
  summary: 'The artists I block',
  access: signedIn,
  query: z.strictObject({
    ...pageQuery,
    tag: tag.optional(),
    artistId: uuid.optional(),
    sort: z.enum(['createdAt', '-createdAt']).default('-createdAt'),
  }),
  response: pageOf(block),
  handler: ({ query, database, actor, principal, services: { cursors } }) =>
    database.tx((sql) => {
      const where = ['b.user_id = $1'];
      const parameters: unknown[] = [principal.userId];
      if (query.tag !== undefined) where.push(`b.tags @> array[$${parameters.push(query.tag)}::text]`);
      if (query.artistId !== undefined) where.push(`b.artist_id = $${parameters.push(query.artistId)}::uuid`);
      const listing = {
        select: SELECT,
        where,
        parameters: parameters as string[],
        idColumn: 'b.id',
        order: ORDERS[query.sort],
      };
      return readPage(sql, cursors, '/v1/me/blocks', query, listing);
    }, actor),
});

const createBlock = defineWrite({
  method: 'POST',
  path: '/v1/me/blocks',
  event: 'artist_block.created',
  summary: 'Block an artist',
  access: signedIn,
  body: z.strictObject({ artistId: uuid, tags: tags.default([]), note: note.default(null) }),
  response: block,
  created: true,
  versioned: 'whole',
  constraints,
  handler: ({ principal: { userId }, body }, tx) =>
    tx.userArtistBlock.create({ data: { ...body, userId, createdBy: userId, updatedBy: userId }, select }),
});

const getBlock = defineRoute({
  method: 'GET',
  path: '/v1/me/blocks/:id',
  summary: 'One of my blocks',
  access: signedIn,
  params: idParams,
  response: block,
  versioned: 'whole',
  async handler({ params, database, actor, principal }) {
    const found = await database.tx(
      (sql) => sql.oneOrNone(`${SELECT} where b.id = $1 and b.user_id = $2`, [params.id, principal.userId]),
      actor,
    );
    if (found === null) throw new ApiError('not_found', 'you have no block with this id');
    return found;
  },
});

const updateBlock = defineWrite({
  method: 'PATCH',
  path: '/v1/me/blocks/:id',
  event: 'artist_block.changed',
  summary: 'Change the tags or the note of a block',
  access: signedIn,
  params: idParams,
  body: z
    .strictObject({ tags: tags.exactOptional(), note: note.exactOptional() })
    .refine((body) => Object.keys(body).length > 0, 'changes nothing'),
  response: block,
  versioned: 'whole',
  ifMatch: true,
  async handler({ params: { id }, principal: { userId }, ifMatch, body }, tx) {
    const [changed] = await tx.userArtistBlock.updateManyAndReturn({
      where: { id, userId, ...versionIn(ifMatch) },
      data: { ...body, updatedBy: userId },
      select,
    });
    if (!changed)
      throw missed(await tx.userArtistBlock.findUnique({ where: { id, userId }, select: { version: true } }));
    return changed;
  },
});

const deleteBlock = defineWrite({
  method: 'DELETE',
  path: '/v1/me/blocks/:id',
  event: 'artist_block.deleted',
  summary: 'Unblock an artist',
  access: signedIn,
  params: idParams,
  ifMatch: true,
  async handler({ params: { id }, principal: { userId }, ifMatch }, tx) {
    const { count } = await tx.userArtistBlock.deleteMany({ where: { id, userId, ...versionIn(ifMatch) } });
    if (count === 0)
      throw missed(await tx.userArtistBlock.findUnique({ where: { id, userId }, select: { version: true } }));
    return undefined;
  },
});

export const blockRoutes = [listBlocks, createBlock, getBlock, updateBlock, deleteBlock];
