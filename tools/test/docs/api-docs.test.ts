import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SOURCE_FLAGS } from '../../../packages/db/src/testing.js';
import { findTableUses, type TableUse } from '../../docs/table-uses.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const run = promisify(execFile);

describe('what is generated from the routes', () => {
  test('the typed client and docs/reference.md are current', async () => {
    const args = [...SOURCE_FLAGS, 'tools/docs/api.ts', '--check'];
    const { stderr } = await run(process.execPath, args, { cwd: root });
    expect(stderr).toBe('');
  });
});

describe('the uses of tables', () => {
  let uses: Map<string, TableUse>;
  let copy: string;
  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'plinth-uses-'));
    uses = new Map((await findTableUses(root)).map((use) => [use.table, use]));
  });
  afterAll(() => rm(copy, { recursive: true, force: true }));

  test('every table is written by production code: not by a seed, nor by a repository alone', () => {
    const unwritten = [...uses.values()]
      .filter(({ writers }) => writers.length === 0)
      .map(({ table }) => table);
    expect(unwritten).toEqual([]);
  });

  test('every table is read by production code', () => {
    const unread = [...uses.values()].filter(({ readers }) => readers.length === 0).map(({ table }) => table);
    // health_check proves that writing works; the access log is read with SQL, by the role for it.
    expect(unread.sort()).toEqual(['data_access_log', 'health_check']);
  });

  test('finds repositories, resources, topics, Prisma and SQL', () => {
    const writersOf = (table: string) => uses.get(table)?.writers ?? [];
    expect(writersOf('business_classifications')).toContain(
      'packages/api/src/routes/business-classifications.ts',
    );
    expect(writersOf('risk_assessments')).toContain('packages/db/src/repositories/kyb.ts');
    expect(writersOf('user_artist_blocks')).toContain('packages/api/src/routes/blocks.ts');
    expect(writersOf('audit_log').join()).toContain('audit_triggers');
    expect([...uses.values()].flatMap(({ writers }) => writers).join()).not.toMatch(/seed|generated|test/);
  });

  test('a table that only a seed writes has no writer', async () => {
    for (const part of [
      'packages/db/src',
      'packages/db/prisma',
      'packages/api/src',
      'packages/scripts/src',
    ]) {
      await cp(join(root, part), join(copy, part), {
        recursive: true,
        filter: (path) => !path.includes('generated'),
      });
    }
    const schema = join(copy, 'packages/db/prisma/schema/orphan.prisma');
    await writeFile(schema, 'model Orphan {\n  id String @id\n\n  @@map("orphans")\n}\n');
    await writeFile(
      join(copy, 'packages/db/src/seed/orphan.ts'),
      "export const SQL = 'insert into orphans values (1)';\n",
    );
    const found = async () => (await findTableUses(copy)).find(({ table }) => table === 'orphans');
    expect(await found()).toEqual({ table: 'orphans', writers: [], readers: [] });
    await writeFile(
      join(copy, 'packages/db/src/orphan.ts'),
      "export const SQL = 'insert into orphans values (1)';\n",
    );
    expect((await found())?.writers).toEqual(['packages/db/src/orphan.ts']);
  });
});
