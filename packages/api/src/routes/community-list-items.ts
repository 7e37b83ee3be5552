import { communityListItems, communityLists, type Handle } from '@plinth/db';
import { z } from 'zod';
import { ApiError } from '../errors.js';
import { leaveOut, text, uuid } from '../fields.js';
import { defineResource } from '../resource.js';
import { signedIn } from '../route.js';
import { visibleList } from './community-lists.js';

const reason = text(2_000, 0);
const common = {
  schema: 'CommunityListItem',
  repository: communityListItems,
  answer: { listId: uuid, artistId: uuid, reason },
  sorts: ['createdAt', '-createdAt'],
} as const;

/** Items of a list that the caller may see. */
const read = defineResource({
  ...common,
  path: '/v1/community-lists/:listId/items',
  noun: ['item', 'the artists on a community list'],
  filters: { artistId: uuid },
  access: { read: signedIn },
  fixed: ({ params }) => ({ listId: params.listId as string }),
  async within(handle, { params, principal }) {
    await visibleList(handle, params.listId as string, principal.userId);
  },
});

async function listIsMine(
  handle: Handle,
  { params, principal }: { params: Record<string, string>; principal: { userId: string } },
): Promise<void> {
  const list = await communityLists.get(handle, params.listId as string, { select: ['ownerId'] });
  if (list?.ownerId !== principal.userId) {
    throw new ApiError('not_found', 'you have no community list with this id');
  }
}

/** Items of the caller's own lists. */
const write = defineResource({
  ...common,
  path: '/v1/me/community-lists/:listId/items',
  noun: ['item', 'the artists on a list of mine'],
  create: z.strictObject({ artistId: uuid, ...leaveOut({ reason }) }),
  change: z.strictObject({ reason }),
  access: { create: signedIn, change: signedIn, delete: signedIn },
  fixed: ({ params }) => ({ listId: params.listId as string }),
  within: listIsMine,
  constraints: {
    community_list_items_list_id_artist_id_key: {
      code: 'conflict',
      pointer: '/artistId',
      message: 'the artist is on the list already',
    },
    community_list_items_artist_id_fkey: {
      code: 'unprocessable',
      pointer: '/artistId',
      message: 'there is no artist with this id',
    },
  },
});

export const communityListItemRoutes = [...read.routes, ...write.routes];
