import { conversationParticipants, conversations, type Handle, type Row, users } from '@plinth/db';
import { z } from 'zod';
import { ApiError } from '../errors.js';
import { idParams, moment, nameSchema, pageOf, pageQuery, text, uuid } from '../fields.js';
import { createPresenter } from '../present.js';
import { pathParams } from '../resource.js';
import { defineRoute, defineWrite, signedIn } from '../route.js';

const conversationShape = {
  id: uuid,
  kind: z.enum(['direct', 'group']),
  subject: z.string().nullable(),
  lastMessageAt: moment.nullable(),
  createdAt: moment,
  updatedAt: moment,
  version: z.int(),
};
const participantShape = {
  id: uuid,
  userId: uuid,
  role: z.enum(['owner', 'member']),
  joinedAt: moment,
  leftAt: moment.nullable(),
  lastReadAt: moment.nullable(),
};
const participant = nameSchema('ConversationParticipant', z.strictObject(participantShape));
const conversation = nameSchema(
  'Conversation',
  z.strictObject({ ...conversationShape, participants: z.array(participant) }),
);
const presentConversation = createPresenter(conversationShape);
const presentParticipant = createPresenter(participantShape);

/** The caller's place in a conversation. Throws ApiError `not_found` to everybody who takes no part in it (any more). */
export async function placeIn(
  handle: Handle,
  conversationId: string,
  userId: string,
): Promise<Row<'ConversationParticipant'>> {
  const place = await conversationParticipants.find(handle, { conversationId, userId });
  if (place === null || place.leftAt !== null) {
    throw new ApiError('not_found', 'you take part in no conversation with this id');
  }
  return place;
}

async function whole(handle: Handle, conversationId: string): Promise<object> {
  const found = await conversations.get(handle, conversationId);
  if (found === null) throw new ApiError('not_found');
  const { rows } = await conversationParticipants.list(handle, {
    where: { conversationId },
    limit: MAX_PEOPLE,
  });
  return { ...presentConversation(found), participants: rows.map(presentParticipant) };
}

const MAX_PEOPLE = 100;

const inboxShape = { ...conversationShape, lastReadAt: moment.nullable(), unread: z.boolean() };
const presentInboxEntry = createPresenter(inboxShape);
const INBOX = '/v1/me/conversations';

const inbox = defineRoute({
  method: 'GET',
  path: INBOX,
  summary: 'My conversations, those with the latest messages first',
  access: signedIn,
  query: z.strictObject(pageQuery),
  response: pageOf(nameSchema('InboxEntry', z.strictObject(inboxShape))),
  async handler({ query: { limit, cursor }, database, actor, services: { cursors } }) {
    const from = cursor === undefined ? null : cursors.open(INBOX, cursor);
    const after = from && { value: new Date(from.value), id: from.id };
    const rows = await conversations.inbox(database.as(actor), limit + 1, after);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      data: rows.slice(0, limit).map(presentInboxEntry),
      nextCursor: last
        ? cursors.seal(INBOX, { value: (last.lastMessageAt ?? last.createdAt).toISOString(), id: last.id })
        : null,
    };
  },
});

const start = defineWrite({
  method: 'POST',
  path: '/v1/me/conversations',
  summary: 'Start a conversation with others',
  access: signedIn,
  body: z.strictObject({
    userIds: z
      .array(uuid)
      .min(1)
      .max(MAX_PEOPLE - 1),
    subject: text(200).nullable().default(null),
  }),
  response: conversation,
  created: true,
  versioned: 'whole',
  async handler({ body, principal }, tx) {
    const others = new Set(body.userIds);
    if (others.has(principal.userId)) throw unknownPeople('names yourself');
    const { known } = await tx.sql.one<{ known: number }>(
      'select count(*)::int as known from users where id = any($1::uuid[]) and is_active and deleted_at is null',
      [[...others]],
    );
    if (known < others.size) throw unknownPeople('names somebody who has no account');
    const { conversation: made } = await conversations.start(tx, body);
    return whole(tx, made.id);
  },
});

function unknownPeople(message: string): ApiError {
  return new ApiError('unprocessable', undefined, {
    errors: [{ in: 'body', pointer: '/userIds', code: 'unprocessable', message }],
  });
}

const getConversation = defineRoute({
  method: 'GET',
  path: '/v1/me/conversations/:id',
  summary: 'One of my conversations, with everybody who takes part',
  access: signedIn,
  params: idParams,
  response: conversation,
  versioned: 'whole',
  async handler({ database, params: { id }, principal }) {
    await placeIn(database, id, principal.userId);
    return whole(database, id);
  },
});

const markRead = defineWrite({
  method: 'PUT',
  path: '/v1/me/conversations/:id/read',
  summary: 'Note that I have read everything up to now',
  access: signedIn,
  params: idParams,
  async handler({ params: { id }, principal }, tx) {
    await placeIn(tx, id, principal.userId);
    await conversations.markRead(tx, id);
    return undefined;
  },
});

const invitation = '/v1/me/conversations/:conversationId/participants/:userId';
const invite = defineWrite({
  method: 'PUT',
  path: invitation,
  summary: 'Add somebody to a group that I started',
  access: signedIn,
  params: pathParams(invitation),
  response: participant,
  async handler({ params, principal }, tx) {
    const { conversationId = '', userId = '' } = params;
    const place = await placeIn(tx, conversationId, principal.userId);
    const found = await conversations.get(tx, conversationId, { select: ['kind'] });
    if (place.role !== 'owner' || found?.kind !== 'group') {
      throw new ApiError('forbidden', 'only who started a group adds people to it');
    }
    const user = await users.get(tx, userId, { select: ['isActive'] });
    if (!user?.isActive) throw new ApiError('not_found', 'there is no user with this id');
    if ((await conversationParticipants.count(tx, { conversationId })) >= MAX_PEOPLE) {
      throw new ApiError('conflict', `a conversation has at most ${MAX_PEOPLE} participants`);
    }
    return presentParticipant(
      await conversationParticipants.upsert(
        tx,
        ['conversationId', 'userId'],
        { conversationId, userId },
        { leftAt: null },
      ),
    );
  },
});

const leave = defineWrite({
  method: 'DELETE',
  path: '/v1/me/conversations/:id',
  summary: 'Leave a conversation: its messages are out of sight from now on',
  access: signedIn,
  params: idParams,
  async handler({ params: { id }, principal }, tx) {
    const place = await placeIn(tx, id, principal.userId);
    await conversationParticipants.update(tx, place.id, { leftAt: new Date() }, undefined);
    return undefined;
  },
});

export const conversationRoutes = [inbox, start, getConversation, markRead, invite, leave];
