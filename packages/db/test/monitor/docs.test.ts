import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { checks, thresholdSettings } from '../../src/monitor.js';

const read = (path: string) => readFile(new URL(`../../../../${path}`, import.meta.url), 'utf8');

test('docs/monitoring.md lists every check once, with its tier, and every threshold setting', async () => {
  const text = await read('docs/monitoring.md');
  const rows = [...text.matchAll(/^\| `([a-z-]+)` \| ([123]) \|/gm)].map(([, id, tier]) => [
    id,
    Number(tier),
  ]);
  expect(new Map(rows as [string, number][])).toEqual(new Map(checks.map(({ id, tier }) => [id, tier])));
  expect(rows).toHaveLength(checks.length);
  for (const name of thresholdSettings) expect(text).toContain(`\`${name}\``);
});

test('.env.example has every threshold setting', async () => {
  const text = await read('.env.example');
  for (const name of thresholdSettings) expect(text).toMatch(new RegExp(`^#${name}=`, 'm'));
});

test('every check has a case that is clean, planted and locked', async () => {
  const files = ['session', 'index', 'table', 'operation'].map(
    (name) => `packages/db/test/monitor/${name}-checks.test.ts`,
  );
  const cases = (await Promise.all(files.map(read))).join('\n');
  const covered = new Set([...cases.matchAll(/^ {4}id: '([a-z-]+)'/gm)].map(([, id]) => id));
  expect(covered).toEqual(new Set(checks.map(({ id }) => id)));
});
