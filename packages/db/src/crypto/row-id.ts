import { randomBytes } from 'node:crypto';

let last = 0n;

/**
 * A UUIDv7 (RFC 9562) made here rather than by the database: an encrypted field is bound to its row's id, which must
 * therefore be known before the row is inserted. Ordered within this process.
 */
export function newRowId(nowMs: number = Date.now()): string {
  // Milliseconds and 12 bits below them that count on, as plinth.uuid_v7() has microseconds there.
  const now = BigInt(Math.trunc(nowMs)) << 12n;
  last = now > last ? now : last + 1n;
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Number(last >> 12n), 0, 6);
  bytes.writeUInt16BE(0x7000 | Number(last & 0xfffn), 6);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
