import type { Sql } from '@plinth/db';
import { z } from 'zod';
import { ApiError } from '../errors.js';
import { missed, versionIn } from '../etag.js';
import { jsonAnswer, jsonObject, moment, nameSchema, text, uuid } from '../fields.js';
import { defineRoute, defineWrite, signedIn } from '../route.js';

/** A user as they see themselves. */
export const profile = z.strictObject({
  id: uuid,
  email: z.string(),
  fullName: z.string(),
  subscriptionTier: z.enum(['free', 'pro', 'business', 'enterprise']),
  emailVerifiedAt: moment.nullable(),
  lastLoginAt: moment.nullable(),
  roles: z.array(z.string()),
  createdAt: moment,
  updatedAt: moment,
  version: z.int(),
});

const PROFILE = `
select id, email, full_name as "fullName", subscription_tier as "subscriptionTier", email_verified_at as "emailVerifiedAt",
       last_login_at as "lastLoginAt", created_at as "createdAt", updated_at as "updatedAt", version,
       coalesce((select array_agg(r.role order by r.role) from user_roles r where r.user_id = users.id), '{}') as roles
  from users where id = $1 and deleted_at is null`;

const SETTINGS = 'select settings, version from users where id = $1 and deleted_at is null';

/** The profile of a living user. Throws ApiError `not_found`. */
export async function readProfile(sql: Pick<Sql, 'oneOrNone'>, userId: string): Promise<{ email: string }> {
  const found = await sql.oneOrNone<{ email: string }>(PROFILE, [userId]);
  if (found === null) throw new ApiError('not_found');
  return found;
}

const getMe = defineRoute({
  method: 'GET',
  path: '/v1/me',
  summary: 'My profile',
  access: signedIn,
  response: profile,
  versioned: 'whole',
  handler: ({ database, principal }) => readProfile(database, principal.userId),
});

const getMyPermissions = defineRoute({
  method: 'GET',
  path: '/v1/me/permissions',
  summary: 'What I may do: the permissions of my roles, for an API key as far as its scopes go',
  access: signedIn,
  response: nameSchema('MyPermissions', z.strictObject({ permissions: z.array(z.string()) })),
  handler: async ({ principal }) => ({ permissions: [...principal.permissions].sort() }),
});

const updateMe = defineWrite({
  method: 'PATCH',
  path: '/v1/me',
  summary: 'Change my profile',
  access: signedIn,
  body: z.strictObject({ fullName: text(200) }),
  response: profile,
  versioned: 'whole',
  ifMatch: true,
  async handler({ principal: { userId, roles }, ifMatch, body }, tx) {
    const [user] = await tx.user.updateManyAndReturn({
      where: { id: userId, deletedAt: null, ...versionIn(ifMatch) },
      data: { fullName: body.fullName, updatedBy: userId },
      select: {
        id: true,
        email: true,
        fullName: true,
        subscriptionTier: true,
        emailVerifiedAt: true,
        lastLoginAt: true,
        createdAt: true,
        updatedAt: true,
        version: true,
      },
    });
    if (!user)
      throw missed(
        await tx.user.findUnique({ where: { id: userId, deletedAt: null }, select: { version: true } }),
      );
    return { ...user, roles };
  },
});

const settings = z.strictObject({ settings: jsonAnswer, version: z.int() });

const getSettings = defineRoute({
  method: 'GET',
  path: '/v1/me/settings',
  summary: 'My settings',
  access: signedIn,
  response: settings,
  versioned: true,
  handler: ({ database, principal }) => database.one(SETTINGS, [principal.userId]),
});

const putSettings = defineWrite({
  method: 'PUT',
  path: '/v1/me/settings',
  summary: 'Replace my settings',
  access: signedIn,
  body: z.strictObject({ settings: jsonObject }),
  response: settings,
  versioned: true,
  ifMatch: true,
  async handler({ principal: { userId }, ifMatch, body }, tx) {
    const [user] = await tx.user.updateManyAndReturn({
      where: { id: userId, deletedAt: null, ...versionIn(ifMatch) },
      data: { settings: body.settings, updatedBy: userId },
      select: { settings: true, version: true },
    });
    if (!user)
      throw missed(
        await tx.user.findUnique({ where: { id: userId, deletedAt: null }, select: { version: true } }),
      );
    return user;
  },
});

export const meRoutes = [getMe, getMyPermissions, updateMe, getSettings, putSettings];
