import { type LockNode, pidsOf, readLockTree, releaseStatement } from '../lock-tree.js';
import { type Check, NOW, repairBy } from './check.js';

/** One finding per session at the root of a queue of waiters. */
export const blockedSessions: Check = {
  id: 'blocked-sessions',
  title: 'Sessions wait for a lock',
  tier: 1,
  async run(sql, { blockedWarningMs, blockedCriticalMs }) {
    const { roots } = await readLockTree(sql);
    return roots.flatMap((root) => {
      const waitedMs = oldestWait(root);
      if (waitedMs < blockedWarningMs) return [];
      const blocked = new Set(pidsOf(root).slice(1));
      const first = root.blocks[0];
      const who = root.pid === 0 ? 'a prepared transaction' : `session ${root.pid}`;
      return [
        {
          check: 'blocked-sessions',
          severity: waitedMs >= blockedCriticalMs ? ('critical' as const) : ('warning' as const),
          object: who,
          summary: `${who} (${root.role ?? 'unknown'}, ${root.state ?? 'no session'}) keeps ${blocked.size} waiting for ${Math.round(waitedMs / 1000)} s`,
          evidence: {
            rootPid: root.pid,
            rootState: root.state,
            rootQuery: root.query,
            rootTransactionMs: root.transactionMs,
            blocked: blocked.size,
            blockedPids: [...blocked].join(', '),
            oldestWaitMs: waitedMs,
            wantedMode: first?.wants?.mode ?? null,
            wantedRelation: first?.wants?.relation ?? null,
            schemaChangeWaits: anyBelow(root, ({ query }) =>
              /^\s*(alter|create|drop|reindex|truncate|vacuum full)\b/i.test(query),
            ),
          },
          window: NOW,
          why: 'a session holds a lock that others need, and everybody who comes later queues behind them; ending the root frees all of them at once',
          repair: repairBy('none', [releaseStatement(root)]),
        },
      ];
    });
  },
};

function oldestWait(root: LockNode): number {
  return Math.max(0, ...root.blocks.map((node) => Math.max(node.waitedMs ?? 0, oldestWait(node))));
}

function anyBelow(root: LockNode, test: (node: LockNode) => boolean): boolean {
  return root.blocks.some((node) => test(node) || anyBelow(node, test));
}
