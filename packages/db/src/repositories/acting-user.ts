import { DatabaseError } from '../errors.js';
import { type Handle, RUNNER } from '../handle.js';

/** The id of the user who acts through a handle. Throws DatabaseError `permission` where nobody does, or no user. */
export function actingUser(handle: Handle): string {
  const userId = handle[RUNNER].actor?.userId;
  if (userId === undefined)
    throw new DatabaseError('permission', { fix: 'use database.as(actor) with a user' });
  return userId;
}
