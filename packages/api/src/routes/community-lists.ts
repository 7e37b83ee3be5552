import { communityLists, type Handle } from '@plinth/db';
import { z } from 'zod';
import { ApiError } from '../errors.js';
import { idParams, leaveOut, text, uuid } from '../fields.js';
import { defineResource } from '../resource.js';
import { defineRoute, defineWrite, signedIn } from '../route.js';

const visibility = z.enum(['public', 'unlisted', 'private']);
const writable = { name: text(200), description: text(5_000, 0), visibility };
const change = z.strictObject(leaveOut(writable));
const answer = { ownerId: uuid, ...writable };
const schema = 'CommunityList';

/** The caller's own lists, whatever their visibility. */
const own = defineResource({
  path: '/v1/me/community-lists',
  noun: ['list of yours', 'the community lists I curate'],
  schema,
  repository: communityLists,
  answer,
  filters: { visibility },
  sorts: ['-createdAt', 'createdAt'],
  create: change.extend({ name: writable.name }),
  change,
  event: 'community_list',
  access: { read: signedIn, create: signedIn, change: signedIn, delete: signedIn },
  fixed: ({ principal }) => ({ ownerId: principal.userId }),
});

/** Everybody's public lists. */
const open = defineResource({
  path: '/v1/community-lists',
  noun: ['community list', 'public community lists'],
  schema,
  repository: communityLists,
  answer,
  filters: { ownerId: uuid },
  sorts: ['-createdAt', 'createdAt'],
  access: { list: signedIn },
  fixed: () => ({ visibility: 'public' as const }),
});

/** The list, where this user may see it: public, theirs, or unlisted, for whoever knows its id. Throws ApiError `not_found`. */
export async function visibleList(handle: Handle, listId: string, userId: string): Promise<object> {
  const found = await communityLists.get(handle, listId);
  if (found === null || (found.visibility === 'private' && found.ownerId !== userId)) {
    throw new ApiError('not_found', 'there is no community list with this id');
  }
  return found;
}

const getList = defineRoute({
  method: 'GET',
  path: '/v1/community-lists/:id',
  summary: 'One community list: public, unlisted or mine',
  access: signedIn,
  params: idParams,
  response: own.answered,
  versioned: true,
  handler: async ({ database, params, principal }) =>
    own.present(await visibleList(database, params.id, principal.userId)),
});

const blockAll = defineWrite({
  method: 'POST',
  path: '/v1/community-lists/:id/block-all',
  summary: 'Block every artist of a list; those blocked already stay as they are',
  access: signedIn,
  params: idParams,
  response: z.strictObject({ blocked: z.int() }),
  async handler({ params: { id }, principal }, tx) {
    await visibleList(tx, id, principal.userId);
    return { blocked: await communityLists.blockAll(tx, id) };
  },
});

export const communityListRoutes = [...open.routes, getList, blockAll, ...own.routes];
