import { recordSecurityEvent, roleAssignments, roles, users } from '@plinth/db';
import { z } from 'zod';
import { ApiError } from '../errors.js';
import { expectedVersion } from '../etag.js';
import { idParams, moment, text, uuid, when } from '../fields.js';
import { defineResource } from '../resource.js';
import { defineWrite, requires } from '../route.js';

/** Who has which role, by whom, why and until when; kept when revoked. */
const resource = defineResource({
  path: '/v1/role-assignments',
  noun: ['role assignment', 'role assignments, those that are over too'],
  schema: 'RoleAssignment',
  repository: roleAssignments,
  answer: {
    userId: uuid,
    roleId: uuid,
    grantedBy: uuid.nullable(),
    reason: z.string(),
    expiresAt: moment.nullable(),
    revokedAt: moment.nullable(),
    revokedBy: uuid.nullable(),
  },
  filters: { userId: uuid, roleId: uuid },
  sorts: ['-createdAt', 'createdAt'],
  access: { read: requires('roles:read') },
});

const unprocessable = (pointer: string, message: string) =>
  new ApiError('unprocessable', undefined, {
    errors: [{ in: 'body', pointer, code: 'unprocessable', message }],
  });

const grant = defineWrite({
  method: 'POST',
  path: '/v1/role-assignments',
  summary: 'Give a role to a user; only a role that permits nothing the caller may not do',
  access: requires('roles:write'),
  body: z.strictObject({
    userId: uuid,
    role: text(63),
    reason: text(500, 0).default(''),
    expiresAt: when.exactOptional(),
  }),
  response: resource.answered,
  created: true,
  versioned: true,
  constraints: {
    role_assignments_active_key: {
      code: 'conflict',
      pointer: '/role',
      message: 'the user has this role already',
    },
    role_assignments_expires_at_check: {
      code: 'unprocessable',
      pointer: '/expiresAt',
      message: 'is not in the future',
    },
  },
  async handler({ body: { userId, role: name, ...terms }, principal }, tx) {
    if ((await users.get(tx, userId, { select: ['id'] })) === null) {
      throw unprocessable('/userId', 'there is no user with this id');
    }
    const role = await roles.find(tx, { name });
    if (role === null) throw unprocessable('/role', 'there is no role with this name');
    const beyond = role.permissions.filter((permission) => !principal.permissions.has(permission));
    if (beyond.length > 0)
      throw new ApiError('forbidden', `the role permits what you may not: ${beyond.join(', ')}`);
    const made = await roleAssignments.grant(tx, userId, name, terms);
    await recordSecurityEvent(tx.sql, {
      type: 'role.granted',
      severity: 'warning',
      userId,
      details: { role: name },
    });
    return resource.present(made);
  },
});

const revoke = defineWrite({
  method: 'DELETE',
  path: '/v1/role-assignments/:id',
  summary: 'Take a role away; the assignment stays as history',
  access: requires('roles:write'),
  params: idParams,
  ifMatch: true,
  async handler({ params: { id }, ifMatch, principal }, tx) {
    const found = await roleAssignments.get(tx, id);
    if (found === null) throw new ApiError('not_found', 'there is no role assignment with this id');
    const version = expectedVersion(ifMatch, found);
    if (found.revokedAt !== null) throw new ApiError('conflict', 'the assignment is revoked');
    const ended = { revokedAt: new Date(), revokedBy: principal.userId };
    await roleAssignments.update(tx, id, ended, version);
    const { userId, roleId } = found;
    await recordSecurityEvent(tx.sql, {
      type: 'role.revoked',
      severity: 'warning',
      userId,
      details: { roleId },
    });
    return undefined;
  },
});

export const roleAssignmentRoutes = [...resource.routes, grant, revoke];
