import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { PlinthError } from '../errors.js';
import { withFileLock } from './file-lock.js';
import { placeOf } from './place.js';

/** admin is the superuser `postgres`; every other role logs in as `plinth_<role>`. */
export const embeddedRoles = ['admin', 'app', 'migrator', 'worker', 'readonly', 'backup'] as const;
export type EmbeddedRole = (typeof embeddedRoles)[number];

/** What a development machine keeps under PLINTH_HOME; production sets each of these itself. */
export interface Secrets {
  passwords: Record<EmbeddedRole, string>;
  /** Each of the four: 32 random bytes in base64url, for TOKEN_SIGNING_KEY, CURSOR_KEY, PASSWORD_PEPPER, FIELD_KEYS. */
  tokenSigningKey: string;
  cursorKey: string;
  passwordPepper: string;
  fieldKeys: string;
}

type Draft = { passwords?: Partial<Record<EmbeddedRole, string>> } & Partial<Omit<Secrets, 'passwords'>>;

/**
 * The secrets of this home, made on first use (file 0600 in a folder 0700). A secret that a newer version
 * wants is added, one that exists never changes. Throws `secrets_unreadable`.
 */
export async function readSecrets(home: string): Promise<Secrets> {
  const place = placeOf(home);
  const known = await readDraft(place.secretsFile);
  if (known !== undefined && isComplete(known)) return known;
  await mkdir(place.home, { recursive: true, mode: 0o700 });
  await mkdir(place.secretsDir, { recursive: true, mode: 0o700 });
  await chmod(place.secretsDir, 0o700);
  return await withFileLock(`${place.secretsFile}.lock`, { timeoutMs: 10_000 }, async () => {
    const secrets = complete((await readDraft(place.secretsFile)) ?? {});
    const draft = `${place.secretsFile}.new`;
    await writeFile(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true });
    await rename(draft, place.secretsFile);
    return secrets;
  });
}

async function readDraft(file: string): Promise<Draft | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new PlinthError('secrets_unreadable', `cannot read ${file}`, {
      cause: error,
      fix: 'run as the user who created it, or choose another PLINTH_HOME',
    });
  }
  try {
    return JSON.parse(text) as Draft;
  } catch {
    // The parser's own message would quote the file.
    throw new PlinthError('secrets_unreadable', `${file} is not JSON`, {
      fix: 'put the file back from a copy: without it the passwords of the embedded server are lost',
    });
  }
}

function isComplete(draft: Draft): draft is Secrets {
  return (
    embeddedRoles.every((role) => typeof draft.passwords?.[role] === 'string') &&
    [draft.tokenSigningKey, draft.cursorKey, draft.passwordPepper, draft.fieldKeys].every(
      (key) => typeof key === 'string',
    )
  );
}

function complete(draft: Draft): Secrets {
  const password = (role: EmbeddedRole) => draft.passwords?.[role] ?? random(24);
  return {
    passwords: {
      admin: password('admin'),
      app: password('app'),
      migrator: password('migrator'),
      worker: password('worker'),
      readonly: password('readonly'),
      backup: password('backup'),
    },
    tokenSigningKey: draft.tokenSigningKey ?? random(32),
    cursorKey: draft.cursorKey ?? random(32),
    passwordPepper: draft.passwordPepper ?? random(32),
    fieldKeys: draft.fieldKeys ?? random(32),
  };
}

const random = (bytes: number): string => randomBytes(bytes).toString('base64url');
