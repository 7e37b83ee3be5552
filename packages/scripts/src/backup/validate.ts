import type { AgeOpener } from './age.js';
import { type ClientTools, chooseForRestore } from './client-tools.js';
import type { BackupStore, StoredSet } from './store.js';
import { verifyFiles } from './verify-files.js';

export interface ValidateResult {
  id: string;
  level: 0 | 1 | 2;
  ok: boolean;
  problems: string[];
  /** False where an encrypted set was checked without its key: the stored bytes are right, what is in them was not looked at. */
  plainChecked: boolean;
  durationMs: number;
}

/** Verifies a set without restoring it and keeps the result beside it. Throws `key_wrong`, and `key_missing` at level 2. */
export async function validateBackup(options: {
  store: BackupStore;
  set: StoredSet;
  level: 0 | 1 | 2;
  opener: AgeOpener | undefined;
  tools: readonly ClientTools[];
  /** A set without encryption is a finding. */
  requireEncryption?: boolean;
  signal?: AbortSignal | undefined;
  now?: () => Date;
}): Promise<ValidateResult> {
  const { store, set, level, opener, signal, now = () => new Date() } = options;
  const { manifest } = set;
  const started = performance.now();
  const versions = { archiveMajor: manifest.client.major, targetMajor: manifest.source.serverMajor };
  const tools = level === 2 ? chooseForRestore(options.tools, versions) : undefined;
  const { problems: wrong, plainChecked } = await verifyFiles({
    manifest,
    path: (name) => store.path(set.id, name),
    level,
    opener: manifest.encryption === null ? undefined : opener,
    tools,
    signal,
  });
  const unencrypted = options.requireEncryption === true && manifest.encryption === null;
  const problems = [
    ...(unencrypted ? ['it is not encrypted, and BACKUP_REQUIRE_ENCRYPTION is set'] : []),
    ...wrong,
  ];
  const durationMs = Math.round(performance.now() - started);
  const result: ValidateResult = {
    id: set.id,
    level,
    ok: problems.length === 0,
    problems,
    plainChecked,
    durationMs,
  };
  await store.addVerification(set.id, {
    level,
    ok: result.ok,
    at: now().toISOString(),
    durationMs,
    problems,
    report: { plainChecked },
  });
  return result;
}
