import { communityListSubscriptions, communityLists } from '@plinth/db';
import { z } from 'zod';
import { idParams, uuid } from '../fields.js';
import { defineResource } from '../resource.js';
import { defineWrite, signedIn } from '../route.js';
import { visibleList } from './community-lists.js';

const notify = z.boolean();

/** The lists that the caller follows. */
const resource = defineResource({
  path: '/v1/me/subscriptions',
  noun: ['subscription', 'the community lists I follow'],
  schema: 'CommunityListSubscription',
  repository: communityListSubscriptions,
  answer: { listId: uuid, notify },
  filters: { listId: uuid },
  sorts: ['-createdAt', 'createdAt'],
  change: z.strictObject({ notify }),
  access: { read: signedIn, change: signedIn, delete: signedIn },
  fixed: ({ principal }) => ({ userId: principal.userId }),
});

const subscribe = defineWrite({
  method: 'PUT',
  path: '/v1/community-lists/:id/subscription',
  summary: 'Follow a community list; following twice changes the setting only',
  access: signedIn,
  params: idParams,
  body: z.strictObject({ notify: notify.default(true) }),
  response: resource.answered,
  versioned: true,
  async handler({ params: { id }, body, principal }, tx) {
    await visibleList(tx, id, principal.userId);
    return resource.present(await communityLists.subscribe(tx, id, body.notify));
  },
});

export const communityListSubscriptionRoutes = [...resource.routes, subscribe];
