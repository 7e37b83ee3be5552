import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createTestDatabase } from '../../src/testing.js';
import { createProject } from './project.js';

const tables = `
CREATE SCHEMA other;
CREATE TABLE letters (id int PRIMARY KEY, flag "char" NOT NULL DEFAULT 'x', at timestamptz(3), tags text[]);
CREATE TABLE other.notes (id bigint PRIMARY KEY, letter int REFERENCES letters (id), body jsonb);
`;

test.each([15, 18] as const)(
  'db execute, pull and push, migrate reset and status agree on two schemas, on %i',
  async (major) => {
    const db = await createTestDatabase({ major, empty: true });
    const project = await createProject(db.url('migrator'), ['public', 'other']);
    const admin = await db.open('admin');
    try {
      await writeFile(join(project.dir, 'tables.sql'), tables);
      const executed = await project.prisma('db', 'execute', '--file', 'tables.sql');
      expect([executed.code, executed.stderr.includes('Error')]).toEqual([0, false]);

      const pulled = await project.prisma('db', 'pull');
      expect([pulled.code, pulled.stderr.includes('Error')]).toEqual([0, false]);
      const schema = await readFile(join(project.dir, 'prisma/schema.prisma'), 'utf8');
      expect(schema).toMatch(/flag\s+String\s+@default\("x"\)\s+@db\.Char/);
      expect(schema).toMatch(/model notes \{[\s\S]*@@schema\("other"\)/);

      await writeFile(
        join(project.dir, 'prisma/schema.prisma'),
        schema.replace('body ', 'title String?\n  body '),
      );
      const pushed = await project.prisma('db', 'push');
      expect([pulled.code, pushed.stdout]).toEqual([0, expect.stringContaining('in sync')]);
      expect(await admin.one(`SELECT count(*)::int AS n FROM pg_attribute WHERE attname = 'title'`)).toEqual({
        n: 1,
      });

      await project.migration('20260101000000_init', 'CREATE TABLE fresh (id int PRIMARY KEY);');
      const reset = await project.prisma('migrate', 'reset', '--force');
      expect([reset.code, reset.stderr.includes('Error')]).toEqual([0, false]);
      expect(
        await admin.one(`SELECT to_regclass('fresh')::text AS fresh, to_regclass('letters') AS letters`),
      ).toEqual({
        fresh: 'fresh',
        letters: null,
      });
      // A reset drops the schema and with it what bootstrap granted on it.
      const app = await db.open('app');
      expect(await app.query('SELECT * FROM fresh')).toEqual([]);
    } finally {
      await project.remove();
      await db.drop();
    }
  },
);
