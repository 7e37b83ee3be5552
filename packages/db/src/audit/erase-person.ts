import type { Actor } from '../actor.js';
import type { Database } from '../database.js';

/** Rows touched per table. */
export type ErasedRows = Readonly<Record<string, number>>;

/**
 * Erases a person in one transaction: the account becomes an anonymous, closed stub; credentials, settings, notes,
 * words and addresses go everywhere. The audit log never held them and still verifies (docs/security.md). Allowed
 * to the person, an administrator, the worker's role and the owner of the tables. Safe to repeat.
 * Throws DatabaseError: `permission`, `not_found`.
 */
export async function erasePerson(
  database: Pick<Database, 'tx'>,
  userId: string,
  actor: Actor,
): Promise<ErasedRows> {
  return database.tx(async (sql) => {
    // Tells an unknown user as such; the function locks and erases.
    await sql.one('select id from users where id = $1', [userId]);
    const { touched } = await sql.one<{ touched: ErasedRows }>('select plinth.erase_person($1) as touched', [
      userId,
    ]);
    return touched;
  }, actor);
}
