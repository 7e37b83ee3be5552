import { type Handle, RUNNER } from '../handle.js';
import type { CreateInput, Row } from './model-types.js';
import { createRepository } from './repository.js';
import { topicStatement } from './topic-statement.js';

const campaignRows = createRepository({
  model: 'Campaign',
  table: 'campaigns',
  sorts: ['createdAt', 'id'],
  filters: ['ownerId', 'status', 'title', 'createdAt', 'endsAt'],
});

export const campaignMembers = createRepository({
  model: 'CampaignMember',
  table: 'campaign_members',
  sorts: ['createdAt', 'id'],
  filters: ['campaignId', 'userId', 'email', 'role', 'joinedAt'],
  uniques: [
    { by: ['campaignId', 'userId'], where: 'user_id is not null' },
    { by: ['campaignId', 'email'], where: 'email is not null' },
  ],
});

const contributionRows = createRepository({
  model: 'Contribution',
  table: 'contributions',
  sorts: ['createdAt', 'id'],
  filters: ['campaignId', 'contributorId', 'status', 'createdAt'],
  uniques: [{ by: ['externalReference'] }],
});

/** Creates a campaign, its owner as organizer, and the members invited (by account or by e-mail), together or not at all. */
async function createWithMembers(
  handle: Handle,
  campaign: CreateInput<'Campaign'>,
  members: readonly ({ userId: string } | { email: string })[],
): Promise<{ campaign: Row<'Campaign'>; members: Row<'CampaignMember'>[] }> {
  return handle[RUNNER].transaction(async (tx) => {
    const created = await campaignRows.create(tx, campaign);
    const organizer = {
      campaignId: created.id,
      userId: campaign.ownerId,
      role: 'organizer' as const,
      joinedAt: new Date(),
    };
    const invited = members
      .filter((member) => !('userId' in member) || member.userId !== campaign.ownerId)
      .map((member) => ({ campaignId: created.id, ...member }));
    return { campaign: created, members: await campaignMembers.createMany(tx, [organizer, ...invited]) };
  });
}

/** How far a campaign is; amounts in the currency's minor unit. */
export interface CampaignProgress {
  goalMinor: bigint;
  paidMinor: bigint;
  pledgedMinor: bigint;
  contributors: number;
}

const PROGRESS = topicStatement('campaigns.progress')`
  select c.goal_minor as "goalMinor",
         coalesce(sum(g.amount_minor) filter (where g.status = 'paid'), 0)::bigint as "paidMinor",
         coalesce(sum(g.amount_minor) filter (where g.status = 'pledged'), 0)::bigint as "pledgedMinor",
         count(distinct g.contributor_id)::int as contributors
    from campaigns c left join contributions g on g.campaign_id = c.id and g.currency = c.currency
   where c.id = $1 and c.deleted_at is null group by c.id`;

/** What a campaign has raised in its own currency, or null when there is no such campaign. */
async function progress(handle: Handle, campaignId: string): Promise<CampaignProgress | null> {
  return (await handle[RUNNER].run<CampaignProgress>(PROGRESS, [campaignId])).rows[0] ?? null;
}

export const campaigns = { ...campaignRows, createWithMembers, progress };

/**
 * Notes the payment provider's word that a contribution was paid. The provider may say so several times, also late: the
 * reference is unique, and a contribution that was paid under it already, or paid and refunded, is answered unchanged.
 */
async function markPaid(
  handle: Handle,
  contributionId: string,
  externalReference: string,
): Promise<Row<'Contribution'>> {
  const known = await contributionRows.find(handle, { externalReference });
  if (known?.id === contributionId && ['paid', 'refunded'].includes(known.status)) return known;
  return contributionRows.update(
    handle,
    contributionId,
    { status: 'paid', externalReference, paidAt: new Date() },
    undefined,
  );
}

export const contributions = { ...contributionRows, markPaid };
