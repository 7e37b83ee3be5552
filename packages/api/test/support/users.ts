import { type Database, hashPassword } from '@plinth/db';
import { PASSWORD, PEPPER } from './settings.js';

let passwordHash: Promise<string> | undefined;

/** Makes a user `<name>@example.com` with PASSWORD. */
export async function insertUser(admin: Database, name: string): Promise<{ id: string; email: string }> {
  passwordHash ??= hashPassword(PASSWORD, PEPPER);
  return admin.one<{ id: string; email: string }>(
    'insert into users (email, full_name, password_hash) values ($1, $2, $3) returning id, email',
    [`${name}@example.com`, name, await passwordHash],
  );
}
