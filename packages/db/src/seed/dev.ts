import { blocklist } from './dev/blocklist.js';
import { businesses } from './dev/businesses.js';
import { catalogue } from './dev/catalogue.js';
import { credentials } from './dev/credentials.js';
import { giving } from './dev/giving.js';
import { moderation } from './dev/moderation.js';
import { operations } from './dev/operations.js';
import { people, roleAssignments, roles } from './dev/people.js';
import { social } from './dev/social.js';
import type { Scenario } from './scenario.js';

/** What a developer needs to try every screen and endpoint: a few related rows in every table. Times are fixed. */
export const devScenario: Scenario = {
  name: 'dev',
  description:
    'development data: six people who can sign in, artists, blocks, lists, businesses, campaigns, messages',
  anchor: '2026-11-01T09:00:00Z',
  build: (context) => [
    people(context),
    roles(context),
    roleAssignments(context),
    ...credentials(context),
    catalogue(context),
    ...blocklist(context),
    ...businesses(context),
    ...social(context),
    ...giving(context),
    ...moderation(context),
    ...operations(context),
  ],
};
