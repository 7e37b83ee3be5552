import { createHash, randomBytes } from 'node:crypto';

/** A secret of 256 random bits, as handed out once: in a mail, or as refresh token. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** SHA-256, which is what is stored: a secret this long needs no slower hash. */
export const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
