import { type Handle, messages } from '@plinth/db';
import { z } from 'zod';
import { moment, pageOf, pageQuery, searchText, text, uuid } from '../fields.js';
import { defineResource } from '../resource.js';
import { defineRoute, signedIn } from '../route.js';
import { placeIn } from './conversations.js';

const path = '/v1/me/conversations/:conversationId/messages';
const body = text(10_000);

/** Nobody sees or writes messages where they take no part. */
async function within(
  handle: Handle,
  { params, principal }: { params: Record<string, string>; principal: { userId: string } },
): Promise<void> {
  await placeIn(handle, params.conversationId as string, principal.userId);
}

const common = {
  path,
  schema: 'Message',
  repository: messages,
  answer: {
    conversationId: uuid,
    senderId: uuid.nullable(),
    body: z.string(),
    editedAt: moment.nullable(),
  },
  sorts: ['-createdAt', 'createdAt'],
  within,
} as const;

/** What anybody sent in a conversation of the caller's; sending is new messages of the caller's own. */
const read = defineResource({
  ...common,
  noun: ['message', 'the messages of a conversation'],
  create: z.strictObject({ body }),
  access: { read: signedIn, create: signedIn },
  fixed: ({ params }) => ({ conversationId: params.conversationId as string }),
  prepare: (input, { principal }) => ({ ...input, senderId: principal.userId }),
});

/** The caller's own messages, which alone can be changed and deleted. */
const own = defineResource({
  ...common,
  noun: ['message of yours', 'messages of mine'],
  change: z.strictObject({ body }),
  access: { change: signedIn, delete: signedIn },
  fixed: ({ params, principal }) => ({
    conversationId: params.conversationId as string,
    senderId: principal.userId,
  }),
  prepare: (input) => ({ ...input, editedAt: new Date() }),
});

const search = defineRoute({
  method: 'GET',
  path: '/v1/me/messages/search',
  summary: 'Messages of my conversations, by words ("exact phrase", -without) or by similarity',
  access: signedIn,
  query: z.strictObject({
    q: searchText,
    /** words: the latest first. similar: in spite of typing mistakes, the most similar first. */
    mode: z.enum(['words', 'similar']).default('words'),
    ...pageQuery,
  }),
  response: pageOf(read.answered),
  async handler({ query: { q, mode, limit, cursor }, database, actor, services: { cursors } }) {
    const scope = `/v1/me/messages/search ${JSON.stringify([q, mode])}`;
    const from = cursor === undefined ? null : cursors.open(scope, cursor);
    const me = database.as(actor);
    const rows: { id: string; createdAt: Date; similarity?: number }[] =
      mode === 'words'
        ? await messages.search(me, q, limit + 1, from && { ...from, value: new Date(from.value) })
        : await messages.searchSimilar(me, q, limit + 1, from && { ...from, value: Number(from.value) });
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    const value = String(last?.similarity ?? last?.createdAt.toISOString());
    return {
      data: rows.slice(0, limit).map(read.present),
      nextCursor: last ? cursors.seal(scope, { value, id: last.id }) : null,
    };
  },
});

export const messageRoutes = [...read.routes, ...own.routes, search];
