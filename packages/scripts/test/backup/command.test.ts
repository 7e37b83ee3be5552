import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dropDatabase, urlFor, withClient } from '@plinth/db';
import { toolPath } from '../../src/backup/client-tools.js';
import { outcomeOf, plinth, startPlinth } from '../plinth.js';
import { commandEnv, type Fixture, hasTools, identity, openFixture, tools } from './backup-fixture.js';

let fixture: Fixture;
let env: Record<string, string>;
const made: string[] = [];

beforeAll(async () => {
  fixture = await openFixture({ rows: 50 });
  writeFileSync(join(fixture.folder, 'key.txt'), `# made for a test\n${identity}\n`);
  env = {
    ...commandEnv(fixture),
    ADMIN_DATABASE_URL: fixture.database.url('admin'),
    BACKUP_IDENTITY_FILE: join(fixture.folder, 'key.txt'),
  };
});
afterAll(async () => {
  for (const name of made) await dropDatabase(fixture.database.url('admin'), name);
  await fixture.close();
});

/** Runs `plinth backup ... --json` and answers its exit code and document. */
async function backup(args: string[], over: Record<string, string> = {}) {
  const { code, stdout, stderr } = await plinth(['backup', ...args, '--json'], { ...env, ...over });
  return { code, stderr, answer: stdout === '' ? undefined : JSON.parse(stdout) };
}

