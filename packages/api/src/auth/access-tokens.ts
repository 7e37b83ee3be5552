import { createHash, createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { ApiError } from '../errors.js';

/** What a genuine access token says. */
export interface Claims {
  userId: string;
  /** The token's own id, by which it can be revoked. */
  tokenId: string;
  /** The sign-in it came from: the family of its refresh tokens. */
  familyId: string;
  issuedAtMs: number;
  expiresAtMs: number;
}

/** Signs and checks access tokens. Whether the user may still use one is user-state.ts's question. */
export interface AccessTokens {
  /** `issuedAt` is the database's clock, which revocation compares with. */
  sign(subject: { userId: string; familyId: string; issuedAt: Date }): Promise<string>;
  /** Throws ApiError `unauthenticated`. */
  verify(token: string): Promise<Claims>;
}

export const ACCESS_TOKEN_TTL_S = 900;
const ISSUER = 'plinth';
const AUDIENCE = 'plinth-api';
const CLOCK_TOLERANCE_S = 5;
/** Verified tokens remembered: checking a signature costs more than the rest of a small request. */
const MAX_REMEMBERED = 5_000;

/** DER of an Ed25519 private key up to its 32 bytes (RFC 8410 §7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Access tokens as EdDSA JWTs. `seed` is the 32 bytes of the Ed25519 private key. */
export function createAccessTokens(seed: Buffer, now: () => number = Date.now): AccessTokens {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey);
  const kid = createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('base64url')
    .slice(0, 12);
  const remembered = new Map<string, Claims>();

  async function check(token: string): Promise<Claims> {
    const { payload } = await jwtVerify(token, publicKey, {
      algorithms: ['EdDSA'],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['exp', 'iat', 'jti', 'sub', 'sid'],
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(now()),
    });
    const { sub = '', jti = '', iat = 0, exp = 0, sid } = payload;
    return {
      userId: sub,
      tokenId: jti,
      familyId: String(sid),
      issuedAtMs: iat * 1_000,
      expiresAtMs: exp * 1_000,
    };
  }

  return {
    sign: ({ userId, familyId, issuedAt }) => {
      // Fractional seconds (RFC 7519 allows them): a token made just after a revocation is not caught by it.
      const issuedAtS = issuedAt.getTime() / 1_000;
      return new SignJWT({ sid: familyId })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(userId)
        .setJti(randomUUID())
        .setIssuedAt(issuedAtS)
        .setExpirationTime(Math.ceil(issuedAtS) + ACCESS_TOKEN_TTL_S)
        .sign(privateKey);
    },
    async verify(token) {
      const known = remembered.get(token);
      if (known !== undefined && known.expiresAtMs > now()) return known;
      remembered.delete(token);
      const claims = await check(token).catch((error: unknown) => {
        throw new ApiError('unauthenticated', 'the access token is not valid or has expired', {
          cause: error,
        });
      });
      if (remembered.size >= MAX_REMEMBERED) remembered.delete(remembered.keys().next().value as string);
      remembered.set(token, claims);
      return claims;
    },
  };
}
