import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type DatabaseError, healthChecks, roles, withClient } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';

const disk = mkdtempSync(join(tmpdir(), 'plinth-disk-'));
const mounted = mountSmallDisk();
let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(async () => {
  await testDatabase.drop();
  if (mounted) {
    await withClient(testDatabase.server.adminUrl, (client) => client.query('drop tablespace small_disk'));
    execFileSync('umount', [disk]);
  }
  rmdirSync(disk);
});

/** Eight megabytes; false where mounting is forbidden (docs/skips.md has the probe). */
function mountSmallDisk(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const admin = (text: string) => withClient(testDatabase.url('admin'), (client) => client.query(text));

(mounted ? test : test.skip)(
  'on a full disk writes fail with disk_full, reads go on, and freed space is enough to write again',
  async () => {
    const place = join(disk, 'tablespace');
    mkdirSync(place);
    const { rows } = await admin('show data_directory');
    const { uid, gid } = statSync(rows[0].data_directory);
    chownSync(place, uid, gid);
    await admin(`create tablespace small_disk location '${place}'`);
    await admin('alter table health_check set tablespace small_disk');

    const db = await testDatabase.open('app', { DB_POOL_MAX: '2' });
    await healthChecks.create(db, { source: 'before' });
    await admin(`create table filler (text text) tablespace small_disk`);
    await admin('alter table filler alter text set storage external');
    let filled = 0;
    for (; filled < 20; filled++) {
      const full = await admin("insert into filler select repeat('x', 1000000)").then(
        () => false,
        () => true,
      );
      if (full) break;
    }
    expect(filled).toBeLessThan(10);

    // What is left of the last page takes a few more rows.
    let failure: DatabaseError | undefined;
    for (let n = 0; n < 20_000 && failure === undefined; n += 1_000) {
      const more = Array.from({ length: 1_000 }, (_, k) => ({ source: `more ${n + k}` }));
      await healthChecks.createMany(db, more).catch((error) => {
        failure = error;
      });
    }
    expect(failure).toMatchObject({ name: 'DatabaseError', code: 'disk_full', sqlstate: '53100' });
    expect(failure?.message).not.toContain(disk);
    expect(await healthChecks.get(db, 'before')).toMatchObject({ source: 'before' });
    expect(await roles.list(db)).toMatchObject({ next: null });
    expect(db.pool.status()).toMatchObject({ checked_out: 0, invalid: 0 });

    await admin('drop table filler');
    expect(await healthChecks.create(db, { source: 'after' })).toMatchObject({ source: 'after' });
  },
);
