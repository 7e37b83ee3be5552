import { campaignMembers } from '@plinth/db';
import { z } from 'zod';
import { moment, uuid } from '../fields.js';
import { defineResource } from '../resource.js';
import { signedIn } from '../route.js';
import { campaignIsMine } from './campaigns.js';

const role = z.enum(['organizer', 'member']);

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
    campaign_members_user_key: { code: 'conflict', pointer: '/userId', message: 'is a member already' },
    campaign_members_email_key: { code: 'conflict', pointer: '/email', message: 'is invited already' },
  },
}).routes;
