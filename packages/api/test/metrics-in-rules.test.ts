import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { ask } from './support/http.js';
import { endAll, startApi } from './support/process.js';
import { SETTINGS } from './support/settings.js';
import { until } from './support/until.js';

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(async () => {
  await endAll();
  await testDatabase.drop();
});

/** Names of ours and of the exporters in PromQL, histograms by their family. */
const namesIn = (text: string): string[] => [
  ...new Set(
    [...text.matchAll(/\b(?:pg|plinth|db_client|http_server)_[a-z0-9_]+/g)].map(([name]) =>
      name.replace(/_duration_seconds_(?:bucket|sum|count)$/, '_duration_seconds'),
    ),
  ),
];

test('every metric that a Prometheus rule names is one that /metrics tells', async () => {
  const rules = await readFile(new URL('../../../deploy/prometheus/rules.yml', import.meta.url), 'utf8');
  const expressions = [...rules.matchAll(/^ +expr: (.*)$/gm)].map(([, expr]) => expr).join('\n');
  const named = namesIn(expressions);
  expect(named.length).toBeGreaterThan(15);
  const api = await startApi({ DATABASE_URL: testDatabase.url('app') });
  const headers = { authorization: `Bearer ${SETTINGS.OPS_TOKEN}` };
  const types = async () => {
    const { text } = await ask(`${api.url}/metrics`, { headers });
    return new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name));
  };
  await until(async () => (await types()).size > 0, 10_000);
  const told = await types();
  expect(named.filter((name) => !told.has(name))).toEqual([]);
});
