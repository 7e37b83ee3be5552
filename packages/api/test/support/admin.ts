import { STANDARD_ROLES } from '@plinth/db';
import type { TestApi, TestUser } from './api.js';

/** Makes the standard roles, and a user who holds one of them by name: policies go by the name. */
export async function signUpAs(
  api: TestApi,
  role: keyof typeof STANDARD_ROLES,
  name: string = role,
): Promise<TestUser> {
  const { description, granted } = STANDARD_ROLES[role];
  await api.admin.none(
    'insert into roles (name, description, permissions) values ($1, $2, $3) on conflict do nothing',
    [role, description, granted as unknown as string[]],
  );
  const user = await api.signUp(name);
  await api.admin.none(
    'insert into role_assignments (user_id, role_id) select $1, id from roles where name = $2',
    [user.id, role],
  );
  return user;
}
