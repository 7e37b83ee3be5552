import { randomBytes } from 'node:crypto';
import { type Actor, type Database, users } from '@plinth/db';

/** New users, as the actors they are. */
export async function createActors(db: Database, count: number): Promise<(Actor & { userId: string })[]> {
  const rows = await users.createMany(
    db,
    Array.from({ length: count }, () => ({
      email: `${randomBytes(8).toString('hex')}@example.com`,
      fullName: 'Somebody',
    })),
  );
  return rows.map(({ id }) => ({ type: 'user', userId: id, requestId: 'test' }));
}

/** The code with which a promise was rejected; fails when it was not. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return 'nothing was thrown';
}

/** Counts that CI can afford; PLINTH_FULL=1 runs those the issue states. */
export const many = (quick: number, full: number) => (process.env.PLINTH_FULL === '1' ? full : quick);
