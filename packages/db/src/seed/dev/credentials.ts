import type { SeedContext, SeedTable } from '../scenario.js';
import { stamps } from '../stamps.js';
import { personId } from './people.js';

/**
 * Keys a developer can use, in the API's format. Worth nothing: only seeding creates them, seeding is refused in
 * production, and production takes no plinth_test_ keys.
 */
export const devApiKeys = [
  {
    name: 'Read businesses',
    key: 'plinth_test_readbusiness_0seeded0analyst0reads0businesses0only0000002vL2HB',
    scopes: ['businesses:read'],
    uses: 1_204,
  },
  {
    name: 'Import businesses',
    key: 'plinth_test_writebusines_0seeded0analyst0writes0businesses0too0000001vXKLg',
    scopes: ['businesses:read', 'businesses:write'],
    uses: 37,
  },
] as const;

const day = 1440;

/** API keys, linked accounts, and what is left of past sign-ins: all tokens are hashes of texts nobody holds. */
export function credentials(context: SeedContext): SeedTable[] {
  const analyst = personId(context, 'analyst');
  const test = personId(context, 'test');
  const sam = personId(context, 'sam');
  return [
    {
      table: 'api_keys',
      rows: devApiKeys.map(({ name, key, scopes, uses }, index) => ({
        id: context.id(`api-key:${name}`),
        user_id: analyst,
        name,
        prefix: key.slice(0, key.lastIndexOf('_')),
        last4: key.slice(-4),
        key_hash: context.sha256(key),
        scopes,
        last_used_at: context.at(1 + index),
        use_count: uses,
        ...stamps(context.at(120 - index), analyst),
      })),
    },
    {
      table: 'oauth_accounts',
      rows: [
        {
          id: context.id('oauth:test:github'),
          user_id: test,
          provider: 'github',
          provider_account_id: `seed-${context.seed}-58211407`,
          email: 'test@example.com',
          scopes: ['read:user', 'user:email'],
          token_expires_at: null,
          ...stamps(context.at(200), test),
        },
      ],
    },
    {
      table: 'sessions',
      rows: [test, sam].map((user, index) => ({
        id: context.id(`session:${index}`),
        user_id: user,
        token_hash: context.sha256(`seeded session ${context.seed}:${index}`),
        family_id: context.id(`session-family:${index}`),
        user_agent: index === 0 ? 'Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0' : 'curl/8.11.0',
        ip_address: `192.0.2.${10 + index}`,
        last_used_at: context.at(0, -95 - index),
        expires_at: context.at(0, 30 * day),
        revoked_at: context.at(0, -60),
        ...stamps(context.at(3 + index), user),
      })),
    },
    {
      table: 'email_verification_tokens',
      rows: [
        {
          id: context.id('verification:sam'),
          user_id: sam,
          email: 'sam@example.com',
          token_hash: context.sha256(`seeded verification ${context.seed}`),
          expires_at: context.at(139),
          used_at: context.at(140, 40),
          ...stamps(context.at(140, 28), sam),
        },
      ],
    },
    {
      table: 'password_reset_tokens',
      rows: [
        {
          id: context.id('reset:test'),
          user_id: test,
          token_hash: context.sha256(`seeded reset ${context.seed}`),
          expires_at: context.at(100, 60),
          used_at: context.at(100, 9),
          ...stamps(context.at(100), test),
        },
      ],
    },
    {
      table: 'token_blacklist',
      rows: [
        {
          jti: context.id('blacklisted:test'),
          user_id: test,
          reason: 'signed out',
          expires_at: context.at(0, 15),
          created_at: context.at(0, -60),
        },
      ],
    },
  ];
}
