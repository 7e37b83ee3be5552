import { sessions, users } from '@plinth/db';
import { z } from 'zod';
import { flag, idParams, leaveOut, moment, text } from '../fields.js';
import { defineResource } from '../resource.js';
import { defineWrite, requires } from '../route.js';
import { sessionAnswer } from './sessions.js';

const tier = z.enum(['free', 'pro', 'business', 'enterprise']);
const administered = { fullName: text(200), isActive: z.boolean(), subscriptionTier: tier };

/** Accounts, for administrators. People make their own by registering; secrets are not among the columns. */
const resource = defineResource({
  path: '/v1/users',
  noun: ['user', 'users'],
  schema: 'User',
  repository: users,
  answer: {
    email: z.string(),
    ...administered,
    emailVerifiedAt: moment.nullable(),
    lastLoginAt: moment.nullable(),
  },
  taggedWhole: true,
  filters: { email: text(320, 3).toLowerCase(), isActive: flag, subscriptionTier: tier },
  sorts: ['-createdAt', 'createdAt'],
  change: z.strictObject(leaveOut(administered)),
  access: {
    read: requires('users:read'),
    change: requires('users:write'),
    delete: requires('users:write'),
  },
});

/** Administrators see whose sessions are open where; row security shows other people's to the admin role alone. */
const userSessions = defineResource({
  path: '/v1/users/:userId/sessions',
  noun: ['session', 'the sessions of a user'],
  schema: 'Session',
  repository: sessions,
  answer: sessionAnswer,
  sorts: ['-createdAt', 'createdAt'],
  access: { read: requires('users:read') },
  fixed: ({ params }) => ({ userId: params.userId as string }),
});

const restore = defineWrite({
  method: 'POST',
  path: '/v1/users/:id/restore',
  summary: 'Bring a deleted user back',
  access: requires('users:write'),
  params: idParams,
  response: resource.answered,
  versioned: 'whole',
  constraints: {
    users_email_live_key: { code: 'conflict', pointer: '', message: 'another user has this e-mail now' },
  },
  handler: async ({ params: { id } }, tx) => resource.present(await users.restore(tx, id)),
});

export const userRoutes = [...resource.routes, restore, ...userSessions.routes];
