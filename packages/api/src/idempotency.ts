import { createHash } from 'node:crypto';
import type { Prisma, Transaction } from '@plinth/db';
import { ApiError } from './errors.js';

/** A write that may be sent again: whose, under which key, and what it asked for. */
export interface IdempotencyRequest {
  principal: string;
  key: string;
  /** SHA-256 over method, path and body. */
  fingerprint: Buffer<ArrayBuffer>;
  /** Status of the answer when the write succeeds. */
  statusCode: number;
}

/** Answers are kept this long. */
const TTL_MS = 24 * 60 * 60 * 1_000;

/** Reads an Idempotency-Key: 1 to 255 printable ASCII characters. Throws ApiError `invalid_request`. */
export function parseIdempotencyKey(
  header: string | undefined,
  request: { principal: string; method: string; path: string; body: unknown; statusCode: number },
): IdempotencyRequest | undefined {
  if (header === undefined) return undefined;
  if (!/^[\x21-\x7e]{1,255}$/.test(header)) {
    throw new ApiError('invalid_request', undefined, {
      errors: [
        {
          in: 'header',
          pointer: '/Idempotency-Key',
          code: 'invalid',
          message: 'is not 1 to 255 printable characters without spaces',
        },
      ],
    });
  }
  const { principal, method, path, body, statusCode } = request;
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([method, path, body]))
    .digest() as Buffer<ArrayBuffer>;
  return { principal, key: header, fingerprint, statusCode };
}

/**
 * Runs `work` unless its key has been answered already; then answers the same again. The answer is stored in
 * `tx`, with the effect: after a lost connection the client learns what became of it by sending it again.
 * Throws ApiError `idempotency_in_progress` or `idempotency_key_reused`. A failed write stores nothing.
 */
export async function runIdempotently(
  tx: Transaction,
  { principal, key, fingerprint, statusCode }: IdempotencyRequest,
  setHeader: (name: string, value: string) => void,
  work: () => Promise<object | undefined>,
): Promise<object | undefined> {
  const [lock] = await tx.$queryRaw<[{ locked: boolean }]>`
    select pg_try_advisory_xact_lock(hashtextextended(${`${principal} ${key}`}, 0)) as locked`;
  if (!lock.locked)
    throw new ApiError('idempotency_in_progress', undefined, { headers: { 'Retry-After': '1' } });

  const where = { principal_key: { principal, key } };
  const known = await tx.idempotencyKey.findUnique({ where });
  if (known !== null && known.expiresAt > new Date()) {
    if (!fingerprint.equals(known.fingerprint)) throw new ApiError('idempotency_key_reused');
    setHeader('Idempotent-Replayed', 'true');
    return (known.response as object | null) ?? undefined;
  }
  const body = await work();
  // As it will be sent: dates as text.
  const response =
    body === undefined ? {} : { response: JSON.parse(JSON.stringify(body)) as Prisma.InputJsonValue };
  const answer = { fingerprint, statusCode, ...response, expiresAt: new Date(Date.now() + TTL_MS) };
  await tx.idempotencyKey.upsert({ where, create: { principal, key, ...answer }, update: answer });
  return body;
}
