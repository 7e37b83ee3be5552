import { contentReports, moderationActions } from '@plinth/db';
import { z } from 'zod';
import { expectedVersion, missed } from '../etag.js';
import { idParams, leaveOut, moment, text, uuid, when } from '../fields.js';
import { defineResource } from '../resource.js';
import { defineWrite, requires, signedIn } from '../route.js';

const targetType = z.enum(['artist', 'community_list', 'message', 'user']);
const reason = z.enum(['spam', 'harassment', 'misinformation', 'copyright', 'other']);
const status = z.enum(['open', 'in_review', 'resolved', 'dismissed']);
const details = text(5_000, 0);
const target = { targetType, targetId: uuid };

/** What the caller has reported. */
const mine = defineResource({
  path: '/v1/me/reports',
  noun: ['report of yours', 'what I reported'],
  schema: 'MyContentReport',
  repository: contentReports,
  answer: { ...target, reason, details, status, resolvedAt: moment.nullable() },
  filters: { status },
  sorts: ['-createdAt', 'createdAt'],
  create: z.strictObject({ ...target, reason, ...leaveOut({ details }) }),
  access: { read: signedIn, create: signedIn },
  fixed: ({ principal }) => ({ reporterId: principal.userId }),
});

/** Every report, for moderators. */
const reports = defineResource({
  path: '/v1/moderation/reports',
  noun: ['content report', 'content reports'],
  schema: 'ContentReport',
  repository: contentReports,
  answer: {
    reporterId: uuid,
    ...target,
    reason,
    details,
    status,
    assigneeId: uuid.nullable(),
    resolvedAt: moment.nullable(),
  },
  filters: { status, targetType, reason, targetId: uuid, assigneeId: uuid },
  sorts: ['-createdAt', 'createdAt'],
  change: z.strictObject({
    // What is decided is decided by an action, below.
    status: z.enum(['open', 'in_review']).exactOptional(),
    assigneeId: uuid.nullable().exactOptional(),
  }),
  access: { read: requires('moderation:read'), change: requires('moderation:write') },
  constraints: {
    content_reports_assignee_id_fkey: {
      code: 'unprocessable',
      pointer: '/assigneeId',
      message: 'there is no user with this id',
    },
    content_reports_resolved_at_check: {
      code: 'conflict',
      pointer: '/status',
      message: 'the report is decided',
    },
  },
});

const actions = defineResource({
  path: '/v1/moderation/actions',
  noun: ['moderation action', 'what moderators decided'],
  schema: 'ModerationAction',
  repository: moderationActions,
  answer: {
    reportId: uuid.nullable(),
    moderatorId: uuid.nullable(),
    ...target,
    action: z.enum(['warn', 'hide', 'remove', 'suspend', 'restore', 'dismiss']),
    reason: z.string(),
    expiresAt: moment.nullable(),
  },
  filters: { reportId: uuid, moderatorId: uuid, targetType, targetId: uuid },
  sorts: ['-createdAt', 'createdAt'],
  access: { read: requires('moderation:read') },
});

const decide = defineWrite({
  method: 'POST',
  path: '/v1/moderation/reports/:id/decision',
  summary: 'Decide a report: the action and the closed report, together or not at all',
  access: requires('moderation:write'),
  params: idParams,
  ifMatch: true,
  body: z.strictObject({
    action: z.enum(['warn', 'hide', 'remove', 'suspend', 'restore', 'dismiss']),
    reason: text(5_000),
    /** A suspension ends by itself at this moment. */
    expiresAt: when.nullable().default(null),
  }),
  response: actions.answered,
  created: '/v1/moderation/actions',
  async handler({ params: { id }, ifMatch, body }, tx) {
    const report = await contentReports.get(tx, id, { select: ['version'] });
    if (report === null) throw missed(null);
    const { action } = await contentReports.decide(tx, id, body, expectedVersion(ifMatch, report));
    return actions.present(action);
  },
});

export const moderationRoutes = [...mine.routes, ...reports.routes, decide, ...actions.routes];
