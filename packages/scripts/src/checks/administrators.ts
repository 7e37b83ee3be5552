import { STANDARD_ROLES } from '@plinth/db';
import { type Check, fail, listed, pass } from './check.js';

/** Administrators may do everything: a role made by an earlier release lacks the permissions that came later. */
export const administrators: Check = {
  name: 'role of administrators',
  async run({ db }) {
    const all = [...STANDARD_ROLES.admin.granted];
    const role = await db.oneOrNone<{ permissions: string[] }>(
      "select permissions from public.roles where name = 'admin'",
    );
    if (role === null) return pass('made by `plinth users create-admin`');
    const lacks = all.filter((permission) => !role.permissions.includes(permission));
    if (lacks.length === 0) return pass(`admin has all ${all.length} permissions`);
    const array = `{${lacks.join(',')}}`;
    return fail(
      `admin lacks ${listed(lacks)}`,
      `psql "$(plinth db url --role admin)" -c "update roles set permissions = permissions || '${array}' where name = 'admin'"`,
    );
  },
};
