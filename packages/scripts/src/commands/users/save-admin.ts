import { type Database, type Sql, STANDARD_ROLES } from '@plinth/db';

export type SavedAdmin =
  | { outcome: 'created' | 'promoted' | 'unchanged'; id: string }
  /** `email` is that of an administrator there is. */
  | { outcome: 'refused'; email: string };

/**
 * Gives a person the role admin in one transaction: a new user, or the living one with that e-mail. Without `force`
 * only while nobody has it. Two at once take turns, so that only one of them is the first.
 */
export async function saveAdmin(
  database: Database,
  admin: { email: string; fullName: string; passwordHash: string; force: boolean },
): Promise<SavedAdmin> {
  return await database.tx(
    async (sql) => {
      await sql.query(`select pg_advisory_xact_lock(hashtext('plinth create-admin'))`);
      const present = await sql.query<{ id: string; email: string }>(
        `select u.id, u.email from user_roles r join users u on u.id = r.user_id
        where r.role = 'admin' and u.deleted_at is null and u.is_active order by r.granted_at`,
      );
      const same = present.find(({ email }) => email === admin.email);
      const [first] = present;
      if (first !== undefined && !admin.force) return { outcome: 'refused', email: first.email };
      if (same !== undefined) return { outcome: 'unchanged', id: same.id };
      await saveStandardRoles(sql);
      const existing = await sql.oneOrNone<{ id: string }>(
        'update users set is_active = true where email = $1 and deleted_at is null returning id',
        [admin.email],
      );
      const { id } =
        existing ??
        (await sql.one<{ id: string }>(
          `insert into users (email, full_name, password_hash, email_verified_at) values ($1, $2, $3, now()) returning id`,
          [admin.email, admin.fullName, admin.passwordHash],
        ));
      // An assignment that has expired is not revoked yet, and only one unrevoked row may exist.
      await sql.none(
        `update role_assignments set revoked_at = now()
        where user_id = $1 and revoked_at is null and role_id = (select id from roles where name = 'admin')`,
        [id],
      );
      await sql.none(
        `insert into role_assignments (user_id, role_id, reason)
       select $1, id, 'plinth users create-admin' from roles where name = 'admin'`,
        [id],
      );
      return { outcome: existing === null ? 'created' : 'promoted', id };
    },
    { type: 'system', id: 'users create-admin' },
  );
}

async function saveStandardRoles(sql: Sql): Promise<void> {
  for (const [name, { description, granted }] of Object.entries(STANDARD_ROLES)) {
    await sql.none(
      'insert into roles (name, description, permissions) values ($1, $2, $3) on conflict (name) do nothing',
      [name, description, [...granted]],
    );
  }
}
