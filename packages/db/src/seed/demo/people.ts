import type { SeedContext, SeedTable } from '../scenario.js';
import { stamps } from '../stamps.js';

/** Days of activity that the demonstration shows. */
export const DEMO_DAYS = 30;

const first = [
  'Ada',
  'Bilal',
  'Chiara',
  'Diego',
  'Elif',
  'Finn',
  'Grace',
  'Hiro',
  'Ines',
  'Jakub',
  'Keiko',
  'Liam',
];
const last = [
  'Novak',
  'Osei',
  'Pereira',
  'Quinn',
  'Rossi',
  'Sato',
  'Tran',
  'Ueda',
  'Varga',
  'Weber',
  'Xu',
  'Yilmaz',
];

/** How many people the demonstration has. */
export const DEMO_PEOPLE = 24;

/** The id of person `index` of the demonstration. */
export const demoPersonId = (context: SeedContext, index: number): string => context.id(`demo:user:${index}`);

export function demoPeople(context: SeedContext): SeedTable[] {
  const random = context.random('demo people');
  const rows = Array.from({ length: DEMO_PEOPLE }, (_, index) => {
    const joined = context.at(DEMO_DAYS + 120 - 5 * index, random.below(1_440));
    return {
      id: demoPersonId(context, index),
      email: `demo${context.seed}-${index + 1}@example.com`,
      password_hash: context.passwordHash,
      full_name: `${first[index % first.length]} ${last[(index * 5 + Math.floor(index / 12)) % last.length]}`,
      email_verified_at: index % 8 === 7 ? null : joined,
      subscription_tier: random.pick(['free', 'free', 'free', 'pro', 'business']),
      settings: { theme: random.pick(['light', 'dark']), locale: random.pick(['en', 'de', 'fr']) },
      tokens_valid_after: joined,
      last_login_at: context.at(1 + random.below(9), random.below(1_440)),
      ...stamps(joined),
    };
  });
  return [{ table: 'users', rows }];
}
