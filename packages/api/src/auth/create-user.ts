import { roleAssignments, type SqlTransaction, STANDARD_ROLES } from '@plinth/db';
import { actAs } from './act-as.js';

/** A user about to exist. */
export interface NewUser {
  email: string;
  fullName: string;
  /** Null for an account that signs in through a provider. */
  passwordHash: string | null;
  /** Whether somebody we trust says that the address is theirs. */
  emailVerified: boolean;
}

/**
 * Makes a user with the role `user`, and acts as them from then on. Null when a living account has the address.
 * Everybody who registers has that role; it is made where an installation was never seeded.
 */
export async function createUser(sql: SqlTransaction, user: NewUser): Promise<string | null> {
  const made = await sql.oneOrNone<{ id: string }>(
    `insert into users (email, full_name, password_hash, email_verified_at)
     values ($1, $2, $3, case when $4 then now() end)
     on conflict (email) where deleted_at is null do nothing returning id`,
    [user.email, user.fullName, user.passwordHash, user.emailVerified],
  );
  if (made === null) return null;
  const { description, granted } = STANDARD_ROLES.user;
  await sql.none(
    "insert into roles (name, description, permissions) values ('user', $1, $2) on conflict (name) do nothing",
    [description, granted],
  );
  await roleAssignments.grant(sql, made.id, 'user', { reason: 'registered' });
  await actAs(sql, made.id);
  return made.id;
}
