import { demoActivity } from './demo/activity.js';
import { demoBusinesses } from './demo/businesses.js';
import { demoOperations } from './demo/operations.js';
import { demoPeople } from './demo/people.js';
import { demoTalk } from './demo/talk.js';
import { catalogue } from './dev/catalogue.js';
import { roles } from './dev/people.js';
import type { Scenario } from './scenario.js';

/** Thirty days up to the day of its first run, so that lists, dashboard and audit log have something to show. */
export const demoScenario: Scenario = {
  name: 'demo',
  description: 'thirty days of activity of two dozen people, up to today',
  build: (context) => [
    ...demoPeople(context),
    roles(context),
    catalogue(context),
    ...demoActivity(context),
    ...demoBusinesses(context),
    ...demoTalk(context),
    ...demoOperations(context),
  ],
};
