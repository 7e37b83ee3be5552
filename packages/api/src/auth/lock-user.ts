import type { Sql } from '@plinth/db';

/**
 * Holds the acting user's row until the transaction ends: what must not miss what another request of theirs is just
 * writing takes turns. Whoever needs other rows locked as well locks this one first.
 */
export async function lockUser(sql: Sql, userId: string): Promise<void> {
  await sql.oneOrNone('select 1 from users where id = $1 for no key update', [userId]);
}
