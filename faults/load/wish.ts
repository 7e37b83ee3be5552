import type { Operation } from '../ledger/operation.js';

/** An operation and the request that asks for it: the same one at every try, key and version included. */
export interface Wish {
  readonly operation: Operation;
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** If-Match. */
  readonly version?: number;
}

/** What identifies a new operation. */
interface Naming {
  readonly marker: string;
  readonly client: number;
  readonly userId: string;
}

const open = { rowId: undefined, version: undefined, seen: false };

/** Block an artist. The marker is the note; an artist can be blocked once, so a blind repetition is refused. */
export const blockArtist = (naming: Naming, artistId: string): Wish => ({
  operation: { ...naming, ...open, kind: 'create', table: 'user_artist_blocks', attempts: [] },
  method: 'POST',
  path: '/v1/me/blocks',
  body: { artistId, note: naming.marker },
});

/** Give to a campaign. Nothing but the key tells a repetition from a second gift. */
export const give = (naming: Naming, campaignId: string): Wish => ({
  operation: { ...naming, ...open, kind: 'create', table: 'contributions', attempts: [] },
  method: 'POST',
  path: `/v1/campaigns/${campaignId}/contributions`,
  body: { amountMinor: 500, message: naming.marker },
});

/** Change the note of a block that has this version. */
export const changeNote = (naming: Naming, rowId: string, version: number): Wish => ({
  operation: { ...naming, ...open, rowId, kind: 'update', table: 'user_artist_blocks', attempts: [] },
  method: 'PATCH',
  path: `/v1/me/blocks/${rowId}`,
  body: { note: naming.marker },
  version,
});

/** Remove a block that has this version. */
export const unblock = (naming: Naming, rowId: string, version: number): Wish => ({
  operation: { ...naming, ...open, rowId, kind: 'delete', table: 'user_artist_blocks', attempts: [] },
  method: 'DELETE',
  path: `/v1/me/blocks/${rowId}`,
  version,
});
