import type { SeedContext, SeedRow, SeedTable } from '../scenario.js';
import { stamps } from '../stamps.js';
import { DEMO_DAYS, DEMO_PEOPLE, demoPersonId } from './people.js';

const openings = [
  'Did you see',
  'I just blocked',
  'Somebody recommended',
  'My sister keeps playing',
  'What about',
];
const things = [
  'the new list',
  'that brass band',
  'the cover of last week',
  'another remix',
  'the morning show',
];
const endings = ['?', '.', ', finally.', ', and it is growing on me.', ' - any opinions?'];

const CONVERSATIONS = 18;

/** Conversations of two to five people with messages on most days. */
export function demoTalk(context: SeedContext): SeedTable[] {
  const random = context.random('demo talk');
  const conversations: SeedRow[] = [];
  const participants: SeedRow[] = [];
  const messages: SeedRow[] = [];
  for (let index = 0; index < CONVERSATIONS; index++) {
    const id = context.id(`demo:conversation:${index}`);
    const group = index % 3 === 0;
    const size = group ? 3 + random.below(3) : 2;
    const members = Array.from({ length: size }, (_, place) =>
      demoPersonId(context, (index + 5 * place) % DEMO_PEOPLE),
    );
    const begun = DEMO_DAYS - random.below(10);
    const owner = members[0] ?? null;
    for (const [place, member] of members.entries()) {
      participants.push({
        id: context.id(`demo:participant:${index}:${place}`),
        conversation_id: id,
        user_id: member,
        role: place === 0 ? 'owner' : 'member',
        joined_at: context.at(begun),
        last_read_at: context.at(random.below(3) + 1),
        ...stamps(context.at(begun), owner),
      });
    }
    let lastAt: string | null = null;
    for (let day = begun; day >= 1; day -= 1 + random.below(3)) {
      const sender = random.pick(members);
      lastAt = context.at(day, 1 + random.below(1_438));
      messages.push({
        id: context.id(`demo:message:${index}:${day}`),
        conversation_id: id,
        sender_id: sender,
        body: `${random.pick(openings)} ${random.pick(things)}${random.pick(endings)}`,
        ...stamps(lastAt, sender),
      });
    }
    conversations.push({
      id,
      kind: group ? 'group' : 'direct',
      subject: group ? `Round ${1 + index / 3}` : null,
      last_message_at: lastAt,
      ...stamps(context.at(begun), owner),
    });
  }
  return [
    { table: 'conversations', rows: conversations },
    { table: 'conversation_participants', rows: participants },
    { table: 'messages', rows: messages },
  ];
}
