import { hash, verify } from '@node-rs/argon2';
import { PlinthError } from '../errors.js';

/** argon2id as OWASP's minimum has it: 19 MiB, two passes, one lane (10 to 21 ms on a small core). */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Longer passwords are refused: hashing would still be cheap, but nobody types them. */
export const MAX_PASSWORD_LENGTH = 128;

/** Each hash holds 19 MiB and a thread of libuv's four; one thread stays free for files and DNS. */
const MAX_CONCURRENT = 3;

/** With more in line the last would wait for more than a second; saying so is cheaper than hashing. */
const MAX_WAITING = 128;

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (waiting.length >= MAX_WAITING) {
    throw new PlinthError('password_busy', `${MAX_WAITING} passwords are waiting to be hashed`);
  }
  if (running >= MAX_CONCURRENT) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await work();
  } finally {
    // The place passes straight to the next in line, so that nobody overtakes.
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

/** One text has many encodings (é as one or two code points); keyboards differ, so all are folded to one. */
const normalize = (password: string): string => password.normalize('NFKC');

const secretOf = (pepper: string): Buffer => Buffer.from(pepper, 'utf8');

/**
 * The argon2id hash of a password in PHC format. `pepper` is PASSWORD_PEPPER: without it the hash cannot be
 * checked, so a stolen table alone is no start. Throws `password_invalid` for an empty or too long password,
 * `password_busy` when too many are waiting.
 */
export async function hashPassword(password: string, pepper: string): Promise<string> {
  const text = normalize(password);
  if (text.length === 0 || text.length > MAX_PASSWORD_LENGTH) {
    throw new PlinthError('password_invalid', `a password has 1 to ${MAX_PASSWORD_LENGTH} characters`);
  }
  return inTurn(() => hash(text, { ...PARAMETERS, secret: secretOf(pepper) }));
}

/** Hashes of no known password, one per pepper, to be compared against when there is no user. */
const decoys = new Map<string, Promise<string>>();

/**
 * Whether `password` belongs to `stored`. Pass null for a user who does not exist or has no password: the
 * answer is false after the same work, so that time tells nothing about who exists. Never throws
 * for bad input; `password_busy` when too many are waiting.
 */
export async function verifyPassword(
  stored: string | null,
  password: string,
  pepper: string,
): Promise<boolean> {
  let decoy = decoys.get(pepper);
  if (decoy === undefined) {
    decoy = hashPassword('no account has this password', pepper);
    decoys.set(pepper, decoy);
    // A failure (busy) must not be remembered.
    decoy.catch(() => decoys.delete(pepper));
  }
  const against = stored ?? (await decoy);
  // A password beyond the limit cannot be right, and must cost as much as one that could.
  const text = normalize(password).slice(0, MAX_PASSWORD_LENGTH + 1);
  const matches = await inTurn(() => verify(against, text, { secret: secretOf(pepper) }).catch(() => false));
  return matches && stored !== null && text.length <= MAX_PASSWORD_LENGTH;
}

/** Whether a hash was made with weaker parameters than today's and should be replaced at the next sign-in. */
export function needsRehash(stored: string): boolean {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/.exec(stored);
  return (
    match === null ||
    Number(match[1]) < PARAMETERS.memoryCost ||
    Number(match[2]) < PARAMETERS.timeCost ||
    Number(match[3]) < PARAMETERS.parallelism
  );
}
