import type { Scenario } from './scenario.js';
import { stamps } from './stamps.js';

/** The smallest set with one row of each main kind. Ids and times are in docs/seeds.md and never change. */
export const testScenario: Scenario = {
  name: 'test',
  description: 'small, with fixed ids and times, for automated tests',
  anchor: '2026-01-01T00:00:00Z',
  build(context) {
    const user = context.id('test:user');
    const artist = context.id('test:artist');
    const business = context.id('test:business');
    const conversation = context.id('test:conversation');
    const made = stamps(context.at(0), user);
    return [
      {
        table: 'users',
        rows: [
          {
            id: user,
            email: `fixture-${context.seed}@example.com`,
            password_hash: context.passwordHash,
            full_name: 'Fixture User',
            email_verified_at: context.at(0),
            tokens_valid_after: context.at(0),
            ...stamps(context.at(0)),
            subscription_tier: 'free',
            settings: {},
          },
        ],
      },
      {
        table: 'artists',
        rows: [
          {
            id: artist,
            name: `Fixture Artist ${context.seed}`,
            external_ids: { spotify: `fixture-${context.seed}` },
            metadata: {},
            genres: ['fixture'],
            ...stamps(context.at(0)),
          },
        ],
      },
      {
        table: 'user_artist_blocks',
        rows: [
          {
            id: context.id('test:block'),
            user_id: user,
            artist_id: artist,
            tags: ['one', 'two'],
            note: 'a note',
            ...made,
          },
        ],
      },
      {
        table: 'businesses',
        rows: [
          {
            id: business,
            legal_name: 'Fixture Business Ltd',
            registration_number: `FIXTURE-${context.seed}`,
            country: 'GB',
            status: 'active',
            risk_level: 'low',
            compliance_status: 'compliant',
            metadata: {},
            ...made,
          },
        ],
      },
      {
        table: 'risk_assessments',
        rows: [
          {
            id: context.id('test:assessment'),
            business_id: business,
            score: 12.5,
            level: 'low',
            factors: { country: 2 },
            method: 'fixture',
            assessed_at: context.at(0),
            ...made,
          },
        ],
      },
      {
        table: 'conversations',
        rows: [{ id: conversation, kind: 'direct', last_message_at: context.at(0), ...made }],
      },
      {
        table: 'conversation_participants',
        rows: [
          {
            id: context.id('test:participant'),
            conversation_id: conversation,
            user_id: user,
            role: 'owner',
            joined_at: context.at(0),
            ...made,
          },
        ],
      },
      {
        table: 'messages',
        rows: [
          {
            id: context.id('test:message'),
            conversation_id: conversation,
            sender_id: user,
            body: 'fixture message',
            ...made,
          },
        ],
      },
    ];
  },
};
