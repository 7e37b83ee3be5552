import { type Handle, RUNNER } from '../handle.js';
import { actingUser } from './acting-user.js';
import { fieldsOf, selectList } from './columns.js';
import type { CreateInput, Row } from './model-types.js';
import { createRepository } from './repository.js';
import { topicStatement } from './topic-statement.js';

const artistRows = createRepository({
  model: 'Artist',
  table: 'artists',
  sorts: ['name', 'createdAt', 'id'],
  filters: ['name', 'genres', 'createdAt'],
  json: ['externalIds', 'metadata'],
});

const blockRows = createRepository({
  model: 'UserArtistBlock',
  table: 'user_artist_blocks',
  owned: true,
  sorts: ['createdAt', 'id'],
  filters: ['userId', 'artistId', 'tags', 'createdAt'],
  uniques: [{ by: ['userId', 'artistId'] }],
});

const listRows = createRepository({
  model: 'CommunityList',
  table: 'community_lists',
  sorts: ['createdAt', 'id'],
  filters: ['ownerId', 'visibility', 'name', 'createdAt'],
});

export const communityListItems = createRepository({
  model: 'CommunityListItem',
  table: 'community_list_items',
  sorts: ['createdAt', 'id'],
  filters: ['listId', 'artistId'],
  uniques: [{ by: ['listId', 'artistId'] }],
});

export const communityListSubscriptions = createRepository({
  model: 'CommunityListSubscription',
  table: 'community_list_subscriptions',
  owned: true,
  sorts: ['createdAt', 'id'],
  filters: ['userId', 'listId', 'notify'],
  uniques: [{ by: ['userId', 'listId'] }],
});

const reportRows = createRepository({
  model: 'ContentReport',
  table: 'content_reports',
  sorts: ['createdAt', 'id'],
  filters: ['reporterId', 'assigneeId', 'targetType', 'targetId', 'status', 'reason'],
});

export const moderationActions = createRepository({
  model: 'ModerationAction',
  table: 'moderation_actions',
  sorts: ['createdAt', 'id'],
  filters: ['reportId', 'moderatorId', 'targetType', 'targetId', 'action'],
});

const artistColumns = selectList(fieldsOf('Artist'));
const SEARCH = topicStatement('artists.search')`
  select ${artistColumns}, similarity(name, $1)::float8 as similarity from artists where name % $1 order by similarity(name, $1) desc, id limit $2`;
const BY_EXTERNAL_ID = topicStatement('artists.findByExternalId')`
  select ${artistColumns} from artists where external_ids @> jsonb_build_object($1::text, $2::text) order by id limit 1`;

/** Artists whose name resembles a text, the most similar first; typing mistakes are forgiven. */
async function search(
  handle: Handle,
  text: string,
  limit = 20,
): Promise<(Row<'Artist'> & { similarity: number })[]> {
  return (await handle[RUNNER].run<Row<'Artist'> & { similarity: number }>(SEARCH, [text, limit])).rows;
}

/** The artist that a service (spotify, apple_music) knows by an id, or null. */
async function findByExternalId(
  handle: Handle,
  service: string,
  externalId: string,
): Promise<Row<'Artist'> | null> {
  return (await handle[RUNNER].run<Row<'Artist'>>(BY_EXTERNAL_ID, [service, externalId])).rows[0] ?? null;
}

export const artists = { ...artistRows, search, findByExternalId };

const UNBLOCK = topicStatement('user_artist_blocks.unblockMany', { write: true, owned: true })`
  delete from user_artist_blocks where user_id = $1 and artist_id = any($2::uuid[])`;

/** Blocks many artists for the acting user; those that are blocked already stay as they are. Answers the new blocks. */
async function blockMany(
  handle: Handle,
  artistIds: readonly string[],
  details: { tags?: string[]; note?: string } = {},
): Promise<Row<'UserArtistBlock'>[]> {
  const userId = actingUser(handle);
  return blockRows.createMany(
    handle,
    artistIds.map((artistId) => ({ userId, artistId, ...details })),
    { skipDuplicates: true },
  );
}

/** Removes the acting user's blocks of these artists; answers how many there were. */
async function unblockMany(handle: Handle, artistIds: readonly string[]): Promise<number> {
  return (await handle[RUNNER].run(UNBLOCK, [actingUser(handle), [...artistIds]])).rowCount;
}

export const userArtistBlocks = { ...blockRows, blockMany, unblockMany };

/** Creates a list with its first items, together or not at all. */
async function createWithItems(
  handle: Handle,
  list: CreateInput<'CommunityList'>,
  items: readonly Omit<CreateInput<'CommunityListItem'>, 'listId'>[],
): Promise<{ list: Row<'CommunityList'>; items: Row<'CommunityListItem'>[] }> {
  return handle[RUNNER].transaction(async (tx) => {
    const created = await listRows.create(tx, list);
    return {
      list: created,
      items: await communityListItems.createMany(
        tx,
        items.map((item) => ({ ...item, listId: created.id })),
      ),
    };
  });
}

const APPLY = topicStatement('community_lists.blockAll', { write: true, owned: true })`
  insert into user_artist_blocks (user_id, artist_id, created_by, updated_by)
  select $1, i.artist_id, $1, $1 from community_list_items i join community_lists l on l.id = i.list_id
   where i.list_id = $2 and l.deleted_at is null on conflict (user_id, artist_id) do nothing`;

/** Blocks every artist of a list for the acting user; answers how many blocks are new. */
async function blockAll(handle: Handle, listId: string): Promise<number> {
  return (await handle[RUNNER].run(APPLY, [actingUser(handle), listId])).rowCount;
}

/** Follows a list as the acting user; following twice changes the setting only. */
async function subscribe(
  handle: Handle,
  listId: string,
  notify = true,
): Promise<Row<'CommunityListSubscription'>> {
  return communityListSubscriptions.upsert(
    handle,
    ['userId', 'listId'],
    { userId: actingUser(handle), listId, notify },
    { notify },
  );
}

export const communityLists = { ...listRows, createWithItems, blockAll, subscribe };

/** Closes a report with what was decided: the action and the report's new state, together or not at all. */
async function decide(
  handle: Handle,
  reportId: string,
  decision: Pick<CreateInput<'ModerationAction'>, 'action' | 'reason' | 'expiresAt'>,
  version?: number,
): Promise<{ report: Row<'ContentReport'>; action: Row<'ModerationAction'> }> {
  return handle[RUNNER].transaction(async (tx) => {
    const status = decision.action === 'dismiss' ? 'dismissed' : 'resolved';
    const report = await reportRows.update(tx, reportId, { status, resolvedAt: new Date() }, version);
    const moderatorId = handle[RUNNER].actor?.userId ?? null;
    const { targetType, targetId } = report;
    return {
      report,
      action: await moderationActions.create(tx, {
        ...decision,
        reportId,
        moderatorId,
        targetType,
        targetId,
      }),
    };
  });
}

export const contentReports = { ...reportRows, decide };