(hasTools ? describe : describe.skip)('backup command', () => {
  test('create, list, show, stats, validate, drill: one backup from its making to its proof', async () => {
    const created = await backup(['create', '--note', 'by hand', '--pin', '30d']);
    expect([created.code, created.stderr]).toEqual([0, expect.not.stringContaining('warning')]);
    expect(created.answer).toEqual({
      id: expect.stringMatching(/-L$/),
      path: expect.stringContaining(fixture.folder),
      storedBytes: expect.any(Number),
      plainBytes: expect.any(Number),
      durationMs: expect.any(Number),
    });
    const { id } = created.answer;
    expect((await backup(['list'])).answer.backups).toEqual([
      expect.objectContaining({
        id,
        kind: 'logical',
        verified: 2,
        note: 'by hand',
        encrypted: true,
        pinnedUntil: expect.any(String),
      }),
    ]);
    expect((await backup(['show', id.slice(0, 12)])).answer.manifest.id).toBe(id);
    for (const level of ['0', '1', '2'])
      expect((await backup(['validate', id, '--level', level])).code).toBe(0);
    const drill = await backup(['drill']);
    expect([drill.code, drill.answer.problems]).toEqual([0, []]);
    expect((await backup(['drill', '--sql', join(fixture.folder, 'nowhere.sql')])).code).toBe(2);
    expect((await backup(['list'])).answer.backups[0].verified).toBe(3);
    expect((await backup(['stats'])).answer).toMatchObject({
      sets: 1,
      recoveryMs: expect.any(Number),
      ratio: expect.any(Number),
    });
    const runs = await fixture.sql('SELECT backup_id, status::text, verified, note FROM backup_runs');
    expect(runs).toEqual([{ backup_id: id, status: 'succeeded', verified: 3, note: 'by hand' }]);
  });

  test('doctor is content after a drill, and ends with 21 when the newest verified backup is too old', async () => {
    const report = await backup(['doctor']);
    expect([report.code, report.answer.checks.filter((check: { ok: boolean }) => !check.ok)]).toEqual([
      0,
      [],
    ]);
    const minutely = await backup(['doctor'], { BACKUP_SCHEDULE: '* * * * * *' });
    expect([minutely.code, minutely.answer.checks.find((check: { ok: boolean }) => !check.ok).name]).toEqual([
      1,
      'schedule',
    ]);
    const stale = await backup(['doctor', '--max-age', '1ms']);
    expect(stale.code).toBe(21);
    expect(
      stale.answer.checks.find((check: { name: string }) => check.name === 'newest verified').fix,
    ).toMatch(/backup create/);
    const empty = await backup(['doctor'], {
      BACKUP_DIR: join(fixture.folder, 'empty'),
      BACKUP_RECIPIENT: '',
    });
    expect(empty.code).toBe(21);
    expect(
      empty.answer.checks
        .filter((check: { ok: boolean }) => !check.ok)
        .map((check: { name: string }) => check.name),
    ).toEqual(['encryption', 'newest verified', 'drill']);
  });

  test('without a recipient it says so each time, and a policy refuses it', async () => {
    const folder = join(fixture.folder, 'plain');
    const plain = await backup(['create'], { BACKUP_RECIPIENT: '', BACKUP_DIR: folder });
    expect([plain.code, plain.stderr]).toEqual([0, expect.stringContaining('not encrypted')]);
    const refused = await backup(['create'], { BACKUP_RECIPIENT: '', BACKUP_REQUIRE_ENCRYPTION: 'true' });
    expect([refused.code, refused.answer.error.code]).toEqual([24, 'refused']);
    const drilled = await backup(['drill'], { BACKUP_DIR: folder, BACKUP_REQUIRE_ENCRYPTION: 'true' });
    expect([drilled.code, drilled.answer.error.message]).toEqual([
      24,
      expect.stringContaining('is not encrypted'),
    ]);
    const validated = await backup(['validate'], { BACKUP_DIR: folder, BACKUP_REQUIRE_ENCRYPTION: 'true' });
    expect([validated.code, validated.answer.ok]).toEqual([20, false]);
  });

  test('a passphrase from the environment encrypts and decrypts; a wrong one ends with 12', async () => {
    const over = {
      BACKUP_DIR: join(fixture.folder, 'passphrase'),
      SECRET: 'correct horse battery',
      WRONG: 'incorrect horse battery',
      BACKUP_IDENTITY_FILE: '',
    };
    expect((await backup(['create', '--encrypt-key', 'SECRET'], over)).code).toBe(0);
    expect((await backup(['validate', '--level', '2', '--key-env', 'SECRET'], over)).code).toBe(0);
    expect((await backup(['validate', '--level', '2', '--key-env', 'WRONG'], over)).code).toBe(12);
    expect((await backup(['drill'], over)).code).toBe(12);
  });

  test('restore --to makes a compared copy; the live database is guarded by its name', async () => {
    const database = `${fixture.database.name}_copy`;
    made.push(database);
    expect((await backup(['restore', '--to', database])).answer).toMatchObject({
      database,
      report: { ok: true },
    });
    const rows = await withClient(urlFor(fixture.database.url('admin'), database), (client) =>
      client.query('SELECT FROM businesses'),
    );
    expect(rows.rowCount).toBe(50);
    expect((await backup(['restore', '--to', fixture.database.name])).code).toBe(24);
    expect(
      (await backup(['restore', '--to', fixture.database.name, '--confirm', fixture.database.name])).code,
    ).toBe(24);
    expect((await backup(['restore', '--swap', '--confirm', 'other'])).code).toBe(24);
    expect((await backup(['restore'])).code).toBe(2);
    expect((await backup(['restore', '--to', database, '--jobs', 'many'])).code).toBe(2);
  });

  test('restore --swap and --undo, confirmed by name', async () => {
    const confirm = ['--confirm', fixture.database.name];
    await fixture.sql("INSERT INTO health_check (source) VALUES ('later')");
    const swapped = await backup(['restore', '--swap', ...confirm]);
    made.push(swapped.answer.kept);
    expect(await fixture.sql("SELECT FROM health_check WHERE source = 'later'")).toHaveLength(0);
    const undone = await backup(['restore', '--undo', ...confirm]);
    made.push(undone.answer.kept);
    expect(await fixture.sql("SELECT FROM health_check WHERE source = 'later'")).toHaveLength(1);
  });

  test('Ctrl-C ends pg_dump, removes the half-made set, records the run as cancelled and ends with 130', async () => {
    const real = tools[0] as (typeof tools)[0];
    const bin = join(fixture.folder, 'slow-bin');
    mkdirSync(bin);
    for (const name of ['pg_dumpall', 'pg_restore', 'psql'] as const)
      writeFileSync(join(bin, name), `#!/bin/sh\nexec ${toolPath(real, name)} "$@"\n`);
    // A version of its own, found on PATH before the system's.
    writeFileSync(
      join(bin, 'pg_dump'),
      `#!/bin/sh\ncase "$1" in --version) echo 'pg_dump (PostgreSQL) ${real.major}.99'; exit;; esac\necho started >> ${bin}/started\n${toolPath(real, 'pg_dump')} "$@"\nexec sleep 60\n`,
    );
    for (const name of await readdir(bin)) chmodSync(join(bin, name), 0o755);
    const before = (await backup(['list'])).answer.backups.length;
    const child = startPlinth(['backup', 'create'], { ...env, PATH: `${bin}:${process.env.PATH}` });
    const outcome = outcomeOf(child);
    for (let tries = 0; tries < 400 && !(await readdir(bin)).includes('started'); tries++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    process.kill(-(child.pid as number), 'SIGINT');
    const { code, stderr } = await outcome;
    // The text shows why, should it ever end otherwise.
    expect(`${code}: ${stderr}`).toMatch(/^130: /);
    expect((await backup(['list'])).answer.backups).toHaveLength(before);
    expect(await readdir(join(fixture.folder, 'store', '.staging'))).toEqual([]);
    expect(await fixture.sql("SELECT FROM backup_runs WHERE status = 'cancelled'")).toHaveLength(1);
  });

  test('prune --dry-run gives a reason for each set and deletes nothing', async () => {
    const { code, answer } = await backup(['prune', '--dry-run']);
    expect([code, answer.removed]).toEqual([0, []]);
    expect(answer.plans[0].decisions.every(({ reasons }: { reasons: string[] }) => reasons.length > 0)).toBe(
      true,
    );
  });
});
