import { PlinthError } from '../errors.js';

/** The root keys of field encryption by id; the active one writes, all of them read. */
export interface KeyRing {
  readonly activeId: number;
  /** 32 bytes each. Never logged: inspecting a ring shows no key. */
  keyOf(id: number): Uint8Array | undefined;
  readonly ids: readonly number[];
}

const MAX_ID = 65_535;

/**
 * Reads FIELD_KEYS: `id:key` pairs, the first one writes (`2:KEY,1:OLDKEY`); a bare key has the id 1. Keys are 32
 * bytes in base64url or base64. Throws `field_keys_invalid`, which names positions and ids, never a key.
 */
export function parseFieldKeys(text: string): KeyRing {
  const keys = new Map<number, Uint8Array>();
  for (const [index, entry] of text.split(',').entries()) {
    const [, idText = '1', encoded = ''] = /^(?:([^:]*):)?([^:]*)$/.exec(entry.trim()) ?? [];
    const id = /^\d{1,5}$/.test(idText) ? Number(idText) : Number.NaN;
    if (!(id >= 1 && id <= MAX_ID))
      throw invalid(`entry ${index + 1} has no id from 1 to ${MAX_ID} before its colon`);
    if (keys.has(id)) throw invalid(`key id ${id} is given twice`);
    const key = /^[\w+/-]{43}=?$/.test(encoded) ? Buffer.from(encoded, 'base64url') : Buffer.alloc(0);
    if (key.length !== 32) throw invalid(`key ${id} is not 32 bytes in base64url`);
    if ([...keys.values()].some((other) => key.equals(other)))
      throw invalid(`key ${id} is the same as another one`);
    keys.set(id, key);
  }
  const [activeId] = keys.keys();
  if (activeId === undefined) throw invalid('there is no key');
  return Object.freeze({ activeId, ids: [...keys.keys()], keyOf: (id: number) => keys.get(id) });
}

function invalid(what: string): PlinthError {
  return new PlinthError('field_keys_invalid', `FIELD_KEYS: ${what}`, {
    fix: "write id:key pairs, the newest first, such as 2:KEY,1:OLDKEY; make a key with: openssl rand -base64 32 | tr '+/' '-_' | tr -d '='",
  });
}
