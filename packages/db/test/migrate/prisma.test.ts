import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { withClient } from '../../src/bootstrap.js';
import { findDrift } from '../../src/migrate/drift.js';
import { migrateDown } from '../../src/migrate/rollback.js';
import { migrationStatus } from '../../src/migrate/status.js';
import { migrateUp } from '../../src/migrate/up.js';
import { createTestDatabase, type TestDatabase } from '../../src/testing.js';
import { createProject, type Project } from '../engine/project.js';

describe.each([15, 18] as const)("beside Prisma's own command line on PostgreSQL %i", (major) => {
  let database: TestDatabase;
  let project: Project;
  let at: { url: string; dir: string };
  beforeEach(async () => {
    database = await createTestDatabase({ major, empty: true });
    project = await createProject(database.url('migrator'));
    at = { url: database.url('migrator'), dir: project.migrationsDir };
    await project.migration('20260101000000_a', 'CREATE TABLE a ();');
    await project.migration('20260101000001_b', 'CREATE TABLE b ();');
  });
  afterEach(async () => {
    await project.remove();
    await database.drop();
  });

  test('what we applied prisma finds applied, and the other way round', async () => {
    expect((await migrateUp({ ...at, to: 'a' })).applied).toHaveLength(1);
    const deployed = await project.prisma('migrate', 'deploy');
    expect(deployed.stdout).toContain('20260101000001_b');
    expect(deployed.stdout).not.toContain('20260101000000_a/');
    await project.migration('20260101000002_c', 'CREATE TABLE c ();');
    expect((await migrateUp(at)).applied.map(({ name }) => name)).toEqual(['20260101000002_c']);
    const status = await project.prisma('migrate', 'status');
    expect(status.stdout).toContain('Database schema is up to date!');
    expect(status.code).toBe(0);
    expect((await migrationStatus(at)).migrations.map(({ state }) => state)).toEqual([
      'applied',
      'applied',
      'applied',
    ]);
  });

  test('what we rolled back prisma deploys again, and what it deployed we roll back', async () => {
    await migrateUp(at);
    await writeFile(join(at.dir, '20260101000001_b/down.sql'), 'DROP TABLE b');
    await expect(migrateDown({ ...at, steps: 2 })).rejects.toMatchObject({ code: 'irreversible' });
    await migrateDown(at);
    expect((await project.prisma('migrate', 'status')).stdout).toContain('20260101000001_b');
    expect((await project.prisma('migrate', 'deploy')).stdout).toContain('20260101000001_b');
    expect((await migrateDown(at)).rolledBack.map(({ name }) => name)).toEqual(['20260101000001_b']);
    expect((await migrateUp(at)).applied).toHaveLength(1);
  });

  test('what prisma deployed has not drifted, and what somebody changed since is named', async () => {
    await project.migration('20260101000002_c', 'CREATE TABLE c (); GRANT SELECT ON c TO plinth_readonly;');
    expect((await project.prisma('migrate', 'deploy')).code).toBe(0);
    const drift = () => findDrift({ url: at.url, migrationsDir: at.dir });
    expect(await drift()).toMatchObject({
      drifted: false,
      since: { migration: '20260101000002_c', from: 'replayed' },
    });
    await withClient(at.url, (client) => client.query('ALTER TABLE c ADD COLUMN n int'));
    expect(await drift()).toMatchObject({
      drifted: true,
      differences: [{ kind: 'column', name: 'public.c.n', before: null }],
    });
  });

  if (major === 18) return;

  test("prisma's failed migration is refused with the repairing command, and ours that stopped half-way stops prisma", async () => {
    await project.migration('20260101000002_c', 'SELECT 1/0;');
    expect((await project.prisma('migrate', 'deploy')).code).toBe(1);
    await expect(migrateUp(at)).rejects.toMatchObject({
      code: 'history_failed',
      fix: expect.stringContaining('plinth migrate repair --failed 20260101000002_c'),
    });
    expect((await project.prisma('migrate', 'resolve', '--rolled-back', '20260101000002_c')).code).toBe(0);
    await project.migration('20260101000002_c', 'CREATE TABLE c (); VACUUM nothing;');
    await expect(migrateUp(at)).rejects.toMatchObject({ code: 'migration_failed' });
    const blocked = await project.prisma('migrate', 'deploy');
    expect(blocked.stderr).toContain('P3009');
    await project.migration('20260101000002_c', 'CREATE TABLE c (); VACUUM c;');
    expect((await migrateUp(at)).applied).toHaveLength(1);
    expect((await project.prisma('migrate', 'status')).stdout).toContain('Database schema is up to date!');
  });

  test('at the same moment, each migration is applied once', async () => {
    const [ours, theirs] = await Promise.all([migrateUp(at), project.prisma('migrate', 'deploy')]);
    expect(theirs.code).toBe(0);
    const theirNames = ['20260101000000_a', '20260101000001_b'].filter((name) =>
      theirs.stdout.includes(`${name}/`),
    );
    expect([...ours.applied.map(({ name }) => name), ...theirNames].sort()).toEqual([
      '20260101000000_a',
      '20260101000001_b',
    ]);
  });
});
