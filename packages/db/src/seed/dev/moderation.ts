import type { SeedContext, SeedTable } from '../scenario.js';
import { stamps } from '../stamps.js';
import { artistId } from './catalogue.js';
import { personId } from './people.js';

/** Three reports in different states, and what the moderator decided. */
export function moderation(context: SeedContext): SeedTable[] {
  const moderator = personId(context, 'moderator');
  const [test, sam, lena] = [personId(context, 'test'), personId(context, 'sam'), personId(context, 'lena')];
  const report = (key: string) => context.id(`report:${key}`);
  const covers = artistId(context, 'Neon Bazaar');
  const list = context.id('list:sleep');
  return [
    {
      table: 'content_reports',
      rows: [
        {
          id: report('covers'),
          reporter_id: test,
          target_type: 'artist',
          target_id: covers,
          reason: 'copyright',
          details: 'Their third album is made of covers without a licence.',
          status: 'in_review',
          assignee_id: moderator,
          resolved_at: null,
          ...stamps(context.at(6), test),
        },
        {
          id: report('list-name'),
          reporter_id: lena,
          target_type: 'community_list',
          target_id: list,
          reason: 'misinformation',
          details: 'The description says three parents, I know of two.',
          status: 'dismissed',
          assignee_id: moderator,
          resolved_at: context.at(15, 120),
          ...stamps(context.at(15), lena),
        },
        {
          id: report('message'),
          reporter_id: sam,
          target_type: 'user',
          target_id: lena,
          reason: 'spam',
          details: '',
          status: 'open',
          assignee_id: null,
          resolved_at: null,
          ...stamps(context.at(1), sam),
        },
      ],
    },
    {
      table: 'moderation_actions',
      rows: [
        {
          id: context.id('action:list-name'),
          report_id: report('list-name'),
          moderator_id: moderator,
          target_type: 'community_list',
          target_id: list,
          action: 'dismiss',
          reason: 'The number of parents harms nobody.',
          expires_at: null,
          ...stamps(context.at(15, 120), moderator),
        },
        {
          id: context.id('action:covers'),
          report_id: report('covers'),
          moderator_id: moderator,
          target_type: 'artist',
          target_id: covers,
          action: 'hide',
          reason: 'Hidden until the licence is shown.',
          expires_at: context.at(-30),
          ...stamps(context.at(5), moderator),
        },
      ],
    },
  ];
}
