import { type SqlParameter, type Transaction, userArtistBlocks } from '@plinth/db';
import { z } from 'zod';
import { csvLine, parseCsv } from '../csv.js';
import { nameSchema, text, uuid } from '../fields.js';
import { type Context, defineRoute, defineWrite, signedIn } from '../route.js';
import { note, tags } from './blocks.js';

const artistIds = z
  .array(uuid)
  .min(1)
  .max(1_000)
  .refine((ids) => new Set(ids).size === ids.length, 'names an artist twice');

const unknownArtist = {
  user_artist_blocks_artist_id_fkey: {
    code: 'unprocessable',
    pointer: '/artistIds',
    message: 'names an artist who does not exist',
  },
} as const;

const blockMany = defineWrite({
  method: 'POST',
  path: '/v1/me/blocks/bulk',
  summary: 'Block up to 1,000 artists at once; those blocked already stay as they are',
  access: signedIn,
  body: z.strictObject({ artistIds, tags: tags.default([]), note: note.default(null) }),
  response: z.strictObject({ blocked: z.int(), already: z.int() }),
  constraints: unknownArtist,
  async handler({ body: { artistIds: ids, tags: labels, note: remark } }, tx) {
    const made = await userArtistBlocks.blockMany(tx, ids, {
      tags: labels,
      ...(remark === null ? {} : { note: remark }),
    });
    return { blocked: made.length, already: ids.length - made.length };
  },
});

const unblockMany = defineWrite({
  method: 'POST',
  path: '/v1/me/blocks/bulk-delete',
  summary: 'Unblock up to 1,000 artists at once',
  access: signedIn,
  body: z.strictObject({ artistIds }),
  response: z.strictObject({ unblocked: z.int() }),
  handler: async ({ body }, tx) => ({ unblocked: await userArtistBlocks.unblockMany(tx, body.artistIds) }),
});

const exported = nameSchema(
  'ExportedBlock',
  z.strictObject({
    artistId: uuid,
    name: z.string(),
    tags: z.array(z.string()),
    note: z.string().nullable(),
  }),
);
type Exported = z.output<typeof exported>;

const PAGE = 500;
const EXPORT = `
select b.artist_id as "artistId", a.name, b.tags, b.note
  from user_artist_blocks b join artists a on a.id = b.artist_id
 where b.user_id = $1 and ($2::uuid is null or b.artist_id > $2) order by b.artist_id limit ${PAGE}`;

/** Page by page, so that neither a long list nor a slow client holds a connection. */
async function* exportedPages({
  database,
  actor,
}: Pick<Context, 'database' | 'actor'>): AsyncGenerator<Exported[]> {
  for (let after: string | null = null; ; ) {
    const parameters: SqlParameter[] = [actor.userId, after];
    const page: Exported[] = await database.tx((sql) => sql.query<Exported>(EXPORT, parameters), actor);
    yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.artistId ?? null;
  }
}

const exportJson = defineRoute({
  method: 'GET',
  path: '/v1/me/blocks/export',
  summary: 'All my blocks as one document, which import takes back',
  access: signedIn,
  response: z.strictObject({ blocks: z.array(exported) }),
  async handler(context) {
    context.setHeader('Content-Disposition', 'attachment; filename="blocks.json"');
    const blocks: Exported[] = [];
    for await (const page of exportedPages(context)) blocks.push(...page);
    return { blocks };
  },
});

const COLUMNS = ['artistId', 'name', 'tags', 'note'] as const;

const exportCsv = defineRoute({
  method: 'GET',
  path: '/v1/me/blocks/export.csv',
  summary: 'All my blocks as CSV, which import takes back',
  access: signedIn,
  media: 'text/csv',
  async handler(context) {
    context.setHeader('Content-Disposition', 'attachment; filename="blocks.csv"');
    const lineOf = ({ artistId, name, tags: labels, note: remark }: Exported) =>
      csvLine([artistId, name, JSON.stringify(labels), remark ?? '']);
    return (async function* () {
      let head = csvLine(COLUMNS);
      for await (const page of exportedPages(context)) {
        yield head + page.map(lineOf).join('');
        head = '';
      }
    })();
  },
});

