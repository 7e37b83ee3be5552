import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { type CreateOptions, createMigration } from '../../src/migrate/create.js';
import { diffSchema } from '../../src/migrate/create-diff.js';
import { verifyMigrations } from '../../src/migrate/verify.js';
import { withHistory } from './history-folder.js';
import { randomSchema, type Schema, schemaText } from './random-schema.js';

const datasource = 'datasource db {\n  provider = "postgresql"\n}\n';

describe.each([15, 18] as const)('on PostgreSQL %i', (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ major, empty: true });
  });
  afterAll(() => database.drop());

  /** A history that leads to the first schema, then what `create` makes of the second. */
  async function create(
    [before, after]: readonly [string, string],
    options: Partial<CreateOptions> = {},
    look: (dir: string) => Promise<void> = async () => {},
  ) {
    return withHistory([], async (migrationsDir) => {
      const schemaPath = join(migrationsDir, 'schema.prisma');
      const base = {
        url: database.url('migrator'),
        migrationsDir,
        schemaPath,
        now: new Date('2026-05-01T10:00:00Z'),
      };
      await writeFile(schemaPath, datasource + before);
      await createMigration({ ...base, name: 'first' });
      await writeFile(schemaPath, datasource + after);
      const made = await createMigration({ ...base, name: 'Second step', ...options });
      await look(migrationsDir);
      return made;
    });
  }
  const model = (fields: string, rest = '') =>
    `model Person {\n  id Int @id @default(autoincrement())\n${fields}\n}\n${rest}`;

  test('writes both directions under a new stamp, verified, with its description', async () => {
    const made = await create(
      [model('  name String'), model('  name String\n  nick String?\n  @@index([nick])')],
      {
        description: 'Nicknames, for the chat',
      },
    );
    expect(made).toMatchObject({ name: '20260501100001_second_step', verified: true });
    expect(made?.up).toMatch(
      /^-- Nicknames, for the chat\n\n-- AlterTable\nALTER TABLE "Person" ADD COLUMN +"nick" TEXT;/,
    );
    expect(made?.down).toMatch(/DROP COLUMN "nick"/);
    expect(made?.findings.map(({ rule }) => rule)).toEqual(['require-concurrent-index-creation']);
  });

  test('leads to the schema: nothing is left to create', async () => {
    const after = model('  name String @db.VarChar(20)\n  tags String[]\n  @@unique([name])');
    await create([model('  name String'), after], {}, async (migrationsDir) => {
      const schemaPath = join(migrationsDir, 'schema.prisma');
      expect((await diffSchema({ url: database.url('migrator'), migrationsDir, schemaPath })).up).toBe('');
    });
  });

  test('answers null and writes nothing when nothing changed', async () => {
    const same = model('  name String');
    await create([same, same], {}, async (dir) => expect(await readdir(dir)).toHaveLength(3)).then((made) =>
      expect(made).toBeNull(),
    );
  });

  test('repairs BIGSERIAL as a type to change to, in both directions, and the sequence', async () => {
    const made = await create([
      model('  name String'),
      model('  name String').replace('Int @id', 'BigInt @id'),
    ]);
    expect(made?.up).toMatch(/SET DATA TYPE BIGINT/);
    expect(made?.up).toMatch(/ALTER SEQUENCE public\."Person_id_seq" AS BIGINT;/);
    expect(made?.down).toMatch(/SET DATA TYPE INTEGER[\s\S]*AS INTEGER;/);
    expect(made?.verified).toBe(true);
  });

  test('takes the transaction out of an enum change and puts a value back at its place', async () => {
    const moods = (...values: string[]) => `enum Mood {\n${values.join('\n')}\n}\n`;
    const pair = [
      model('  mood Mood', moods('calm', 'cross', 'glad')),
      model('  mood Mood', moods('calm', 'glad')),
    ] as const;
    // Rows may hold the value that goes: only the author knows what becomes of them.
    await expect(create(pair)).rejects.toMatchObject({
      code: 'verification_failed',
      message: expect.stringMatching(/"cross"/),
    });
    const made = await create(pair, { draft: true });
    expect(made?.up).not.toMatch(/BEGIN|COMMIT/);
    expect(made?.down).toMatch(/ADD VALUE 'cross' AFTER 'calm';/);
  });

  describe('a drop and an add of the same type', () => {
    const pair = [model('  name String\n  age Int'), model('  fullName String\n  age Int')] as const;

    test('is refused with both ways out, and nothing is written', async () => {
      await withHistory([], async () => {
        const refused = create(pair, {}, async (dir) => expect(await readdir(dir)).toHaveLength(3));
        await expect(refused).rejects.toMatchObject({
          code: 'rename_unclear',
          fix: 'add --rename Person.name=fullName to keep the data, or --drop Person.name if it is really dropped',
        });
      });
    });

    test('becomes a rename that keeps the data', async () => {
      const made = await create(pair, { renames: ['name=fullName'] });
      expect(made?.up.trim()).toBe('ALTER TABLE "public"."Person" RENAME COLUMN "name" TO "fullName";');
      expect(made?.down.trim()).toBe('ALTER TABLE "public"."Person" RENAME COLUMN "fullName" TO "name";');
    });

    test('stays a drop where that is said, and asks a person who is there', async () => {
      const required = [pair[0], model('  fullName String?\n  age Int')] as const;
      const made = await create(required, { drops: ['Person.name'], draft: true });
      expect(made?.up).toMatch(/DROP COLUMN "name"/);
      const asked: string[] = [];
      const renamed = await create(pair, {
        ask: async ({ table, column, to }) => asked.push(`${table}.${column} ${to}`) > 0,
      });
      expect(asked).toEqual(['public.Person.name fullName']);
      expect(renamed?.up).toMatch(/RENAME COLUMN/);
    });

    test('of a whole table becomes ALTER TABLE RENAME', async () => {
      const made = await create([model('  name String'), model('  name String').replace('Person', 'Human')], {
        renames: ['Person=Human'],
      });
      expect(made?.up).toMatch(/ALTER TABLE "public"\."Person" RENAME TO "Human";/);
      expect(made?.up).not.toMatch(/DROP TABLE/);
      expect(made?.verified).toBe(true);
    });
  });

  test('writes nothing that does not go up, down and up on rows; --draft writes it unverified', async () => {
    const pair = [model('  name String?'), model('  name String?\n  code String')] as const;
    await expect(create(pair)).rejects.toMatchObject({
      code: 'verification_failed',
      message: expect.stringMatching(/contains null values/),
    });
    expect(await create(pair, { draft: true })).toMatchObject({ verified: false });
  });

  test('--empty makes files to fill in, whatever the schema says', async () => {
    const same = model('  name String');
    const made = await create([same, same], { empty: true, name: 'by hand' }, async (dir) => {
      expect(await readFile(join(dir, '20260501100001_by_hand', 'down.sql'), 'utf8')).toMatch(
        /^-- irreversible: /,
      );
    });
    expect(made).toMatchObject({ verified: false, findings: [] });
    await expect(create([same, same], { name: '!!' })).rejects.toMatchObject({ code: 'usage' });
  });

  // 113, 131 and 136: enums that lose a value on the way back while tables and columns come and go.
  const seeds =
    process.env.PLINTH_FULL === '1' ? Array.from({ length: 150 }, (_, at) => at + 1) : [1, 113, 131, 136];
  test(`${seeds.length} random schema pairs: created, verified, and the schema is reached`, async () => {
    for (const seed of seeds) {
      const before = randomSchema(seed * 7919 + 15);
      const after = randomSchema(seed * 104729 + 15, before);
      await createAndVerify(seed, before, after);
    }
  }, 1_800_000);

  async function createAndVerify(seed: number, before: Schema, after: Schema): Promise<void> {
    const made = await create(
      [schemaText(before), schemaText(after)],
      { ask: async () => false },
      async (migrationsDir) => {
        const url = database.url('migrator');
        const left = await diffSchema({
          url,
          migrationsDir,
          schemaPath: join(migrationsDir, 'schema.prisma'),
        });
        expect({ seed, left: left.up }).toEqual({ seed, left: '' });
        const report = await verifyMigrations({ url, migrationsDir });
        expect({ seed, bad: report.migrations.filter(({ ok }) => !ok) }).toEqual({ seed, bad: [] });
      },
    ).catch((error: Error) => {
      throw new Error(`seed ${seed}:\n${schemaText(before)}\n-----\n${schemaText(after)}\n${error.message}`, {
        cause: error,
      });
    });
    expect(made === null || made.verified).toBe(true);
  }
});
