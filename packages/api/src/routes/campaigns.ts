import { campaigns, contributions, type Handle, type Row } from '@plinth/db';
import { z } from 'zod';
import { ApiError } from '../errors.js';
import { amount, idParams, leaveOut, moment, nameSchema, text, uuid, when } from '../fields.js';
import { createPresenter } from '../present.js';
import { defineResource } from '../resource.js';
import { defineRoute, defineWrite, signedIn } from '../route.js';

const status = z.enum(['draft', 'active', 'completed', 'cancelled']);
/** ISO 4217. */
export const currency = z.string().regex(/^[A-Z]{3}$/, 'is not a currency code of three capital letters');
const writable = {
  title: text(200),
  description: text(5_000, 0),
  goalMinor: amount,
  currency,
  status,
  startsAt: when.nullable(),
  endsAt: when.nullable(),
};
const answer = {
  ownerId: uuid,
  title: z.string(),
  description: z.string(),
  goalMinor: z.int(),
  currency: z.string(),
  status,
  startsAt: moment.nullable(),
  endsAt: moment.nullable(),
};
const common = {
  schema: 'Campaign',
  repository: campaigns,
  answer,
  sorts: ['-createdAt', 'createdAt'],
  constraints: {
    campaigns_ends_at_check: {
      code: 'unprocessable',
      pointer: '/endsAt',
      message: 'is not after startsAt',
    },
  },
} as const;

/** What everybody may give to. */
const open = defineResource({
  ...common,
  path: '/v1/campaigns',
  noun: ['active campaign', 'active campaigns'],
  filters: { ownerId: uuid },
  access: { list: signedIn },
  fixed: () => ({ status: 'active' as const }),
});

/** The caller's own campaigns, drafts too. */
const own = defineResource({
  ...common,
  path: '/v1/me/campaigns',
  noun: ['campaign of yours', 'the campaigns I organise'],
  filters: { status },
  change: z.strictObject(leaveOut(writable)),
  event: 'campaign',
  access: { read: signedIn, change: signedIn, delete: signedIn },
  fixed: ({ principal }) => ({ ownerId: principal.userId }),
});

/** The campaign, where this user may see it: theirs, or past being a draft. Throws ApiError `not_found`. */
export async function visibleCampaign(handle: Handle, id: string, userId: string): Promise<Row<'Campaign'>> {
  const found = await campaigns.get(handle, id);
  if (found === null || (found.status === 'draft' && found.ownerId !== userId)) {
    throw new ApiError('not_found', 'there is no campaign with this id');
  }
  return found;
}

/** For what lies below a campaign and is its owner's to see. Throws ApiError `not_found` to everybody else. */
export async function campaignIsMine(
  handle: Handle,
  { params, principal }: { params: Record<string, string>; principal: { userId: string } },
): Promise<void> {
  const campaign = await campaigns.get(handle, params.campaignId as string, { select: ['ownerId'] });
  if (campaign?.ownerId !== principal.userId) {
    throw new ApiError('not_found', 'you have no campaign with this id');
  }
}

const createCampaign = defineWrite({
  method: 'POST',
  path: '/v1/me/campaigns',
  event: 'campaign.created',
  summary: 'Create a campaign with its members and first contributions, together or not at all',
  access: signedIn,
  body: z.strictObject({
    ...leaveOut(writable),
    title: writable.title,
    goalMinor: writable.goalMinor,
    members: z
      .array(z.union([z.strictObject({ userId: uuid }), z.strictObject({ email: z.email().max(320) })]))
      .max(100)
      .default([]),
    contributions: z
      .array(z.strictObject({ amountMinor: amount, message: text(500).nullable().default(null) }))
      .max(20)
      .default([]),
  }),
  response: nameSchema(
    'NewCampaign',
    own.answered.extend({ memberCount: z.int(), contributionCount: z.int() }),
  ),
  created: true,
  versioned: true,
  constraints: {
    ...common.constraints,
    campaign_members_user_id_fkey: {
      code: 'unprocessable',
      pointer: '/members',
      message: 'names a user who does not exist',
    },
    campaign_members_user_key: { code: 'conflict', pointer: '/members', message: 'names somebody twice' },
    campaign_members_email_key: { code: 'conflict', pointer: '/members', message: 'names somebody twice' },
  },
  async handler({ body: { members, contributions: gifts, ...body }, principal }, tx) {
    const ownerId = principal.userId;
    const invited = members.map((member) =>
      'email' in member ? { email: member.email.trim().toLowerCase() } : member,
    );
    const made = await campaigns.createWithMembers(tx, { ...body, ownerId }, invited);
    const { id: campaignId, currency: inCurrency } = made.campaign;
    const given = await contributions.createMany(
      tx,
      gifts.map((gift) => ({ ...gift, campaignId, currency: inCurrency, contributorId: ownerId })),
    );
    return {
      ...own.present(made.campaign),
      memberCount: made.members.length,
      contributionCount: given.length,
    };
  },
});

const getCampaign = defineRoute({
  method: 'GET',
  path: '/v1/campaigns/:id',
  summary: 'One campaign: past being a draft, or mine',
  access: signedIn,
  params: idParams,
  response: own.answered,
  versioned: true,
  handler: async ({ database, params, principal }) =>
    own.present(await visibleCampaign(database, params.id, principal.userId)),
});

const progressShape = {
  goalMinor: z.int(),
  paidMinor: z.int(),
  pledgedMinor: z.int(),
  contributors: z.int(),
};
const presentProgress = createPresenter(progressShape);
const getProgress = defineRoute({
  method: 'GET',
  path: '/v1/campaigns/:id/progress',
  summary: "How far a campaign is, in its own currency's minor unit",
  access: signedIn,
  params: idParams,
  response: nameSchema('CampaignProgress', z.strictObject(progressShape)),
  async handler({ database, params, principal }) {
    await visibleCampaign(database, params.id, principal.userId);
    const progress = await campaigns.progress(database, params.id);
    if (progress === null) throw new ApiError('not_found');
    return presentProgress(progress);
  },
});

export const campaignRoutes = [...open.routes, getCampaign, getProgress, ...own.routes, createCampaign];
