import { createHmac, timingSafeEqual } from 'node:crypto';
import { ApiError } from './errors.js';

/** Where a page ended: the last row's sort value and id. */
export interface Position {
  value: string;
  id: string;
}

/** Seals positions into cursors. `scope` is the list with its filters and order: a cursor opens nowhere else. */
export interface Cursors {
  seal(scope: string, position: Position): string;
  /** Throws ApiError `invalid_cursor` for anything that seal() did not make for this scope. */
  open(scope: string, cursor: string): Position;
}

const MAC_BYTES = 16;

/** Cursors sealed with HMAC-SHA-256, so that clients cannot make positions of their own. */
export function createCursors(key: Buffer): Cursors {
  const macOf = (scope: string, payload: string) =>
    createHmac('sha256', key).update(`cursor\0${scope}\0${payload}`).digest().subarray(0, MAC_BYTES);
  return {
    seal(scope, { value, id }) {
      const payload = Buffer.from(JSON.stringify([value, id])).toString('base64url');
      return `${payload}.${macOf(scope, payload).toString('base64url')}`;
    },
    open(scope, cursor) {
      const [payload = '', mac = '', ...rest] = cursor.split('.');
      const given = Buffer.from(mac, 'base64url');
      const genuine = given.length === MAC_BYTES && timingSafeEqual(given, macOf(scope, payload));
      if (!genuine || rest.length > 0) {
        throw new ApiError('invalid_cursor', undefined, {
          errors: [
            {
              in: 'query',
              pointer: '/cursor',
              code: 'invalid_cursor',
              message: 'use nextCursor as it was given, with the same filters and sort',
            },
          ],
        });
      }
      const [value, id] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [string, string];
      return { value, id };
    },
  };
}
