import type { SeedContext, SeedTable } from '../scenario.js';
import { stamps } from '../stamps.js';
import { type Person, personId } from './people.js';

const conversations: readonly {
  key: string;
  kind: 'direct' | 'group';
  subject: string | null;
  members: readonly Person[];
  messages: readonly (readonly [who: Person, body: string])[];
}[] = [
  {
    key: 'test-sam',
    kind: 'direct',
    subject: null,
    members: ['test', 'sam'],
    messages: [
      ['test', 'I put Aurora Teeth on the office list. Too harsh?'],
      ['sam', 'Not at all. My neighbour plays them at midnight.'],
      ['test', 'Then subscribe to it, I update it every Friday.'],
      ['sam', 'Done. Do you want to add mine for the evenings?'],
    ],
  },
  {
    key: 'kyb',
    kind: 'group',
    subject: 'Kingsway Bullion review',
    members: ['analyst', 'admin', 'moderator'],
    messages: [
      ['analyst', 'The ownership chain of Kingsway Bullion ends in a trust. I moved it to under review.'],
      ['admin', 'Which register did the extract come from?'],
      ['analyst', 'Companies House, fetched this morning. The trust deed is missing.'],
      ['moderator', 'Nothing about them in the reports I have seen.'],
      ['admin', 'Ask them for the deed and set a date.'],
    ],
  },
];

/** Conversations with participants and messages. */
export function social(context: SeedContext): SeedTable[] {
  const conversationId = (key: string) => context.id(`conversation:${key}`);
  const begun = (index: number) => 12 - 5 * index;
  const said = (index: number, place: number) => context.at(begun(index), 3 + 7 * place);
  return [
    {
      table: 'conversations',
      rows: conversations.map(({ key, kind, subject, members, messages }, index) => {
        const [first] = members;
        return {
          id: conversationId(key),
          kind,
          subject,
          last_message_at: said(index, messages.length - 1),
          ...stamps(context.at(begun(index)), first === undefined ? null : personId(context, first)),
        };
      }),
    },
    {
      table: 'conversation_participants',
      rows: conversations.flatMap(({ key, members }, index) =>
        members.map((who, place) => ({
          id: context.id(`participant:${key}:${who}`),
          conversation_id: conversationId(key),
          user_id: personId(context, who),
          role: place === 0 ? 'owner' : 'member',
          joined_at: context.at(begun(index)),
          last_read_at: context.at(begun(index), 20 + place),
          ...stamps(context.at(begun(index)), personId(context, members[0] ?? who)),
        })),
      ),
    },
    {
      table: 'messages',
      rows: conversations.flatMap(({ key, messages }, index) =>
        messages.map(([who, body], place) => ({
          id: context.id(`message:${key}:${place}`),
          conversation_id: conversationId(key),
          sender_id: personId(context, who),
          body,
          ...stamps(said(index, place), personId(context, who)),
        })),
      ),
    },
  ];
}
