import { DatabaseError } from '../errors.js';
import { type Handle, RUNNER } from '../handle.js';
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

function senderOf(handle: Handle): string {
  const userId = handle[RUNNER].actor?.userId;
  if (userId === undefined)
    throw new DatabaseError('permission', { fix: 'use database.as(actor) with a user' });
  return userId;
}

const messageColumns = selectList(fieldsOf('Message'));
const INBOX = topicStatement('conversations.inbox')`
  select ${selectList(fieldsOf('Conversation'), 'c.')}, p.last_read_at as "lastReadAt",
         c.last_message_at is not null and (p.last_read_at is null or p.last_read_at < c.last_message_at) as unread
    from conversation_participants p join conversations c on c.id = p.conversation_id
   where p.user_id = $1 and p.left_at is null
   order by c.last_message_at desc nulls last, c.id desc limit $2`;
const MARK_READ = topicStatement('conversations.markRead', { write: true })`
  update conversation_participants set last_read_at = now(), updated_by = $2 where conversation_id = $1 and user_id = $2`;
const SEARCH = topicStatement('messages.search', { owned: true })`
  select ${messageColumns} from messages
   where to_tsvector('simple'::regconfig, body) @@ websearch_to_tsquery('simple'::regconfig, $1) and deleted_at is null
   order by created_at desc, id desc limit $2`;
const SEARCH_SIMILAR = topicStatement('messages.searchSimilar', { owned: true })`
  select ${messageColumns} from messages where $1 <% body and deleted_at is null
   order by word_similarity($1, body) desc, id desc limit $2`;

/** Starts a conversation of the acting user with others, together or not at all. */
async function start(
  handle: Handle,
  { userIds, subject = null }: { userIds: readonly string[]; subject?: string | null },
): Promise<{ conversation: Row<'Conversation'>; participants: Row<'ConversationParticipant'>[] }> {
  const owner = senderOf(handle);
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

/** The acting user's conversations, the latest first. */
async function inbox(handle: Handle, limit = 20): Promise<InboxEntry[]> {
  return (await handle[RUNNER].run<InboxEntry>(INBOX, [senderOf(handle), limit])).rows;
}

/** Notes that the acting user has read a conversation up to now. */
async function markRead(handle: Handle, conversationId: string): Promise<void> {
  const { rowCount } = await handle[RUNNER].run(MARK_READ, [conversationId, senderOf(handle)]);
  if (rowCount === 0) throw new DatabaseError('not_found');
}

export const conversations = { ...conversationRows, start, inbox, markRead };

/** Sends a message as the acting user; permission error when the user takes no part in the conversation. */
async function send(handle: Handle, conversationId: string, body: string): Promise<Row<'Message'>> {
  return messageRows.create(handle, { conversationId, senderId: senderOf(handle), body });
}

/** Messages with these words in the acting user's conversations (`"exact phrase"`, `-without`), the latest first. */
async function search(handle: Handle, words: string, limit = 20): Promise<Row<'Message'>[]> {
  return (await handle[RUNNER].run<Row<'Message'>>(SEARCH, [words, limit])).rows;
}

/** Messages with something like this text, in spite of typing mistakes, the most similar first. */
async function searchSimilar(handle: Handle, text: string, limit = 20): Promise<Row<'Message'>[]> {
  return (await handle[RUNNER].run<Row<'Message'>>(SEARCH_SIMILAR, [text, limit])).rows;
}

export const messages = { ...messageRows, send, search, searchSimilar };
