import { STANDARD_ROLES } from '../../standard-roles.js';
import type { SeedContext, SeedTable } from '../scenario.js';
import { stamps } from '../stamps.js';

/** Everybody signs in with password123. */
const everybody = [
  { key: 'test', name: 'Taylor Test', tier: 'pro', role: 'user' },
  { key: 'admin', name: 'Amara Okafor', tier: 'enterprise', role: 'admin' },
  { key: 'analyst', name: 'Jonas Lindqvist', tier: 'business', role: 'analyst' },
  { key: 'moderator', name: 'Priya Raman', tier: 'pro', role: 'moderator' },
  { key: 'sam', name: 'Sam Carter', tier: 'free', role: 'user' },
  { key: 'lena', name: 'Lena Vogel', tier: 'free', role: 'user' },
] as const;

export type Person = (typeof everybody)[number]['key'];

/** The user id of somebody. */
export function personId(context: SeedContext, person: Person): string {
  return context.id(`user:${person}`);
}

export function people(context: SeedContext): SeedTable {
  const rows = everybody.map(({ key, name, tier }, index) => {
    const joined = context.at(300 - 40 * index, 7 * index);
    return {
      id: personId(context, key),
      email: `${key}@example.com`,
      password_hash: context.passwordHash,
      full_name: name,
      email_verified_at: context.at(300 - 40 * index, 7 * index + 12),
      subscription_tier: tier,
      settings: { theme: index % 2 === 0 ? 'dark' : 'light', locale: 'en', emailDigest: index < 3 },
      tokens_valid_after: joined,
      last_login_at: context.at(index, -95),
      ...stamps(joined, null),
    };
  });
  return { table: 'users', rows };
}

/** The roles, shared by all scenarios; one that exists by name stays as it is. */
export function roles(context: SeedContext): SeedTable {
  const rows = Object.entries(STANDARD_ROLES).map(([name, { description, granted }]) => ({
    id: context.id(`role:${name}`),
    name,
    description,
    permissions: granted,
    ...stamps(context.at(310), null),
  }));
  return { table: 'roles', rows };
}

export function roleAssignments(context: SeedContext): SeedTable {
  const admin = personId(context, 'admin');
  const rows = everybody.map(({ key, role }, index) => ({
    id: context.id(`assignment:${key}`),
    user_id: personId(context, key),
    role_id: context.id(`role:${role}`),
    granted_by: key === 'admin' ? null : admin,
    reason: key === 'admin' ? 'first administrator' : 'joined the team',
    expires_at: null,
    revoked_at: null,
    revoked_by: null,
    ...stamps(context.at(299 - 40 * index), key === 'admin' ? null : admin),
  }));
  const past = {
    id: context.id('assignment:lena-moderator'),
    user_id: personId(context, 'lena'),
    role_id: context.id('role:moderator'),
    granted_by: admin,
    reason: 'stand-in during holidays',
    expires_at: context.at(40),
    revoked_at: context.at(45),
    revoked_by: admin,
    ...stamps(context.at(60), admin),
  };
  return { table: 'role_assignments', rows: [...rows, past] };
}
