import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ClientTools, toolPath } from '../../src/backup/client-tools.js';
import type { CopyProgress } from '../../src/backup/copy-progress.js';
import { drillBackup } from '../../src/backup/drill.js';
import type { RestoreProgress } from '../../src/backup/staged-dump.js';
import { outcomeOf, startPlinth } from '../plinth.js';
import { commandEnv, type Fixture, hasTools, opener, openFixture, tools } from './backup-fixture.js';

const ROWS = 20_000;
/** Passes on what it reads, so many bytes per millisecond, as a bad line would. */
const THROTTLE =
  'const rate=Number(process.argv[1]);process.stdin.on("data",(piece)=>{process.stdout.write(piece);process.stdin.pause();setTimeout(()=>process.stdin.resume(),piece.length/rate)})';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture({ rows: ROWS });
  await fixture.sql('ANALYZE businesses');
});
afterAll(() => fixture.close());

/** Client programs whose pg_dump passes on so many bytes per millisecond. */
function slowTools(rate: number): ClientTools {
  const real = tools[0] as ClientTools;
  const binDir = join(fixture.folder, `slow-${rate}`);
  mkdirSync(binDir);
  for (const name of ['pg_dumpall', 'pg_restore', 'psql'] as const)
    writeFileSync(join(binDir, name), `#!/bin/sh\nexec ${toolPath(real, name)} "$@"\n`);
  writeFileSync(
    join(binDir, 'pg_dump'),
    `#!/bin/bash\nset -o pipefail\ncase "$1" in --version) echo 'pg_dump (PostgreSQL) ${real.major}.99'; exit;; esac\n` +
      `${toolPath(real, 'pg_dump')} "$@" | ${process.execPath} -e '${THROTTLE}' ${rate}\n`,
  );
  for (const name of ['pg_dump', 'pg_dumpall', 'pg_restore', 'psql']) chmodSync(join(binDir, name), 0o755);
  return { ...real, binDir };
}

/** Rows and tables never go back, and are seen on their way. */
function expectToRise(seen: readonly CopyProgress[]): void {
  for (const [index, now] of seen.entries()) {
    const before = seen[index - 1];
    if (before && (now.rows < before.rows || now.tables < before.tables))
      throw new Error(`it went back: ${JSON.stringify([before, now])}`);
  }
  const onTheWay = new Set(seen.map(({ rows }) => rows).filter((rows) => rows > 0 && rows < ROWS));
  expect(onTheWay.size).toBeGreaterThanOrEqual(3);
}

(hasTools ? describe : describe.skip)('backup progress', () => {
  test('a slow dump reports rows, bytes and the table at work, always forward, up to its estimate', async () => {
    const seen: (CopyProgress & { bytes: number })[] = [];
    await fixture.create({
      tools: [slowTools(2_000)],
      progressEveryMs: 50,
      onProgress: (progress) => seen.push(progress),
    });
    expectToRise(seen);
    expect(new Set(seen.map(({ table }) => table))).toContain('public.businesses');
    const last = seen.at(-1) as (typeof seen)[0];
    // pg_dump is ahead of the pipe: what is known at the end depends on the last look, and is never far away.
    expect(last.rows).toBeGreaterThan(ROWS / 2);
    expect(last.totalRows).toBeGreaterThanOrEqual(ROWS);
    const bytes = seen.map((progress) => progress.bytes);
    expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
    expect(last.bytes).toBeGreaterThan(500_000);
  });

  test('several jobs report the same', async () => {
    const seen: (CopyProgress & { bytes: number })[] = [];
    await fixture.sql("INSERT INTO health_check (source) SELECT 'p' || i FROM generate_series(1, 1000) i");
    await fixture.create({ jobs: 2, progressEveryMs: 5, onProgress: (progress) => seen.push(progress) });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.at(-1)?.totalTables).toBeGreaterThan(20);
    expect(seen.at(-1)?.tables).toBeGreaterThan(10);
  });

  test('where nothing moves it still speaks, and what waits is not counted as done', async () => {
    const seen: CopyProgress[] = [];
    let over = () => {};
    const holding = new Promise<void>((resolve) => {
      over = resolve;
    });
    // A pg_dump that has connected to nothing yet.
    const stuck = slowTools(1);
    writeFileSync(
      join(stuck.binDir, 'pg_dump'),
      `#!/bin/bash\nwhile [ ! -e ${stuck.binDir}/go ]; do sleep 0.05; done\nexec ${toolPath(tools[0] as ClientTools, 'pg_dump')} "$@"\n`,
    );
    const making = fixture.create({
      tools: [stuck],
      progressEveryMs: 20,
      onProgress: (progress) => {
        seen.push(progress);
        if (seen.length === 10) over();
      },
    });
    await Promise.race([holding, making]);
    expect(seen.slice(0, 10).map(({ rows }) => rows)).toEqual(Array(10).fill(0));
    writeFileSync(join(stuck.binDir, 'go'), '');
    await making;
  });

  test('a drill reports unpacking in bytes and restoring in rows', async () => {
    const { id } = await fixture.create();
    const seen: RestoreProgress[] = [];
    const admin = fixture.database.url('admin');
    const set = await fixture.store.read(id);
    const report = await drillBackup({
      store: fixture.store,
      set,
      opener,
      tools,
      adminUrl: admin,
      env: process.env,
      workFolder: tmpdir(),
      onProgress: (progress) => seen.push(progress),
    });
    expect(report.problems).toEqual([]);
    const unpacking = seen.filter(({ what }) => what === 'unpacking');
    expect(unpacking.at(-1)?.done).toBe(unpacking.at(-1)?.total);
    const restoring = seen.filter(({ what }) => what === 'restoring');
    expect(restoring.length).toBeGreaterThan(0);
    expect(restoring.at(-1)?.total).toBe(
      set.manifest.content.tables.reduce((sum, { rows }) => sum + rows, 0),
    );
  });

  test('without a terminal the command says a line every few seconds', async () => {
    const child = startPlinth(['backup', 'create'], {
      ...commandEnv(fixture),
      PATH: `${slowTools(2_500).binDir}:${process.env.PATH}`,
      BACKUP_DIR: join(fixture.folder, 'lines'),
    });
    const { code, stderr } = await outcomeOf(child);
    expect(code).toBe(0);
    expect(stderr).toMatch(/dumping: \d+\/\d+ rows.*[kKM]i?B, [a-z]+\.\w+ \(\d+\.\d s\)/);
  }, 60_000);
});
