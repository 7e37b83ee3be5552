import { eventsRoute } from './database/events.js';
import { findingsRoute } from './database/findings.js';
import { metricsRoute } from './database/metrics.js';
import { sessionsRoute } from './database/sessions.js';
import { signalRoutes } from './database/signal.js';
import { statementRoutes } from './database/statements.js';
import { tablesRoute } from './database/tables.js';

export const databaseRoutes = [
  metricsRoute,
  findingsRoute,
  sessionsRoute,
  ...signalRoutes,
  ...statementRoutes,
  tablesRoute,
  eventsRoute,
];
