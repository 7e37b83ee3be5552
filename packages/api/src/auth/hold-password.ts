import type { Sql } from '@plinth/db';

/**
 * Whether this is still the password of the acting user's open account; if so, it stays so until the transaction ends. To
 * be asked where something follows from a password: it was compared before, and may have been replaced meanwhile.
 */
export async function holdPassword(sql: Sql, userId: string, passwordHash: string): Promise<boolean> {
  const held = await sql.oneOrNone(
    'select 1 from users where id = $1 and password_hash = $2 and is_active and deleted_at is null for no key update',
    [userId, passwordHash],
  );
  return held !== null;
}
