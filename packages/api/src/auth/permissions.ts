import { STANDARD_ROLES } from '@plinth/db';

/** Every permission a role can carry (roles.permissions): what the admin role is granted. Routes declare which they need. */
export const PERMISSIONS = STANDARD_ROLES.admin.granted;

export type Permission = (typeof PERMISSIONS)[number];
