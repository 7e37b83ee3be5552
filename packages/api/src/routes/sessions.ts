import { sessions } from '@plinth/db';
import { z } from 'zod';
import { endFamily } from '../auth/sessions.js';
import { ApiError } from '../errors.js';
import { idParams, moment } from '../fields.js';
import { defineResource } from '../resource.js';
import { defineWrite, inPerson } from '../route.js';

/** What answers tell of a session, whoever asks. */
export const sessionAnswer = {
  userAgent: z.string().nullable(),
  ipAddress: z.string().nullable(),
  lastUsedAt: moment,
  expiresAt: moment,
  rotatedAt: moment.nullable(),
  revokedAt: moment.nullable(),
};

const resource = defineResource({
  path: '/v1/me/sessions',
  noun: [
    'session of yours',
    'where I am signed in, and was: one row for each sign-in, with its last refresh',
  ],
  schema: 'MySession',
  repository: sessions,
  answer: sessionAnswer,
  sorts: ['-createdAt', 'createdAt'],
  access: { read: inPerson },
  // A refresh makes a row of its own; those that were refreshed are history.
  fixed: ({ principal }) => ({ userId: principal.userId, rotatedAt: null }),
});

const end = defineWrite({
  method: 'DELETE',
  path: '/v1/me/sessions/:id',
  summary: 'Sign out there: its refresh tokens and access tokens are refused within a second',
  access: inPerson,
  params: idParams,
  async handler({ params: { id }, principal: { userId } }, tx) {
    const found = await sessions.get(tx, id);
    if (found === null || found.userId !== userId) {
      throw new ApiError('not_found', 'you have no session with this id');
    }
    await endFamily(tx.sql, userId, found.familyId);
    return undefined;
  },
});

export const sessionRoutes = [...resource.routes, end];
