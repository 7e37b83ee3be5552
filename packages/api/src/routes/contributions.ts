import { contributions } from '@plinth/db';
import { z } from 'zod';
import { ApiError } from '../errors.js';
import { amount, moment, text, uuid } from '../fields.js';
import { defineResource, pathParams } from '../resource.js';
import { defineWrite, requires, signedIn } from '../route.js';
import { campaignIsMine, visibleCampaign } from './campaigns.js';

const path = '/v1/campaigns/:campaignId/contributions';
const status = z.enum(['pledged', 'paid', 'refunded', 'failed']);
const common = {
  schema: 'Contribution',
  repository: contributions,
  answer: {
    campaignId: uuid,
    contributorId: uuid.nullable(),
    amountMinor: z.int(),
    currency: z.string(),
    status,
    message: z.string().nullable(),
    paidAt: moment.nullable(),
  },
  filters: { status },
  sorts: ['-createdAt', 'createdAt'],
} as const;

/** What the caller gave, to whichever campaign. */
const mine = defineResource({
  ...common,
  path: '/v1/me/contributions',
  noun: ['contribution of yours', 'what I gave'],
  filters: { status, campaignId: uuid },
  access: { read: signedIn },
  fixed: ({ principal }) => ({ contributorId: principal.userId }),
});

/** What a campaign of the caller's was given. */
const received = defineResource({
  ...common,
  path: '/v1/me/campaigns/:campaignId/contributions',
  noun: ['contribution', 'what a campaign of mine was given'],
  access: { read: signedIn },
  fixed: ({ params }) => ({ campaignId: params.campaignId as string }),
  within: campaignIsMine,
});

const give = defineWrite({
  method: 'POST',
  path,
  event: 'contribution.created',
  summary: 'Pledge an amount to an active campaign',
  access: signedIn,
  params: pathParams(path),
  body: z.strictObject({ amountMinor: amount, message: text(500).nullable().default(null) }),
  response: mine.answered,
  created: '/v1/me/contributions',
  versioned: true,
  async handler({ params, body, principal }, tx) {
    const campaign = await visibleCampaign(tx, params.campaignId as string, principal.userId);
    if (campaign.status !== 'active') throw new ApiError('conflict', `the campaign is ${campaign.status}`);
    const { id: campaignId, currency } = campaign;
    return mine.present(
      await contributions.create(tx, { ...body, campaignId, currency, contributorId: principal.userId }),
    );
  },
});

const payment = `${path}/:id/payment`;
const pay = defineWrite({
  method: 'PUT',
  path: payment,
  summary: "Note the payment provider's word that a contribution was paid; saying it again changes nothing",
  access: requires('campaigns:write'),
  params: pathParams(payment),
  body: z.strictObject({ externalReference: text(200) }),
  response: mine.answered,
  versioned: true,
  constraints: {
    contributions_external_reference_key: {
      code: 'conflict',
      pointer: '/externalReference',
      message: 'another contribution was paid under this reference',
    },
  },
  async handler({ params: { campaignId, id = '' }, body }, tx) {
    const found = await contributions.get(tx, id);
    if (found === null || found.campaignId !== campaignId) {
      throw new ApiError('not_found', 'there is no contribution with this id');
    }
    if (found.status !== 'pledged' && found.externalReference !== body.externalReference) {
      throw new ApiError('conflict', `the contribution is ${found.status}`);
    }
    return mine.present(await contributions.markPaid(tx, id, body.externalReference));
  },
});

export const contributionRoutes = [give, pay, ...mine.routes, ...received.routes];
