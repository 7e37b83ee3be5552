import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Actor,
  artists,
  businesses,
  type Database,
  healthChecks,
  Prisma,
  riskAssessments,
  roles,
  sessions,
  users,
} from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { codeOf, createActors } from '../support/people.js';

describe.each([15, 18] as const)('every repository on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let db: Database;
  let actor: Actor & { userId: string };
  let registration = 0;
  const business = () => ({
    legalName: 'Straße & Söhne',
    registrationNumber: String(++registration),
    country: 'DE',
  });

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    db = await testDatabase.open();
    actor = (await createActors(db, 1))[0] as typeof actor;
  });
  afterAll(() => testDatabase.drop());

  test('rows are those of Prisma to the last type: dates, bigint, decimals, bytes, JSON, arrays', async () => {
    const row = await businesses.create(db, {
      ...business(),
      foundedOn: new Date('1999-12-31T00:00:00.000Z'),
      annualRevenueMinor: 2n ** 60n,
      metadata: { list: [1, 'two', null], nested: { deep: true } },
    });
    expect(row).toStrictEqual(await db.prisma.business.findUniqueOrThrow({ where: { id: row.id } }));
    expect(await businesses.get(db, row.id)).toStrictEqual(row);
    const risk = await riskAssessments.create(db, {
      businessId: row.id,
      score: new Prisma.Decimal('12.34'),
      level: 'low',
      method: 'm',
      factors: { a: [1] },
    });
    expect(risk).toStrictEqual(await db.prisma.riskAssessment.findUniqueOrThrow({ where: { id: risk.id } }));
    expect(risk.score.equals('12.34')).toBe(true);
    const artist = await artists.create(db, {
      name: 'Ä "quoted" \\ {artist}',
      genres: ['a,b', '"x"', '{}'],
      externalIds: { spotify: '1' },
    });
    expect(artist).toStrictEqual(await db.prisma.artist.findUniqueOrThrow({ where: { id: artist.id } }));
    const tokenHash = new Uint8Array(32).fill(7);
    const session = await sessions.create(db.as(actor), {
      userId: actor.userId,
      tokenHash,
      familyId: actor.userId,
      expiresAt: new Date(Date.now() + 60_000),
    });
    const asPrisma = await db.withActor(actor, (tx) =>
      tx.session.findUniqueOrThrow({ where: { id: session.id } }),
    );
    expect(session).toStrictEqual(asPrisma);
    expect(session.tokenHash).toEqual(tokenHash);
  });

  test('every millisecond of a second, and moments outside the usual, are read as they were written', async () => {
    const moments = [
      ...Array.from({ length: 1_000 }, (_, ms) => Date.UTC(2024, 1, 29, 23, 59, 59, ms)),
      Date.UTC(1969, 11, 31, 23, 59, 59, 999),
      Date.UTC(9999, 11, 31),
      new Date('0001-01-01T00:00:00.001Z').getTime(),
    ];
    const rows = await healthChecks.createMany(
      db,
      moments.map((moment, n) => ({ source: `moment ${n}`, checkedAt: new Date(moment) })),
    );
    expect(rows.map(({ checkedAt }) => checkedAt.getTime())).toEqual(moments);
  });

  test('createMany keeps types, order and defaults, whatever fields each row has', async () => {
    const rows = await businesses.createMany(db, [
      { ...business(), legalName: 'first', annualRevenueMinor: 2n ** 60n, metadata: { a: [1] } },
      { ...business(), legalName: 'second' },
      { ...business(), legalName: 'third', foundedOn: new Date('2001-02-03') },
    ]);
    expect(rows.map(({ legalName }) => legalName)).toEqual(['first', 'second', 'third']);
    expect(rows[0]).toMatchObject({ annualRevenueMinor: 2n ** 60n, metadata: { a: [1] }, status: 'pending' });
    expect(rows[2]?.foundedOn).toEqual(new Date('2001-02-03'));
    const hashes = [1, 2].map((n) => ({
      userId: actor.userId,
      familyId: actor.userId,
      tokenHash: new Uint8Array(32).fill(100 + n),
      expiresAt: new Date(Date.now() + 60_000),
    }));
    const created = await sessions.createMany(db.as(actor), hashes);
    expect(created.map(({ tokenHash }) => tokenHash)).toEqual(hashes.map(({ tokenHash }) => tokenHash));
    const before = await businesses.count(db);
    expect(
      await codeOf(businesses.createMany(db, [business(), { ...business(), country: 'not a country' }])),
    ).toBe('check_violation');
    expect(
      await codeOf(
        businesses.createMany(db, [business(), { ...business(), country: 'not a country', city: 'x' }]),
      ),
    ).toBe('check_violation');
    expect(await businesses.count(db)).toBe(before);
  });

  test('the actor becomes created_by and updated_by', async () => {
    const [other] = await createActors(db, 1);
    const row = await businesses.create(db.as(actor), business());
    expect(row).toMatchObject({ createdBy: actor.userId, updatedBy: actor.userId, version: 1 });
    const changed = await businesses.update(db.as(other as Actor), row.id, { city: 'Bonn' }, 1);
    expect(changed).toMatchObject({
      createdBy: actor.userId,
      updatedBy: other?.userId,
      version: 2,
      city: 'Bonn',
    });
    const log = await db.query('select 1 from audit_entries');
    expect(log).toEqual([]);
  });

  test('of 20 who change the same version one wins, and the others learn the current version', async () => {
    const row = await businesses.create(db, business());
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) =>
        businesses.update(db.as(actor), row.id, { city: `city ${n}` }, row.version),
      ),
    );
    const lost = results.filter((result) => result.status === 'rejected');
    expect(results.length - lost.length).toBe(1);
    for (const { reason } of lost)
      expect(reason).toMatchObject({ code: 'version_conflict', currentVersion: 2 });
    expect((await businesses.get(db, row.id))?.version).toBe(2);
    expect(await codeOf(businesses.update(db, actor.userId, { city: 'x' }, 1))).toBe('not_found');
  });

  test('of 20 who create the same row one wins; deleted, its values are free again, and it cannot come back beside the new one', async () => {
    const input = business();
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => businesses.create(db, input)));
    const won = results.filter((result) => result.status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({
          code: 'conflict',
          constraint: 'businesses_registration_live_key',
        });
    const first = won[0]?.value as { id: string; version: number };
    expect(await businesses.softDelete(db.as(actor), first.id, 1)).toMatchObject({
      version: 2,
      updatedBy: actor.userId,
    });
    expect(await businesses.get(db, first.id)).toBeNull();
    expect(await businesses.get(db, first.id, { includeDeleted: true })).toMatchObject({ id: first.id });
    expect(await codeOf(businesses.softDelete(db, first.id))).toBe('not_found');
    const second = await businesses.create(db, input);
    expect(await codeOf(businesses.restore(db, first.id))).toBe('conflict');
    await businesses.softDelete(db, second.id);
    expect(await businesses.restore(db, first.id)).toMatchObject({ id: first.id, deletedAt: null });
    expect(
      await businesses.find(db, { country: 'DE', registrationNumber: input.registrationNumber }),
    ).toMatchObject({ id: first.id });
  });

  test('upsert creates once and changes afterwards, also when 20 do it at once', async () => {
    const rows = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        roles.upsert(db, ['name'], { name: 'upserted', description: 'new' }, { description: `changed ${n}` }),
      ),
    );
    expect(new Set(rows.map(({ id }) => id)).size).toBe(1);
    const row = await roles.find(db, { name: 'upserted' });
    expect(row).toMatchObject({ version: 20, description: expect.stringMatching(/^changed/) });
    expect(await roles.upsert(db, ['name'], { name: 'upserted' }, {})).toMatchObject({ id: row?.id });
    expect(await roles.delete(db, row?.id as string)).toMatchObject({ name: 'upserted' });
    expect(await roles.get(db, row?.id as string)).toBeNull();
  });

  test('count and exists see what filters allow and deletion left', async () => {
    const email = 'counted@example.com';
    const user = await users.create(db, { email, fullName: 'x' });
    expect([await users.count(db, { email }), await users.exists(db, { email })]).toEqual([1, true]);
    await users.softDelete(db, user.id);
    expect([await users.count(db, { email }), await users.exists(db, { email })]).toEqual([0, false]);
  });

  test('a table without id or version is read and written by its own key', async () => {
    const row = await healthChecks.create(db, { source: 'here', writes: 3 });
    expect(row.writes).toBe(3n);
    expect((await healthChecks.update(db, 'here', { writes: 4n })).writes).toBe(4n);
    expect((await healthChecks.list(db)).rows.map(({ source }) => source)).toContain('here');
    await healthChecks.delete(db, 'here');
    expect(await codeOf(healthChecks.delete(db, 'here'))).toBe('not_found');
  });

  test('names that come from outside are refused, not written into SQL', async () => {
    const hostile = "name\" = 'x'; drop table users; --";
    expect(await codeOf(businesses.list(db, { where: { [hostile]: 'x' } as never }))).toBe('invalid_value');
    expect(await codeOf(businesses.list(db, { sort: hostile as never }))).toBe('invalid_value');
    expect(await codeOf(businesses.get(db, actor.userId, { select: [hostile as never] }))).toBe(
      'invalid_value',
    );
    expect(await codeOf(businesses.create(db, { ...business(), [hostile]: 1 } as never))).toBe(
      'invalid_value',
    );
    expect(await codeOf(businesses.update(db, actor.userId, { [hostile]: 1 } as never, 1))).toBe(
      'invalid_value',
    );
    expect(await codeOf(businesses.list(db, { where: { status: { [hostile]: 1 } } as never }))).toBe(
      'invalid_value',
    );
  });
});
