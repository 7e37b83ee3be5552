import { campaignMembers, campaigns, type Handle } from '@plinth/db';
import { z } from 'zod';
import { ApiError } from '../errors.js';
import { moment, uuid } from '../fields.js';
import { defineResource } from '../resource.js';
import { signedIn } from '../route.js';

const role = z.enum(['organizer', 'member']);

async function campaignIsMine(
  handle: Handle,
  { params, principal }: { params: Record<string, string>; principal: { userId: string } },
): Promise<void> {
  const campaign = await campaigns.get(handle, params.campaignId as string, { select: ['ownerId'] });
  if (campaign?.ownerId !== principal.userId) {
    throw new ApiError('not_found', 'you have no campaign with this id');
  }
}

/** Addresses are among them, so only whose campaign it is sees them. */
export const campaignMemberRoutes = defineResource({
  path: '/v1/me/campaigns/:campaignId/members',
  noun: ['member', 'the members of a campaign of mine'],
  schema: 'CampaignMember',
  repository: campaignMembers,
  answer: {
    campaignId: uuid,
    userId: uuid.nullable(),
    email: z.string().nullable(),
    role,
    invitedAt: moment,
    joinedAt: moment.nullable(),
  },
  filters: { role },
  sorts: ['createdAt', '-createdAt'],
  create: z
    .strictObject({
      userId: uuid.exactOptional(),
      email: z.email().max(320).toLowerCase().exactOptional(),
    })
    .refine((body) => Object.keys(body).length === 1, 'names not exactly one of userId and email'),
  change: z.strictObject({ role }),
  access: { read: signedIn, create: signedIn, change: signedIn, delete: signedIn },
  fixed: ({ params }) => ({ campaignId: params.campaignId as string }),
  within: campaignIsMine,
  constraints: {
    campaign_members_user_id_fkey: {
      code: 'unprocessable',
      pointer: '/userId',
      message: 'there is no user with this id',
    },
  },
}).routes;
