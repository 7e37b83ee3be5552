import type { IncomingMessage, ServerResponse } from 'node:http';
import { createFieldCipher, type Database } from '@plinth/db';
import express, { type Express } from 'express';
import type { Logger } from 'pino';
import { createAccessTokens } from './auth/access-tokens.js';
import { createKeyStates } from './auth/key-state.js';
import { createKeyUses } from './auth/key-uses.js';
import { createFlows } from './auth/oauth/flows.js';
import { createLimits } from './auth/rate-limit.js';
import { createUserStates } from './auth/user-state.js';
import type { Config } from './config.js';
import { createCursors } from './cursor.js';
import { mountDashboard } from './dashboard/serve-dashboard.js';
import { mountDocs } from './docs.js';
import { ApiError } from './errors.js';
import { codeOf } from './logger.js';
import { createLinks } from './mail/letters.js';
import { createOutbox } from './mail/outbox.js';
import { isMetrics } from './metrics/serve-metrics.js';
import type { Front } from './middleware/front.js';
import { answerNotFound, createErrorHandler } from './middleware/problem.js';
import type { Monitoring } from './monitoring/monitoring.js';
import { mountRoutes } from './mount-routes.js';
import type { SharedState } from './open-shared-state.js';
import type { Route } from './route.js';
import { createArtistCache } from './routes/artist-cache.js';
import { routes as allRoutes } from './routes.js';

/** What the application runs on. */
export interface AppOptions {
  config: Config;
  logger: Logger;
  front: Front;
  /** The open database, or undefined while it cannot be reached since the start. */
  database: () => Database | undefined;
  shared: Pick<SharedState, 'invalidations' | 'limitStore'>;
  monitoring: Monitoring;
  /** Answers /metrics; undefined where another port does. */
  metrics?: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Other routes than ours: for tests. */
  routes?: readonly Route[];
}

/** The Express application: everything but listening, probes and shutdown. */
export function createApp(options: AppOptions): Express {
  const { config, logger, front, shared, monitoring, metrics, routes = allRoutes } = options;
  const production = config.environment === 'production';
  const accessTokens = createAccessTokens(config.tokenSigningKey);
  const keyMode = production ? 'live' : 'test';
  const database = () => {
    const opened = options.database();
    if (opened === undefined)
      throw new ApiError('unavailable', 'the database is not ready yet', { headers: { 'Retry-After': '2' } });
    return opened;
  };
  const remembered = { database, invalidations: shared.invalidations };
  const app = express();
  app.disable('x-powered-by');
  // Tags are versions of rows (etag.ts), never hashes of answers.
  app.set('etag', false);
  // Without proxies the address is the connection's, whatever headers say.
  if (config.trustedProxies.length > 0) app.set('trust proxy', [...config.trustedProxies]);
  app.use(front);
  if (metrics) {
    app.use((request, response, next) =>
      isMetrics(request.url) ? metrics(request, response).catch(next) : next(),
    );
  }
  mountRoutes(app, routes, {
    services: {
      accessTokens,
      cursors: createCursors(config.cursorKey),
      passwordPepper: config.passwordPepper,
      limits: createLimits(shared.limitStore),
      mailer: createOutbox({
        folder: config.mail.outbox,
        from: config.mail.from,
        onFailure: (error) => logger.error(codeOf(error), 'a mail could not be put into the outbox'),
      }),
      linkTo: createLinks(config.mail.appUrl),
      keyMode,
      fieldCipher: createFieldCipher(config.fieldKeys),
      monitoring,
      artists: createArtistCache(remembered),
      oauth: { ...config.oauth, flows: createFlows(config.tokenSigningKey), allowPrivate: !production },
    },
    authentication: {
      accessTokens,
      userStates: createUserStates(remembered),
      keyStates: createKeyStates(keyMode, remembered),
      keyUses: createKeyUses((error) => logger.warn(codeOf(error), 'the use of an API key was not counted')),
      opsToken: config.opsToken,
      opsOpen: !production,
    },
    database,
    checkAnswers: !production,
  });
  mountDocs(app, routes);
  mountDashboard(app, { production, open: !production && config.opsToken === undefined });
  app.use(answerNotFound);
  app.use(createErrorHandler(logger, production));
  return app;
}
