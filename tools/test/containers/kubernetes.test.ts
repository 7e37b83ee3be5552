import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const api = read('deploy/kubernetes/api.yaml');
const migrate = read('deploy/kubernetes/migrate.yaml');
const dockerfile = read('Dockerfile');

test('each probe asks the path that was made for it, at the port that the image exposes', () => {
  const probes = [...api.matchAll(/^ +(\w+)Probe:\n +httpGet: \{ path: (\S+), port: (\d+) \}/gm)].map(
    ([, kind, path, port]) => [kind, path, port],
  );
  const port = /^EXPOSE (\d+)$/m.exec(dockerfile)?.[1];
  expect(probes).toEqual([
    ['startup', '/startup', port],
    ['liveness', '/health', port],
    ['readiness', '/ready', port],
  ]);
});

test('the pod outlives the longest shutdown of the API', () => {
  const grace = Number(/terminationGracePeriodSeconds: (\d+)/.exec(api)?.[1]);
  const deadlineMs = Number(
    /deadlineMs: ([\d_]+)/.exec(read('packages/api/src/shutdown.ts'))?.[1]?.replaceAll('_', ''),
  );
  expect(grace * 1000).toBeGreaterThan(deadlineMs);
});

test('every setting is one of ours', () => {
  const names = [...`${api}${migrate}`.matchAll(/name: ([A-Z][A-Z_]+)\b/g)].map((match) => match[1]);
  expect(names.length).toBeGreaterThan(3);
  for (const name of names) expect(read('.env.example')).toMatch(new RegExp(`^#?${name}=`, 'm'));
});

test('migrations are deployed as compose does it, and nothing runs as root', () => {
  const command = /command: (\[.*\])/.exec(migrate)?.[1];
  expect(read('docker-compose.yml')).toContain(`command: ${command}`);
  expect(migrate).toContain('workingDir: /app/packages/db');
  for (const manifest of [api, migrate]) expect(manifest).toContain('runAsNonRoot: true');
});
