import type { SeedContext, SeedTable } from '../scenario.js';
import { stamps } from '../stamps.js';
import { personId } from './people.js';

/** A campaign and its members (one by account, one by e-mail, made in the same transaction), and contributions. */
export function giving(context: SeedContext): SeedTable[] {
  const owner = personId(context, 'test');
  const lena = personId(context, 'lena');
  const sam = personId(context, 'sam');
  const campaign = context.id('campaign:instruments');
  const draft = context.id('campaign:rehearsal-room');
  const begun = stamps(context.at(30), owner);
  const paid = (
    key: string,
    days: number,
    contributor: string | null,
    cents: number,
    message: string | null,
  ) => ({
    id: context.id(`contribution:${key}`),
    campaign_id: campaign,
    contributor_id: contributor,
    amount_minor: cents,
    currency: 'EUR',
    status: 'paid',
    message,
    external_reference: `seed-${context.seed}-${key}`,
    paid_at: context.at(days, 4),
    ...stamps(context.at(days), contributor),
  });
  return [
    {
      table: 'campaigns',
      rows: [
        {
          id: campaign,
          owner_id: owner,
          title: 'Instruments for the youth orchestra',
          description: 'Twelve violins and a double bass for children who cannot afford one.',
          goal_minor: 850_000,
          currency: 'EUR',
          status: 'active',
          starts_at: context.at(30),
          ends_at: context.at(-60),
          ...begun,
        },
        {
          id: draft,
          owner_id: lena,
          title: 'A rehearsal room that is dry',
          description: '',
          goal_minor: 1_200_000,
          currency: 'EUR',
          status: 'draft',
          starts_at: null,
          ends_at: null,
          ...stamps(context.at(8), lena),
        },
      ],
    },
    {
      table: 'campaign_members',
      rows: [
        { key: 'owner', user: owner, email: null, role: 'organizer', joined: context.at(30) },
        { key: 'lena', user: lena, email: null, role: 'member', joined: context.at(28) },
        { key: 'invited', user: null, email: 'grandma@example.org', role: 'member', joined: null },
      ].map(({ key, user, email, role, joined }) => ({
        id: context.id(`member:${key}`),
        campaign_id: campaign,
        user_id: user,
        email,
        role,
        invited_at: context.at(30),
        joined_at: joined,
        ...begun,
      })),
    },
    {
      table: 'contributions',
      rows: [
        paid('first', 26, sam, 2_500, 'Good luck!'),
        paid('second', 21, lena, 10_000, null),
        paid('guest', 14, null, 5_000, 'From the whole office'),
        { ...paid('pledge', 3, sam, 7_500, 'After pay day'), status: 'pledged', paid_at: null },
        { ...paid('refund', 19, lena, 1_000, null), status: 'refunded' },
      ],
    },
  ];
}
