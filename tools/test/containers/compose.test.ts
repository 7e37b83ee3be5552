import { execFile, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Debian's docker-compose; Docker itself is not needed for `config`. */
const compose = ['/usr/bin/docker-compose', '/usr/local/bin/docker-compose'].find(existsSync);

const profiles = ['production', 'development', 'redis'].flatMap((name) => ['--profile', name]);

const secrets = [
  'POSTGRES_PASSWORD',
  'PLINTH_MIGRATOR_PASSWORD',
  'PLINTH_APP_PASSWORD',
  'PLINTH_WORKER_PASSWORD',
  'PLINTH_READONLY_PASSWORD',
  'PLINTH_BACKUP_PASSWORD',
  'OPS_TOKEN',
  'TOKEN_SIGNING_KEY',
  'CURSOR_KEY',
  'PASSWORD_PEPPER',
  'FIELD_KEYS',
];

interface Service {
  image: string;
  command?: string[] | string;
  ports?: { published: number; target: number }[] | string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  networks?: Record<string, unknown>;
  /** Text up to docker-compose 1, objects from 2 on. */
  volumes?: (string | { source: string })[];
  profiles?: string[];
  healthcheck?: { test: string[] };
}

describe('docker-compose.yml', () => {
  let folder: string;
  /** docker-compose 1 prints YAML only. */
  let printsJson: boolean;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-compose-'));
    if (compose === undefined) return;
    printsJson = !(await run(compose, ['version', '--short'])).stdout.startsWith('1.');
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** What docker-compose makes of the file with these variables and nothing else. */
  async function config(variables: Record<string, string>): Promise<Record<string, Service>> {
    const file = join(folder, `env-${randomUUID()}`);
    await writeFile(
      file,
      Object.entries(variables)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    const args = ['--env-file', file, '-f', join(root, 'docker-compose.yml'), ...profiles, 'config'];
    const options = { env: { PATH: process.env.PATH }, cwd: root };
    const { stdout } = await run(compose ?? '', printsJson ? [...args, '--format', 'json'] : args, options);
    if (printsJson) return JSON.parse(stdout).services as Record<string, Service>;
    return parseYaml(stdout).services as Record<string, Service>;
  }
  const all = Object.fromEntries(secrets.map((name) => [name, `value-of-${name.toLowerCase()}`]));
  const inProfile = (services: Record<string, Service>, profile: string) =>
    Object.entries(services).filter(([, service]) => service.profiles?.includes(profile));

  (compose ? test : test.skip)('is accepted, and has the services of a whole system', async () => {
    const services = await config(all);
    expect(
      inProfile(services, 'production')
        .map(([name]) => name)
        .sort(),
    ).toEqual(['api', 'backup', 'certificates', 'migrate', 'postgres', 'worker']);
    expect(inProfile(services, 'redis').map(([name]) => name)).toEqual(['redis']);
    expect(services.api?.depends_on?.migrate?.condition).toBe('service_completed_successfully');
    expect(services.migrate?.depends_on?.postgres?.condition).toBe('service_healthy');
    expect(services.migrate?.command).toEqual(['node_modules/.bin/prisma', 'migrate', 'deploy']);
    expect(services.postgres?.healthcheck?.test.join(' ')).toContain('pg_isready');
    expect(services.worker?.command?.slice(-1)).toEqual(['worker']);
    expect(services.backup?.command?.slice(-3)).toEqual(['backup', 'schedule', 'run']);
  });

  (compose ? test : test.skip)(
    'without any one secret it is refused, naming that one: none has a default',
    async () => {
      const refused = secrets.map(async (name) => {
        const { [name]: _left, ...others } = all;
        const stderr = expect.stringContaining(`set ${name} in .env`);
        await expect(config(others)).rejects.toMatchObject({ stderr });
      });
      await Promise.all(refused);
    },
    180_000,
  );

  (compose ? test : test.skip)(
    "production publishes no port but the API's, and the database is on an internal network alone",
    async () => {
      const services = await config(all);
      const published = inProfile(services, 'production').filter(([, { ports }]) => (ports ?? []).length > 0);
      expect(published.map(([name]) => name)).toEqual(['api']);
      expect(Object.keys(services.postgres?.networks ?? {})).toEqual(['database']);
      const text = execFileSync('grep', ['-A1', '^  database:', join(root, 'docker-compose.yml')], {
        encoding: 'utf8',
      });
      expect(text).toContain('internal: true');
    },
  );

  (compose ? test : test.skip)('each service has only the passwords of its own roles', async () => {
    const services = await config(all);
    const passwordsOf = (name: string) =>
      secrets.filter(
        (secret) =>
          /PASSWORD$/.test(secret) &&
          JSON.stringify(services[name]?.environment ?? {}).includes(all[secret] ?? ''),
      );
    // The API and the worker look at the database as the readonly role.
    expect(passwordsOf('api')).toEqual(['PLINTH_APP_PASSWORD', 'PLINTH_READONLY_PASSWORD']);
    expect(passwordsOf('migrate')).toEqual(['PLINTH_MIGRATOR_PASSWORD']);
    expect(passwordsOf('worker')).toEqual([
      'PLINTH_APP_PASSWORD',
      'PLINTH_WORKER_PASSWORD',
      'PLINTH_READONLY_PASSWORD',
    ]);
    expect(passwordsOf('backup')).toEqual(['PLINTH_APP_PASSWORD', 'PLINTH_BACKUP_PASSWORD']);
  });

  (compose ? test : test.skip)('the major and the version are chosen by one variable each', async () => {
    const services = await config({ ...all, POSTGRES_MAJOR: '18', PLINTH_VERSION: '1.2.3' });
    expect(services.postgres?.image).toBe('postgres:18');
    expect(services.postgres?.environment?.PGDATA).toBe('/var/lib/postgresql/18/docker');
    expect(services.api?.image).toBe('plinth:1.2.3');
  });

  (compose ? test : test.skip)('every file and folder it mounts is there', async () => {
    const services = await config(all);
    const mounted = Object.values(services)
      .flatMap(({ volumes }) => volumes ?? [])
      .map((volume) => (typeof volume === 'string' ? (volume.split(':')[0] ?? '') : volume.source))
      .filter((source) => source.startsWith('/') && !source.endsWith('/backups'));
    expect(mounted.length).toBeGreaterThan(1);
    for (const source of mounted) expect([source, existsSync(source)]).toEqual([source, true]);
  });
});

/** Python, which docker-compose 1 is written in, turns its YAML into JSON. */
function parseYaml(text: string): Record<string, unknown> {
  const program = 'import sys, json, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))';
  return JSON.parse(execFileSync('/usr/bin/python3', ['-c', program], { input: text, encoding: 'utf8' }));
}
