import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Keys of production, and keys of everything else: neither works in place of the other. */
export type KeyMode = 'live' | 'test';

/** A key as made: whole, to be shown once, and the part that stays visible. */
export interface NewKey {
  readonly key: string;
  readonly prefix: string;
  readonly last4: string;
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 32 bytes and 4 bytes in base 62. */
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const ID_LENGTH = 12;
const FORMAT = /^plinth_(live|test)_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

function toBase62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest /= 62n) text = DIGITS[Number(rest % 62n)] + text;
  return text;
}

const numberOf = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`);
const checksumOf = (text: string): string => toBase62(BigInt(crc32(text)), CHECKSUM_LENGTH);

/** `plinth_<live|test>_<id>_<secret><crc32>`: scanners find it in code, and a typing mistake needs no look-up. */
export function createApiKey(mode: KeyMode, random: (size: number) => Buffer = randomBytes): NewKey {
  // 9 bytes have 12.1 digits; the leading one is left out.
  const id = toBase62(numberOf(random(9)) % 62n ** 12n, ID_LENGTH);
  const prefix = `plinth_${mode}_${id}`;
  const body = `${prefix}_${toBase62(numberOf(random(32)), SECRET_LENGTH)}`;
  const key = body + checksumOf(body);
  return { key, prefix, last4: key.slice(-4) };
}

/** Whether a bearer token means to be an API key. */
export const looksLikeApiKey = (text: string): boolean => text.startsWith('plinth_');

/** The mode of a well-formed key; undefined when the form or the checksum is wrong. */
export function parseApiKey(text: string): KeyMode | undefined {
  const match = FORMAT.exec(text);
  if (match === null || checksumOf(text.slice(0, -CHECKSUM_LENGTH)) !== match[4]) return undefined;
  return match[1] as KeyMode;
}
