import { DatabaseError } from '../errors.js';
import { type Handle, RUNNER } from '../handle.js';
import { actingUser } from './acting-user.js';
import { fieldsOf, selectList } from './columns.js';
import type { Row } from './model-types.js';
import { createRepository } from './repository.js';
import { topicStatement } from './topic-statement.js';

const conversationRows = createRepository({
  model: 'Conversation',
  table: 'conversations',
  sorts: ['createdAt', 'id'],
  filters: ['kind', 'createdAt'],
});

export const conversationParticipants = createRepository({
  model: 'ConversationParticipant',
  table: 'conversation_participants',
  sorts: ['createdAt', 'id'],
  filters: ['conversationId', 'userId', 'role', 'leftAt'],
  uniques: [{ by: ['conversationId', 'userId'] }],
});

const messageRows = createRepository({
  model: 'Message',
  table: 'messages',
  owned: true,
  sorts: ['createdAt', 'id'],
  filters: ['conversationId', 'senderId', 'createdAt'],
});

const messageColumns = selectList(fieldsOf('Message'));
const INBOX = topicStatement('conversations.inbox')`
  select ${selectList(fieldsOf('Conversation'), 'c.')}, p.last_read_at as "lastReadAt",
         c.last_message_at is not null and (p.last_read_at is null or p.last_read_at < c.last_message_at) as unread
    from conversation_participants p join conversations c on c.id = p.conversation_id
   where p.user_id = $1 and p.left_at is null
     and ($3::timestamptz is null or (coalesce(c.last_message_at, c.created_at), c.id) < ($3, $4::uuid))
   order by coalesce(c.last_message_at, c.created_at) desc, c.id desc limit $2`;
const MARK_READ = topicStatement('conversations.markRead', { write: true })`
  update conversation_participants set last_read_at = now(), updated_by = $2 where conversation_id = $1 and user_id = $2`;
const SEARCH = topicStatement('messages.search', { owned: true })`
  select ${messageColumns} from messages
   where to_tsvector('simple'::regconfig, body) @@ websearch_to_tsquery('simple'::regconfig, $1) and deleted_at is null
     and ($3::timestamptz is null or (created_at, id) < ($3, $4::uuid))
   order by created_at desc, id desc limit $2`;
const SEARCH_SIMILAR = topicStatement('messages.searchSimilar', { owned: true })`
  select ${messageColumns}, word_similarity($1, body) as similarity from messages where $1 <% body and deleted_at is null
     and ($3::real is null or (word_similarity($1, body), id) < ($3, $4::uuid))
   order by word_similarity($1, body) desc, id desc limit $2`;

/** Starts a conversation of the acting user with others, together or not at all. */
async function start(
  handle: Handle,
  { userIds, subject = null }: { userIds: readonly string[]; subject?: string | null },
): Promise<{ conversation: Row<'Conversation'>; participants: Row<'ConversationParticipant'>[] }> {
  const owner = actingUser(handle);
  return handle[RUNNER].transaction(async (tx) => {
    const others = [...new Set(userIds)].filter((userId) => userId !== owner);
    const conversation = await conversationRows.create(tx, {
      kind: others.length > 1 ? 'group' : 'direct',
      subject,
    });
    const participants = await conversationParticipants.createMany(tx, [
      { conversationId: conversation.id, userId: owner, role: 'owner' },
      ...others.map((userId) => ({ conversationId: conversation.id, userId, role: 'member' as const })),
    ]);
    return { conversation, participants };
  });
}

type InboxEntry = Row<'Conversation'> & { lastReadAt: Date | null; unread: boolean };

/** The row after which a page goes on: what it is sorted by, and its id. */
export interface After<T> {
  value: T;
  id: string;
}

/** The acting user's conversations, the latest first: by their last message or, before there is one, their beginning. */
async function inbox(handle: Handle, limit = 20, after: After<Date> | null = null): Promise<InboxEntry[]> {
  const values = [actingUser(handle), limit, after?.value ?? null, after?.id ?? null];
  return (await handle[RUNNER].run<InboxEntry>(INBOX, values)).rows;
}

/** Notes that the acting user has read a conversation up to now. */
async function markRead(handle: Handle, conversationId: string): Promise<void> {
  const { rowCount } = await handle[RUNNER].run(MARK_READ, [conversationId, actingUser(handle)]);
  if (rowCount === 0) throw new DatabaseError('not_found');
}

export const conversations = { ...conversationRows, start, inbox, markRead };

/** Sends a message as the acting user; permission error when the user takes no part in the conversation. */
async function send(handle: Handle, conversationId: string, body: string): Promise<Row<'Message'>> {
  return messageRows.create(handle, { conversationId, senderId: actingUser(handle), body });
}

/** Messages with these words in the acting user's conversations (`"exact phrase"`, `-without`), the latest first. */
async function search(
  handle: Handle,
  words: string,
  limit = 20,
  after: After<Date> | null = null,
): Promise<Row<'Message'>[]> {
  const values = [words, limit, after?.value ?? null, after?.id ?? null];
  return (await handle[RUNNER].run<Row<'Message'>>(SEARCH, values)).rows;
}

/** Messages with something like this text, in spite of typing mistakes, the most similar (0 to 1) first. */
async function searchSimilar(
  handle: Handle,
  text: string,
  limit = 20,
  after: After<number> | null = null,
): Promise<(Row<'Message'> & { similarity: number })[]> {
  const values = [text, limit, after?.value ?? null, after?.id ?? null];
  return (await handle[RUNNER].run<Row<'Message'> & { similarity: number }>(SEARCH_SIMILAR, values)).rows;
}

export const messages = { ...messageRows, send, search, searchSimilar };
