import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Actor, artists, type Database, messages, userArtistBlocks } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { codeOf, createActors, many } from './support/people.js';

type User = Actor & { userId: string };
describe.each([15, 18] as const)('isolation on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let db: Database;
  let people: User[];
  let artistIds: string[];
  const PEOPLE = 200;

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    db = await testDatabase.open('app', {
      DB_POOL_MAX: '2',
      DB_POOL_MAX_WAITING: '5000',
      DB_POOL_ACQUIRE_TIMEOUT_MS: '60000',
    });
    people = (await createActors(db, PEOPLE)) as User[];
    artistIds = (
      await artists.createMany(
        db,
        Array.from({ length: 3 }, (_, n) => ({ name: `artist ${n}` })),
      )
    ).map(({ id }) => id);
    await Promise.all(
      people.map((person) => userArtistBlocks.blockMany(db.as(person), artistIds.slice(0, 2))),
    );
  });
  afterAll(() => testDatabase.drop());

  const [a, b] = [() => people[0] as User, () => people[1] as User];
  const owners = (rows: readonly { userId: string }[]) => new Set(rows.map(({ userId }) => userId));

  test("a forgotten WHERE shows nobody else's rows, through repositories, Prisma, SQL and includes", async () => {
    const me = a().userId;
    expect(owners((await userArtistBlocks.list(db.as(a()), { limit: 200 })).rows)).toEqual(new Set([me]));
    await db.withActor(a(), async (tx) => {
      expect(owners(await tx.userArtistBlock.findMany())).toEqual(new Set([me]));
      expect(owners(await tx.sql.query('select user_id as "userId" from user_artist_blocks'))).toEqual(
        new Set([me]),
      );
      const artist = await tx.artist.findUniqueOrThrow({
        where: { id: artistIds[0] as string },
        include: { blocks: true },
      });
      expect(owners(artist.blocks)).toEqual(new Set([me]));
    });
  });

  test('without an actor there are no rows, and the repository says why', async () => {
    expect(await db.prisma.userArtistBlock.findMany()).toEqual([]);
    expect(await db.query('select 1 from user_artist_blocks')).toEqual([]);
    await expect(userArtistBlocks.list(db)).rejects.toMatchObject({
      code: 'permission',
      fix: expect.stringContaining('database.as(actor)'),
    });
  });

  test("a forged owner is refused, and another's row can be neither changed nor deleted", async () => {
    const artistId = artistIds[2] as string;
    expect(await codeOf(userArtistBlocks.create(db.as(a()), { userId: b().userId, artistId }))).toBe(
      'permission',
    );
    expect(
      await codeOf(
        db.withActor(a(), (tx) => tx.userArtistBlock.create({ data: { userId: b().userId, artistId } })),
      ),
    ).toBe('permission');
    const [foreign] = (await userArtistBlocks.list(db.as(b()))).rows;
    const id = foreign?.id as string;
    expect(await userArtistBlocks.get(db.as(a()), id)).toBeNull();
    expect(await codeOf(userArtistBlocks.update(db.as(a()), id, { note: 'mine' }, 1))).toBe('not_found');
    expect(await codeOf(userArtistBlocks.delete(db.as(a()), id))).toBe('not_found');
    const [own] = (await userArtistBlocks.list(db.as(a()))).rows;
    expect(
      await codeOf(userArtistBlocks.update(db.as(a()), own?.id as string, { userId: b().userId }, 1)),
    ).toBe('permission');
    expect(await userArtistBlocks.get(db.as(b()), id)).toEqual(foreign);
  });

  test('200 people in mixed transactions on two connections never see a foreign row', async () => {
    const rounds = many(4, 40);
    const [artistId] = artistIds as [string];
    let foreign = 0;
    const check = (person: User, rows: readonly { userId: string }[]) => {
      if (rows.length !== 2) foreign++;
      for (const row of rows) if (row.userId !== person.userId) foreign++;
    };
    const kinds: ((person: User) => Promise<void>)[] = [
      async (person) => check(person, (await userArtistBlocks.list(db.as(person))).rows),
      (person) => db.withActor(person, async (tx) => check(person, await tx.userArtistBlock.findMany())),
      (person) =>
        db.tx(
          async (sql) => check(person, await sql.query('select user_id as "userId" from user_artist_blocks')),
          person,
        ),
      (person) =>
        db.withActor(person, async (tx) => {
          // Prisma joins findUniques of one tick into one query; here they must not meet those of other people.
          const found = await Promise.all(
            artistIds.slice(0, 2).map((id) =>
              tx.userArtistBlock.findUnique({
                where: { userId_artistId: { userId: person.userId, artistId: id } },
              }),
            ),
          );
          check(
            person,
            found.filter((row) => row !== null),
          );
          check(person, (await userArtistBlocks.list(tx)).rows);
        }),
      async (person) => {
        const stop = new Error('stop');
        const failing = db.withActor(person, async (tx) => {
          await userArtistBlocks.upsert(
            tx,
            ['userId', 'artistId'],
            { userId: person.userId, artistId },
            { note: 'undone' },
          );
          throw stop;
        });
        await failing.catch((error: unknown) => {
          if (error !== stop) throw error;
        });
      },
      async (person) => {
        await userArtistBlocks.upsert(
          db.as(person),
          ['userId', 'artistId'],
          { userId: person.userId, artistId },
          { tags: ['kept'] },
        );
      },
      async () => {
        if ((await db.query('select 1 from user_artist_blocks')).length > 0) foreign++;
      },
    ];
    for (let round = 0; round < rounds; round++) {
      await Promise.all(
        people.map((person, n) => (kinds[(n + round) % kinds.length] as (typeof kinds)[number])(person)),
      );
    }
    expect(foreign).toBe(0);
    expect(db.poolStatus()).toMatchObject({ checked_out: 0, overflow: 0 });
    const settings = await Promise.all(
      Array.from({ length: 2 }, () =>
        db.one("select coalesce(current_setting('app.user_id', true), '') as who, pg_sleep(0.05)::text"),
      ),
    );
    expect(settings.map((row) => (row as { who: string }).who)).toEqual(['', '']);
  });

  test('what throws inside withActor leaves nothing, neither row nor audit', async () => {
    const stop = new Error('stop');
    const artistId = artistIds[2] as string;
    const failing = db.withActor(a(), async (tx) => {
      await tx.userArtistBlock.create({ data: { userId: a().userId, artistId } });
      await tx.sql.none("update user_artist_blocks set note = 'sql'");
      await userArtistBlocks.delete(tx, (await userArtistBlocks.list(tx)).rows[0]?.id as string);
      throw stop;
    });
    await expect(failing).rejects.toBe(stop);
    expect((await userArtistBlocks.list(db.as(a()))).rows.map(({ note }) => note)).not.toContain('sql');
    const admin = await testDatabase.open('admin');
    expect(
      await admin.query(
        "select 1 from audit.audit_log where entity_id is not null and after ->> 'note' = 'sql'",
      ),
    ).toEqual([]);
  });

  test("messages are the participants' alone", async () => {
    const { conversations } = await import('@plinth/db');
    const { conversation } = await conversations.start(db.as(a()), { userIds: [b().userId] });
    await messages.send(db.as(a()), conversation.id, 'between us');
    expect(await messages.search(db.as(b()), 'between')).toHaveLength(1);
    expect(await messages.search(db.as(people[2] as User), 'between')).toEqual([]);
    expect(await codeOf(messages.send(db.as(people[2] as User), conversation.id, 'me too'))).toBe(
      'permission',
    );
  });
});
