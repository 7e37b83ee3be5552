import { artistId, artistNames } from '../dev/catalogue.js';
import type { SeedContext, SeedRow, SeedTable } from '../scenario.js';
import { stamps } from '../stamps.js';
import { DEMO_DAYS, DEMO_PEOPLE, demoPersonId } from './people.js';

const tags = ['overplayed', 'too-loud', 'work', 'sleep', 'gym', 'family', 'personal', 'driving'];
const notes = [
  null,
  null,
  'Heard it once too often',
  'Not before coffee',
  'The radio plays nothing else',
  'Not my thing',
];

/** Blocks, lists and their subscribers over thirty days; a few people are much busier than the rest. */
export function demoActivity(context: SeedContext): SeedTable[] {
  const random = context.random('demo activity');
  const blocks = new Map<string, SeedRow>();
  for (let day = DEMO_DAYS; day >= 1; day--) {
    const today = 5 + random.below(10);
    for (let nth = 0; nth < today; nth++) {
      // Squaring favours the low numbers: the first people and the first artists.
      const person = Math.floor(random.next() ** 2 * DEMO_PEOPLE);
      const artist = artistNames[Math.floor(random.next() ** 1.5 * artistNames.length)] ?? 'Drake';
      const id = context.id(`demo:block:${person}:${artist}`);
      const user = demoPersonId(context, person);
      if (blocks.has(id)) continue;
      blocks.set(id, {
        id,
        user_id: user,
        artist_id: artistId(context, artist),
        tags: [...new Set([random.pick(tags), random.pick(tags)])].slice(0, random.below(3)),
        note: random.pick(notes),
        ...stamps(context.at(day, random.below(1_440)), user),
      });
    }
  }
  const lists = ['Slow mornings', 'No brass', 'Shop floor', 'Long drives', 'Under ten'].map(
    (name, index) => ({
      id: context.id(`demo:list:${index}`),
      owner_id: demoPersonId(context, index),
      name,
      description: '',
      visibility: 'public',
      ...stamps(context.at(DEMO_DAYS - 2 * index), demoPersonId(context, index)),
    }),
  );
  return [
    { table: 'user_artist_blocks', rows: [...blocks.values()] },
    { table: 'community_lists', rows: lists },
    { table: 'community_list_items', rows: lists.flatMap((list, index) => itemsOf(context, list.id, index)) },
    {
      table: 'community_list_subscriptions',
      rows: lists.flatMap((list, index) => subscribersOf(context, list.id, index)),
    },
  ];
}

function itemsOf(context: SeedContext, listId: string, index: number): SeedRow[] {
  return Array.from({ length: 4 + index }, (_, place) => {
    const artist = artistNames[(7 * index + 3 * place) % artistNames.length] ?? 'Drake';
    return {
      id: context.id(`demo:item:${index}:${place}`),
      list_id: listId,
      artist_id: artistId(context, artist),
      reason: '',
      ...stamps(context.at(DEMO_DAYS - 2 * index, 3 * place), demoPersonId(context, index)),
    };
  });
}

function subscribersOf(context: SeedContext, listId: string, index: number): SeedRow[] {
  return Array.from({ length: 12 - 2 * index }, (_, place) => {
    const user = demoPersonId(context, 5 + index + place);
    return {
      id: context.id(`demo:subscription:${index}:${place}`),
      list_id: listId,
      user_id: user,
      notify: place % 3 !== 0,
      ...stamps(context.at(20 - place, 17 * place), user),
    };
  });
}
