import { ApiError } from '../errors.js';

/** How a request proved whom it is from. */
export type Proof =
  | {
      readonly kind: 'session';
      readonly tokenId: string;
      readonly familyId: string;
      readonly issuedAtMs: number;
    }
  | { readonly kind: 'api_key'; readonly keyId: string };

/** Who a request comes from, as the database sees it now. */
export interface Principal {
  readonly userId: string;
  readonly proof: Proof;
  readonly roles: readonly string[];
  /** What the user may do; for an API key, as far as its scopes go. */
  readonly permissions: ReadonlySet<string>;
}

/** The sign-in behind a request. Throws ApiError `forbidden` for an API key. */
export function sessionOf({ proof }: Principal): Proof & { kind: 'session' } {
  if (proof.kind !== 'session') throw new ApiError('forbidden', 'an API key cannot do this: sign in');
  return proof;
}
