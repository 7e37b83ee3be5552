import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database, LoginRole } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { pino } from 'pino';
import { createApp } from '../../src/app.js';
import { parseConfig } from '../../src/config.js';
import { createMetrics } from '../../src/metrics/render-metrics.js';
import { createMetricsHandler } from '../../src/metrics/serve-metrics.js';
import { createFront } from '../../src/middleware/front.js';
import type { Monitoring } from '../../src/monitoring/monitoring.js';
import { openMonitoring } from '../../src/monitoring/open-monitoring.js';
import { openSharedState } from '../../src/open-shared-state.js';
import type { Route } from '../../src/route.js';
import { type Answer, type Ask, ask } from './http.js';
import { type Letter, readLetters } from './letters.js';
import { expectNoSecrets } from './logged-secrets.js';
import { PASSWORD, SETTINGS } from './settings.js';
import { insertUser } from './users.js';

/** A user of a test, signed in. */
export interface TestUser {
  id: string;
  email: string;
  accessToken: string;
  refreshToken: string;
  /** Sends a request as this user. */
  ask(path: string, request?: Ask): Promise<Answer>;
}

/** The application on a database of its own. */
export interface TestApi {
  url: string;
  testDatabase: TestDatabase;
  /** As the application role: what the API uses. */
  database: Database;
  /** As superuser: to prepare and to look. */
  admin: Database;
  /** Looks only when told: `monitoring.monitor.collect()`. */
  monitoring: Monitoring;
  /** Log lines of the API, parsed. */
  logs: Record<string, unknown>[];
  /** What was mailed to an address, oldest first. */
  lettersTo(email: string): Promise<Letter[]>;
  ask(path: string, request?: Ask): Promise<Answer>;
  /** Makes a user who has the permissions (through a role made for them), and signs in. */
  signUp(name: string, permissions?: readonly string[]): Promise<TestUser>;
  close(): Promise<void>;
}

export { PASSWORD } from './settings.js';

export async function createTestApi(
  options: {
    env?: Record<string, string>;
    routes?: readonly Route[];
    metrics?: boolean;
    /** Whether pg_stat_statements counts what is asked in its database. */
    statements?: boolean;
    /** The login that monitoring looks with; null: none of its own. Readonly unless told. */
    monitoredBy?: LoginRole | null;
  } = {},
): Promise<TestApi> {
  const testDatabase = await createTestDatabase({ statements: options.statements === true });
  const database = await testDatabase.open('app');
  const admin = await testDatabase.open('admin');
  const outbox = await mkdtemp(join(tmpdir(), 'plinth-outbox-'));
  const logs: Record<string, unknown>[] = [];
  const handedOut: string[] = [];
  const { monitoredBy = 'readonly' } = options;
  const config = parseConfig({
    ...SETTINGS,
    LOG_LEVEL: 'debug',
    MAIL_OUTBOX: outbox,
    ...options.env,
    DATABASE_URL: testDatabase.url('app'),
    ...(monitoredBy === null ? {} : { READONLY_DATABASE_URL: testDatabase.url(monitoredBy) }),
  });
  const logger = pino({ level: config.logLevel }, { write: (line: string) => logs.push(JSON.parse(line)) });
  const production = config.environment === 'production';
  const monitoring = openMonitoring({ config, database: () => database, logger, continuous: false });
  const front = createFront({
    logger,
    production,
    isProbe: () => false,
    metrics: monitoring.http,
  });
  const shared = openSharedState(config, { database: () => database, logger });
  const app = createApp({
    shared,
    monitoring,
    config,
    logger,
    front,
    database: () => database,
    ...(options.routes ? { routes: options.routes } : {}),
    ...(options.metrics
      ? { metrics: createMetricsHandler(createMetrics(monitoring), { ...config, opsOpen: !production }) }
      : {}),
  });
  const server: Server = createServer(app).listen(0, '127.0.0.1');
  // A test may compute for longer than the default of 5 s: the connection it comes back to must still be there.
  server.keepAliveTimeout = 60_000;
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    testDatabase,
    database,
    admin,
    monitoring,
    logs,
    lettersTo: async (email) => (await readLetters(outbox)).filter(({ to }) => to === email),
    ask: (path, request) => ask(url + path, request),
    async signUp(name, permissions = []) {
      const { id, email } = await insertUser(admin, name);
      if (permissions.length > 0) {
        await admin.none(
          `with role as (insert into roles (name, permissions) values ($2, $3) returning id)
           insert into role_assignments (user_id, role_id) select $1, id from role`,
          [id, `role-of-${name}`, permissions],
        );
      }
      const { body } = await ask(`${url}/v1/auth/sign-in`, {
        method: 'POST',
        body: { email, password: PASSWORD },
      });
      const { accessToken, refreshToken } = body;
      handedOut.push(accessToken, refreshToken);
      return {
        id,
        email,
        accessToken,
        refreshToken,
        ask: (path, request = {}) =>
          ask(url + path, {
            ...request,
            headers: { authorization: `Bearer ${accessToken}`, ...request.headers },
          }),
      };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await monitoring.close();
      await shared.close();
      await testDatabase.drop();
      const letters = (await readLetters(outbox)).map(({ token }) => token);
      await rm(outbox, { recursive: true });
      expectNoSecrets(logs, [...handedOut, ...letters]);
    },
  };
}

/** Makes an artist; answers its id. */
export async function insertArtist(
  admin: Database,
  name: string,
  externalIds: Record<string, string> = {},
): Promise<string> {
  const { id } = await admin.one<{ id: string }>(
    'insert into artists (name, external_ids) values ($1, $2) returning id',
    [name, externalIds],
  );
  return id;
}
