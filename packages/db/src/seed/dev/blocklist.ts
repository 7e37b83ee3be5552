import type { SeedContext, SeedTable } from '../scenario.js';
import { stamps } from '../stamps.js';
import { artistId } from './catalogue.js';
import { type Person, personId } from './people.js';

const blocks: readonly (readonly [
  who: Person,
  artist: string,
  tags: readonly string[],
  note: string | null,
])[] = [
  ['test', 'Drake', ['overplayed', 'gym'], 'On every playlist at the gym; enough for this year'],
  ['test', 'Kanye West', ['personal', 'family'], 'Not in the car while the children listen'],
  ['test', 'Ivory Static', ['too-loud'], null],
  ['test', 'Pixel Monsoon', ['focus', 'work'], 'Keeps me from reading'],
  ['sam', 'Drake', ['overplayed'], null],
  ['sam', 'Aurora Teeth', ['too-loud', 'night'], 'Never again before sleep'],
  ['lena', 'Kilometre Zero', [], null],
  ['moderator', 'Neon Bazaar', ['work'], 'Reported covers, waiting for the decision'],
];

const lists = [
  {
    key: 'office',
    owner: 'test',
    name: 'Quiet office',
    description: 'Nothing here belongs in an open-plan office before noon.',
    visibility: 'public',
    items: [
      ['Ivory Static', 'distortion from the first second'],
      ['Aurora Teeth', 'growls'],
      ['Pixel Monsoon', 'eight bits too many'],
      ['The Long Recess', 'shouting'],
    ],
    subscribers: ['sam', 'lena', 'analyst'],
  },
  {
    key: 'sleep',
    owner: 'sam',
    name: 'Not at bedtime',
    description: 'Kept by three parents who want to sleep.',
    visibility: 'unlisted',
    items: [
      ['Aurora Teeth', ''],
      ['Tidewater Brass', 'trumpets'],
    ],
    subscribers: ['test'],
  },
] as const;

/** Blocks with tags and notes, community lists with items and subscriptions. */
export function blocklist(context: SeedContext): SeedTable[] {
  const listId = (key: string) => context.id(`list:${key}`);
  return [
    {
      table: 'user_artist_blocks',
      rows: blocks.map(([who, artist, tags, note], index) => ({
        id: context.id(`block:${who}:${artist}`),
        user_id: personId(context, who),
        artist_id: artistId(context, artist),
        tags,
        note,
        ...stamps(context.at(90 - 9 * index, 13 * index), personId(context, who)),
      })),
    },
    {
      table: 'community_lists',
      rows: lists.map(({ key, owner, name, description, visibility }, index) => ({
        id: listId(key),
        owner_id: personId(context, owner),
        name,
        description,
        visibility,
        ...stamps(context.at(80 - 10 * index), personId(context, owner)),
      })),
    },
    {
      table: 'community_list_items',
      rows: lists.flatMap(({ key, owner, items }) =>
        items.map(([artist, reason], index) => ({
          id: context.id(`item:${key}:${artist}`),
          list_id: listId(key),
          artist_id: artistId(context, artist),
          reason,
          ...stamps(context.at(70, 5 * index), personId(context, owner)),
        })),
      ),
    },
    {
      table: 'community_list_subscriptions',
      rows: lists.flatMap(({ key, subscribers }) =>
        subscribers.map((who, index) => ({
          id: context.id(`subscription:${key}:${who}`),
          list_id: listId(key),
          user_id: personId(context, who),
          notify: index !== 1,
          ...stamps(context.at(60 - index), personId(context, who)),
        })),
      ),
    },
  ];
}
