import { roles } from '@plinth/db';
import { z } from 'zod';
import { PERMISSIONS } from '../auth/permissions.js';
import type { Principal } from '../auth/principal.js';
import { ApiError } from '../errors.js';
import { expectedVersion } from '../etag.js';
import { idParams, leaveOut, text } from '../fields.js';
import { defineResource } from '../resource.js';
import { defineWrite, requires } from '../route.js';

const name = z.string().regex(/^[a-z][a-z0-9_-]{1,62}$/, 'is not a name in small letters');
const writable = {
  description: text(500, 0),
  permissions: z
    .array(z.enum(PERMISSIONS as unknown as [string, ...string[]]))
    .max(PERMISSIONS.length)
    .refine((all) => new Set(all).size === all.length, 'holds a permission twice'),
};

/** Throws ApiError `forbidden` where a role permits more than the caller may do. Of permissions that only other programs know nobody here is in charge. */
function refuseBeyond(permissions: readonly string[], { permissions: own }: Principal): void {
  const known: readonly string[] = PERMISSIONS;
  const beyond = permissions.filter((one) => known.includes(one) && !own.has(one));
  if (beyond.length > 0) throw new ApiError('forbidden', `permits what you may not: ${beyond.join(', ')}`);
}

const resource = defineResource({
  path: '/v1/roles',
  noun: ['role', 'roles'],
  schema: 'Role',
  repository: roles,
  // Roles of other programs may carry permissions that this one does not know.
  answer: { name, description: z.string(), permissions: z.array(z.string()) },
  filters: { name },
  sorts: ['createdAt', '-createdAt'],
  create: z.strictObject({ name, ...leaveOut(writable) }),
  // Nobody makes a role that permits more than they may.
  prepare(body, { principal }) {
    refuseBeyond((body.permissions ?? []) as string[], principal);
    return body;
  },
  access: {
    read: requires('roles:read'),
    create: requires('roles:write'),
    delete: requires('roles:write'),
  },
  constraints: {
    roles_name_key: { code: 'conflict', pointer: '/name', message: 'a role has this name' },
    role_assignments_role_id_fkey: {
      code: 'conflict',
      pointer: '',
      message: 'somebody has or had this role',
    },
  },
});

const change = defineWrite({
  method: 'PATCH',
  path: '/v1/roles/:id',
  summary: 'Change the fields of one role that permits nothing the caller may not do, before and after',
  access: requires('roles:write'),
  params: idParams,
  // Not the name: policies and the standard roles go by it.
  body: z.strictObject(leaveOut(writable)).refine((body) => Object.keys(body).length > 0, 'changes nothing'),
  response: resource.answered,
  versioned: true,
  ifMatch: true,
  async handler({ params: { id }, ifMatch, body, principal }, tx) {
    const role = await roles.get(tx, id);
    if (role === null) throw new ApiError('not_found', 'there is no role with this id');
    expectedVersion(ifMatch, role);
    // A role that was emptied first could be given to anybody, until somebody in charge fills it again.
    refuseBeyond(role.permissions, principal);
    refuseBeyond(body.permissions ?? [], principal);
    return resource.present(await roles.update(tx, id, body, role.version));
  },
});

export const roleRoutes = [...resource.routes, change];
