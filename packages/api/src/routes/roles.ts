import { roles } from '@plinth/db';
import { z } from 'zod';
import { PERMISSIONS, type Permission } from '../auth/permissions.js';
import { ApiError } from '../errors.js';
import { leaveOut, text } from '../fields.js';
import { defineResource } from '../resource.js';
import { requires } from '../route.js';

const name = z.string().regex(/^[a-z][a-z0-9_-]{1,62}$/, 'is not a name in small letters');
const writable = {
  description: text(500, 0),
  permissions: z
    .array(z.enum(PERMISSIONS as unknown as [string, ...string[]]))
    .max(PERMISSIONS.length)
    .refine((all) => new Set(all).size === all.length, 'holds a permission twice'),
};

export const roleRoutes = defineResource({
  path: '/v1/roles',
  noun: ['role', 'roles'],
  schema: 'Role',
  repository: roles,
  // Roles of other programs may carry permissions that this one does not know.
  answer: { name, description: z.string(), permissions: z.array(z.string()) },
  filters: { name },
  sorts: ['createdAt', '-createdAt'],
  create: z.strictObject({ name, ...leaveOut(writable) }),
  // Not the name: policies and the standard roles go by it.
  change: z.strictObject(leaveOut(writable)),
  // Nobody makes a role that permits more than they may.
  prepare(body, { principal }) {
    const beyond = ((body.permissions ?? []) as Permission[]).filter(
      (one) => !principal.permissions.has(one),
    );
    if (beyond.length > 0) throw new ApiError('forbidden', `permits what you may not: ${beyond.join(', ')}`);
    return body;
  },
  access: {
    read: requires('roles:read'),
    create: requires('roles:write'),
    change: requires('roles:write'),
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
}).routes;
