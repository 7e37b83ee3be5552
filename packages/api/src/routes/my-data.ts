import { erasePerson, recordAccess, type SqlTransaction } from '@plinth/db';
import { z } from 'zod';
import { anyPassword, confirmPerson } from '../auth/passwords.js';
import { ApiError } from '../errors.js';
import { jsonAnswer, moment } from '../fields.js';
import { defineRoute, inPerson, signedIn } from '../route.js';

/**
 * What is kept about a person, by table, what they deleted but is still there included. Constant SQL with the user's
 * id as $1; never a hash, a secret or an envelope. Other people's words are not theirs to take: of conversations, only
 * what they sent. The audit log holds no personal value (docs/security.md).
 */
const PARTS = {
  profile: `select id, email, full_name, subscription_tier, settings, email_verified_at, last_login_at, created_at from users where id = $1`,
  roles: `select r.name, a.reason, a.expires_at, a.revoked_at, a.created_at from role_assignments a join roles r on r.id = a.role_id where a.user_id = $1`,
  linkedAccounts: `select provider, provider_account_id, email, scopes, created_at from oauth_accounts where user_id = $1`,
  sessions: `select id, user_agent, host(ip_address) as ip_address, last_used_at, expires_at, revoked_at, created_at from sessions where user_id = $1`,
  apiKeys: `select id, name, prefix, last4, scopes, expires_at, revoked_at, last_used_at, use_count, created_at from api_keys where user_id = $1`,
  blocks: `select b.artist_id, x.name, b.tags, b.note, b.created_at from user_artist_blocks b join artists x on x.id = b.artist_id where b.user_id = $1`,
  communityLists: `select l.id, l.name, l.description, l.visibility, l.created_at, l.deleted_at,
    coalesce((select json_agg(json_build_object('artistId', i.artist_id, 'reason', i.reason)) from community_list_items i where i.list_id = l.id), '[]') as items
    from community_lists l where l.owner_id = $1`,
  subscriptions: `select list_id, notify, created_at from community_list_subscriptions where user_id = $1`,
  reports: `select target_type, target_id, reason, details, status, created_at from content_reports where reporter_id = $1`,
  conversations: `select conversation_id, role, joined_at, left_at from conversation_participants where user_id = $1`,
  messages: `select conversation_id, body, edited_at, deleted_at, created_at from messages where sender_id = $1`,
  campaigns: `select id, title, description, goal_minor::float8 as goal_minor, currency, status, deleted_at, created_at from campaigns where owner_id = $1`,
  campaignMemberships: `select campaign_id, role, email, invited_at, joined_at from campaign_members where user_id = $1 or email = (select u.email from users u where u.id = $1 and u.email_verified_at is not null)`,
  contributions: `select campaign_id, amount_minor::float8 as amount_minor, currency, status, message, paid_at, created_at from contributions where contributor_id = $1`,
  securityEvents: `select occurred_at, id, type, severity, host(ip_address) as ip_address, user_agent, details from security_event_entries where user_id = $1`,
  webhooks: `select id, url, description, event_types, is_active, created_at from webhooks where user_id = $1`,
  webhookDeliveries: `select e.webhook_id, e.event_type, e.payload, e.status, e.created_at
    from webhook_events e join webhooks w on w.id = e.webhook_id where w.user_id = $1`,
  addressesToConfirm: `select email, created_at, expires_at from email_verification_tokens where user_id = $1 and used_at is null`,
  moderation: `select action, reason, expires_at, created_at from moderation_actions where target_type = 'user' and target_id = $1`,
  externalServiceCalls: `select service, operation, status_code, created_at from external_service_calls where user_id = $1`,
} as const;
type Part = keyof typeof PARTS;

async function readAll(sql: SqlTransaction, userId: string): Promise<Record<string, object[]>> {
  const parts: Record<string, object[]> = {};
  for (const name of Object.keys(PARTS) as Part[]) {
    parts[name] = await sql.query<object>(`${PARTS[name]} order by 1, 2`, [userId]);
  }
  return parts;
}

const parts = z.strictObject(
  Object.fromEntries(Object.keys(PARTS).map((name) => [name, z.array(jsonAnswer)])) as Record<
    Part,
    z.ZodArray<typeof jsonAnswer>
  >,
);

const exportMyData = defineRoute({
  method: 'GET',
  path: '/v1/me/export',
  summary: 'Everything that is kept about me, as one document',
  access: signedIn,
  response: z.strictObject({ exportedAt: moment, data: parts }),
  handler: (context) =>
    context.database.tx(
      async (sql) => {
        const { userId } = context.principal;
        const data = await readAll(sql, userId);
        const rowCount = Object.values(data).reduce((sum, rows) => sum + rows.length, 0);
        await recordAccess(sql, {
          entity: 'users',
          entityId: userId,
          purpose: 'export of own data',
          rowCount,
        });
        context.setHeader('Content-Disposition', 'attachment; filename="my-data.json"');
        return { exportedAt: new Date(), data };
      },
      context.actor,
      // One moment for all parts.
      { isolationLevel: 'RepeatableRead' },
    ),
});

const eraseMe = defineRoute({
  method: 'POST',
  path: '/v1/me/erasure',
  summary: 'Erase my account: who I was goes everywhere, for good',
  access: inPerson,
  body: z.strictObject({
    /** The account's e-mail, so that nobody erases an account by accident. */
    confirmEmail: z.string().max(320),
    /** Of accounts that have one; others sign in anew, at most 15 minutes before. */
    password: anyPassword.exactOptional(),
  }),
  async handler(context) {
    const { body, principal, database, actor } = context;
    const { userId } = principal;
    const user = await database.oneOrNone<{ email: string }>('select email from users where id = $1', [
      userId,
    ]);
    if (user?.email !== body.confirmEmail.trim().toLowerCase()) {
      const message = 'is not the e-mail of this account';
      throw new ApiError('unprocessable', undefined, {
        errors: [{ in: 'body', pointer: '/confirmEmail', code: 'unprocessable', message }],
      });
    }
    await confirmPerson(context, principal, body.password);
    await erasePerson(database, userId, actor);
    return undefined;
  },
});

export const myDataRoutes = [exportMyData, eraseMe];
