import { monitorEvent } from '../../monitoring/open-monitoring.js';
import { defineRoute } from '../../route.js';
import { mayRead } from './access.js';

export const eventsRoute = defineRoute({
  method: 'GET',
  path: '/v1/database/events',
  summary:
    'Server-sent events: `monitor`, an overview as in /v1/database/metrics, with every look at the database',
  access: mayRead,
  media: 'text/event-stream',
  handler: async ({ services: { monitoring } }) => monitoring.streams.open(monitorEvent(monitoring)),
});
