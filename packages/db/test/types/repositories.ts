// Compiled by tsc, never run: each @ts-expect-error is an error that the types have to raise.
import {
  artists,
  type Business,
  businesses,
  type Campaign,
  campaigns,
  type Database,
  healthChecks,
  roles,
  type User,
  userArtistBlocks,
  users,
} from '@plinth/db';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_T extends true>() => {};

export async function rowsAreThoseOfPrisma(db: Database) {
  const business = await businesses.create(db, { legalName: 'x', registrationNumber: '1', country: 'DE' });
  holds<Equal<keyof typeof business, keyof Business>>();
  const asPrisma: Business = business;
  const user: User | null = await users.get(db, 'id');
  const campaign: Campaign | null = await campaigns.get(db, 'id');
  const picked = await businesses.get(db, 'id', { select: ['id', 'riskLevel'] });
  holds<Equal<keyof NonNullable<typeof picked>, 'id' | 'riskLevel'>>();
  return [asPrisma, user, campaign, picked];
}

export async function wrongNamesDoNotCompile(db: Database) {
  // @ts-expect-error no such column
  await businesses.create(db, { legalName: 'x', registrationNumber: '1', country: 'DE', colour: 'red' });
  // @ts-expect-error a required column is missing
  await businesses.create(db, { legalName: 'x', country: 'DE' });
  // @ts-expect-error a relation is not a column
  await businesses.update(db, 'id', { riskAssessments: {} }, 1);
  // @ts-expect-error versions are kept by Plinth
  await businesses.update(db, 'id', { version: 3 }, 1);
  // @ts-expect-error a versioned table wants the version
  await businesses.update(db, 'id', { city: 'Bonn' });
  // @ts-expect-error not a member of the enum
  await businesses.update(db, 'id', { status: 'asleep' }, 1);
  // @ts-expect-error no such column to select
  await businesses.get(db, 'id', { select: ['colour'] });
  // @ts-expect-error not an order of this list
  await businesses.list(db, { sort: 'city' });
  // @ts-expect-error not a filter of this list
  await businesses.list(db, { where: { street: 'x' } });
  // @ts-expect-error a filter of another type
  await businesses.list(db, { where: { status: 1 } });
  // @ts-expect-error not null here
  await businesses.list(db, { where: { country: null } });
  // @ts-expect-error not a unique index
  await businesses.find(db, { country: 'DE' });
  // @ts-expect-error not a unique index
  await roles.upsert(db, ['description'], { name: 'x' }, {});
  // @ts-expect-error roles are deleted, not hidden
  await roles.softDelete(db, 'id');
  // @ts-expect-error users are hidden, not deleted
  await users.delete(db, 'id');
  // @ts-expect-error this table has no version
  await healthChecks.update(db, 'id', { writes: 1n }, 1);
}

export async function rightUsesCompile(db: Database) {
  await artists.list(db, {
    where: { name: { contains: 'x' }, genres: { has: 'rock' } },
    sort: '-name',
    limit: 5,
  });
  await businesses.list(db, { where: { status: ['active', 'closed'], createdAt: { gte: new Date() } } });
  await businesses.find(db, { country: 'DE', registrationNumber: '1' });
  await userArtistBlocks.upsert(db, ['userId', 'artistId'], { userId: 'u', artistId: 'a' }, { note: null });
  await healthChecks.update(db, 'id', { writes: 1n });
  await users.softDelete(db, 'id', 3);
}
