import type { Sql } from '@plinth/db';

/**
 * From here on the transaction is that user's: row security shows the rows of nobody else. For transactions that
 * begin with a secret and learn only from it whose it is.
 */
export async function actAs(sql: Sql, userId: string): Promise<void> {
  await sql.query("select set_config('app.user_id', $1, true)", [userId]);
}
