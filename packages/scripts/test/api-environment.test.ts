import { expect, test } from '@jest/globals';
import { parseConfig } from '../src/config.js';
import { apiEnvironment } from '../src/up/api-environment.js';

const DATABASE_URL = 'postgresql://app@127.0.0.1/plinth';
const logins = {
  DATABASE_URL,
  ADMIN_DATABASE_URL: 'postgresql://admin@127.0.0.1/plinth',
  MIGRATE_DATABASE_URL: 'postgresql://migrator@127.0.0.1/plinth',
  BACKUP_DATABASE_URL: 'postgresql://backup@127.0.0.1/plinth',
  WORKER_DATABASE_URL: 'postgresql://worker@127.0.0.1/plinth',
};

test("the API gets the application's login and the readonly one, the settings of monitoring, and no other login", () => {
  const readonlyUrl = 'postgresql://readonly@127.0.0.1/plinth';
  const given = { appUrl: DATABASE_URL, readonlyUrl, port: 8080, secrets: undefined };
  const env = apiEnvironment(
    parseConfig({ ...logins, MONITORING_INTERVAL: '5s', METRICS_TOKEN: 't' }, '/'),
    given,
  );
  expect(env).toMatchObject({
    DATABASE_URL,
    READONLY_DATABASE_URL: readonlyUrl,
    MONITORING_INTERVAL: '5s',
    METRICS_TOKEN: 't',
  });
  for (const role of ['admin', 'migrator', 'backup', 'worker'])
    expect(JSON.stringify(env)).not.toContain(`//${role}@`);
});
