import { PlinthError } from '@plinth/db';
import { withFileLock } from '@plinth/db/embedded';
import { collectGarbage } from './collect-garbage.js';
import { lastProof, summarize } from './inventory.js';
import { planRetention, type RetainedSet, type RetentionPlan, type RetentionPolicy } from './retention.js';
import type { BackupStore, StoredSet } from './store.js';

export interface PruneResult {
  /** One plan per database of the store. */
  plans: (RetentionPlan & { database: string })[];
  removed: string[];
  /** Sets that should have gone and could not be removed. */
  failed: { id: string; message: string }[];
  freedBytes: number;
}

/**
 * Deletes what the policy does not keep; with `dryRun` only answers the plan. Sets that cannot be read are never
 * deleted. Throws `stale` when the plan is blocked, `refused` when it is drastic and not forced; nothing is deleted then.
 */
export async function pruneBackups(options: {
  store: BackupStore;
  policy: RetentionPolicy;
  dryRun: boolean;
  force: boolean;
  lockWaitMs?: number;
  now?: () => Date;
  say?: (line: string) => void;
}): Promise<PruneResult> {
  const { store, policy, dryRun, force, now = () => new Date(), say = () => {} } = options;
  return await withFileLock(store.lockFile, { timeoutMs: options.lockWaitMs ?? 10_000 }, async () => {
    const { sets } = await store.list();
    const plans = [...groupByDatabase(sets)].map(([database, group]) => ({
      database,
      ...planRetention(group.map(toRetained), policy, now()),
    }));
    const result: PruneResult = { plans, removed: [], failed: [], freedBytes: 0 };
    if (dryRun) return result;
    for (const plan of plans) {
      const goes = plan.decisions.filter(({ keep }) => !keep);
      if (goes.length === 0) continue;
      if (plan.blocked !== undefined) {
        throw new PlinthError('stale', `nothing is deleted: ${plan.blocked}`, {
          fix: 'run `plinth backup doctor`, make a backup, and prune again',
        });
      }
      if (plan.drastic && !force) {
        throw new PlinthError(
          'refused',
          `${goes.length} of ${plan.decisions.length} sets of ${plan.database} would go`,
          {
            fix: 'look at `plinth backup prune --dry-run`, then add --force',
          },
        );
      }
    }
    await collectGarbage(store, say);
    for (const plan of plans) {
      for (const { id } of plan.decisions.filter(({ keep }) => !keep))
        await removeOne(store, sets, id, result);
    }
    return result;
  });
}

/** One set that cannot be deleted does not keep the others. */
async function removeOne(
  store: BackupStore,
  sets: readonly StoredSet[],
  id: string,
  result: PruneResult,
): Promise<void> {
  try {
    await store.remove(id);
    result.removed.push(id);
    result.freedBytes += sets.find((set) => set.id === id)?.manifest.stats.storedBytes ?? 0;
  } catch (error) {
    result.failed.push({ id, message: (error as Error).message });
  }
}

function groupByDatabase(sets: readonly StoredSet[]): Map<string, StoredSet[]> {
  const groups = new Map<string, StoredSet[]>();
  for (const set of sets) {
    const { database, systemIdentifier } = set.manifest.source;
    const name = `${database} (cluster ${systemIdentifier})`;
    groups.set(name, [...(groups.get(name) ?? []), set]);
  }
  return groups;
}

function toRetained(set: StoredSet): RetainedSet {
  const { storedBytes, rows, failed } = summarize(set);
  return {
    id: set.id,
    createdAt: new Date(set.manifest.createdAt),
    good: !failed,
    verifiedLevel: lastProof(set.verifications)?.level ?? -1,
    pinnedUntil: set.pin === undefined ? undefined : new Date(set.pin.until),
    storedBytes,
    rows,
  };
}