/** As many as anybody has, so that what was exported can come back in one piece. */
const MAX_IMPORTED = 10_000;
const MAX_IMPORTED_BYTES = 4 * 1_024 * 1_024;

const imported = z.strictObject({
  artistId: uuid.exactOptional(),
  /** `spotify:4q3e...`, for artists whose id here is not known. */
  externalId: text(300)
    .regex(/^[a-z][a-z0-9_]{0,31}:.+$/, 'is not of the form service:id')
    .exactOptional(),
  /** For people; it is not read. */
  name: z.string().max(300).exactOptional(),
  tags: tags.default([]),
  note: note.default(null),
});

/** CSV cells as the fields of `imported`: an empty cell is an absent field, tags are a JSON array. */
function fromCsv(document: string): unknown {
  const blocks = parseCsv(document).map((cells) => {
    const given = Object.entries(cells).filter(([, value]) => value !== '');
    return Object.fromEntries(
      given.map(([name, value]) => [name, name === 'tags' ? readTags(value) : value]),
    );
  });
  return { blocks };
}

function readTags(cell: string): unknown {
  try {
    const parsed: unknown = JSON.parse(cell);
    if (Array.isArray(parsed)) return parsed;
  } catch {
    // Then it is one tag, written by hand, as what is JSON but no list is (2024).
  }
  return [cell];
}

const RESOLVE = `
select w.at::int as at,
       case when w.artist_id is not null then (select a.id from artists a where a.id = w.artist_id)
            else (select a.id from artists a where a.external_ids @> jsonb_build_object(w.service, w.external) order by a.id limit 1)
       end as id
  from unnest($1::uuid[], $2::text[], $3::text[]) with ordinality w(artist_id, service, external, at)
 order by w.at`;

const importBlocks = defineWrite({
  method: 'POST',
  path: '/v1/me/blocks/import',
  summary:
    'Block what a JSON or CSV export lists, by id or by an id at another service: up to 10,000 artists, 4 MiB',
  access: signedIn,
  body: z.strictObject({
    blocks: z
      .array(
        imported.refine(
          ({ artistId, externalId }) => (artistId === undefined) !== (externalId === undefined),
          'names not exactly one of artistId and externalId',
        ),
      )
      .min(1)
      .max(MAX_IMPORTED),
  }),
  parseCsv: fromCsv,
  maxBodyBytes: MAX_IMPORTED_BYTES,
  response: z.strictObject({
    created: z.int(),
    already: z.int(),
    /** Places in the list, from 0, of artists that are not known. */
    unknown: z.array(z.int()),
  }),
  async handler({ body: { blocks }, principal: { userId } }, tx) {
    const ids = await resolve(tx, blocks);
    const rows = blocks.flatMap(({ tags: labels, note: remark }, at) => {
      const artistId = ids[at];
      return artistId ? [{ userId, artistId, tags: labels, note: remark }] : [];
    });
    const made = await userArtistBlocks.createMany(tx, rows, { skipDuplicates: true });
    return {
      created: made.length,
      already: rows.length - made.length,
      unknown: ids.flatMap((id, at) => (id === null ? [at] : [])),
    };
  },
});

/** The artist of each entry, or null. */
async function resolve(
  tx: Transaction,
  blocks: readonly { artistId?: string; externalId?: string }[],
): Promise<(string | null)[]> {
  const parts = blocks.map(({ externalId }) => /^([^:]+):(.+)$/s.exec(externalId ?? ''));
  const found = await tx.sql.query<{ at: number; id: string | null }>(RESOLVE, [
    blocks.map(({ artistId }) => artistId ?? null),
    parts.map((part) => part?.[1] ?? null),
    parts.map((part) => part?.[2] ?? null),
  ]);
  return found.map(({ id }) => id);
}

export const blockListRoutes = [blockMany, unblockMany, exportJson, exportCsv, importBlocks];
