import { apiKeys, recordSecurityEvent } from '@plinth/db';
import { z } from 'zod';
import { createApiKey } from '../auth/api-key-format.js';
import { anyPassword, confirmRecent } from '../auth/passwords.js';
import { SCOPES } from '../auth/scopes.js';
import { hashOf } from '../auth/secret-token.js';
import { deviceOf } from '../auth/sessions.js';
import { ApiError } from '../errors.js';
import { idParams, moment, text, when } from '../fields.js';
import { refuseMore } from '../refuse-more.js';
import { defineResource } from '../resource.js';
import { defineRoute, defineWrite, inPerson } from '../route.js';

/** More than anybody keeps apart; a leaked session should not mint without end. */
const MAX_KEYS = 100;

const resource = defineResource({
  path: '/v1/me/api-keys',
  noun: ['API key of yours', 'my API keys, those that are over too'],
  schema: 'ApiKey',
  repository: apiKeys,
  answer: {
    name: z.string(),
    prefix: z.string(),
    last4: z.string(),
    scopes: z.array(z.string()),
    expiresAt: moment.nullable(),
    revokedAt: moment.nullable(),
    lastUsedAt: moment.nullable(),
    useCount: z.int(),
  },
  sorts: ['-createdAt', 'createdAt'],
  access: { read: inPerson },
  fixed: ({ principal }) => ({ userId: principal.userId }),
});

const scope = z.enum(SCOPES);
/** Needed where the sign-in is older than 15 minutes. */
const password = anyPassword.exactOptional();

const create = defineRoute({
  method: 'POST',
  path: '/v1/me/api-keys',
  summary: 'Make an API key, within 15 minutes of signing in or with my password; this answer alone shows it',
  access: inPerson,
  body: z.strictObject({
    name: text(100),
    /** Permissions of mine, and me:read or me:write for what is my own. */
    scopes: z.array(scope).min(1).max(SCOPES.length),
    expiresAt: when.exactOptional(),
    password,
  }),
  response: resource.answered.extend({ key: z.string() }),
  created: true,
  versioned: true,
  // No Idempotency-Key: its stored answer would hold the key.
  async handler(context) {
    const { database, actor, device, principal, services } = context;
    const { name, expiresAt, ...body } = context.body;
    const { userId, permissions } = principal;
    await confirmRecent(context, principal, body.password);
    const scopes = [...new Set(body.scopes)];
    const beyond = scopes.filter((wanted) => !wanted.startsWith('me:') && !permissions.has(wanted));
    if (beyond.length > 0)
      throw new ApiError('forbidden', `you may not do this yourself: ${beyond.join(', ')}`);
    if (expiresAt !== undefined && expiresAt <= new Date())
      throw new ApiError('unprocessable', undefined, {
        errors: [
          { in: 'body', pointer: '/expiresAt', code: 'unprocessable', message: 'is not in the future' },
        ],
      });
    const { key, prefix, last4 } = createApiKey(services.keyMode);
    const row = await database.as(actor).tx(async (sql) => {
      await refuseMore(sql, userId, {
        max: MAX_KEYS,
        count:
          'select count(*)::int as count from api_keys where user_id = $1 and revoked_at is null and (expires_at is null or expires_at > now())',
        detail: `you have ${MAX_KEYS} keys: revoke one first`,
      });
      const made = await apiKeys.create(sql, {
        userId,
        name,
        prefix,
        last4,
        keyHash: new Uint8Array(hashOf(key)),
        scopes,
        ...(expiresAt === undefined ? {} : { expiresAt }),
      });
      await recordSecurityEvent(sql, {
        type: 'key.created',
        ...deviceOf(device),
        details: { keyId: made.id, scopes: scopes.join(' ') },
      });
      return made;
    });
    return { ...resource.present(row), key };
  },
});

const revoke = defineWrite({
  method: 'DELETE',
  path: '/v1/me/api-keys/:id',
  summary: 'Revoke an API key of mine: it is refused within a second; it stays in the list',
  access: inPerson,
  params: idParams,
  async handler({ params: { id }, principal: { userId }, device }, tx) {
    const revoked = await tx.sql.none(
      'update api_keys set revoked_at = now(), updated_by = $2 where id = $1 and user_id = $2 and revoked_at is null',
      [id, userId],
    );
    if (revoked === 0) {
      const found = await tx.sql.oneOrNone('select 1 from api_keys where id = $1 and user_id = $2', [
        id,
        userId,
      ]);
      // Revoking it again changes nothing.
      if (found === null) throw new ApiError('not_found', 'you have no API key with this id');
      return undefined;
    }
    await recordSecurityEvent(tx.sql, { type: 'key.revoked', ...deviceOf(device), details: { keyId: id } });
    return undefined;
  },
});

export const apiKeyRoutes = [...resource.routes, create, revoke];
