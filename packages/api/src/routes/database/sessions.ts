import { type LockNode, type LockTree, releaseStatement } from '@plinth/db/monitor';
import { z } from 'zod';
import { moment, nameSchema } from '../../fields.js';
import { defineRoute } from '../../route.js';
import { aged, mayRead, number, seen, seenNow } from './access.js';

const nullable = number.nullable();
const text = z.string().nullable();

/** Somebody who waits for a lock, or keeps others waiting. */
const node = nameSchema(
  'LockNode',
  z.strictObject({
    /** 0 for a root; 1 waits for it, 2 for one of those. Whoever waits for several is listed below each. */
    depth: z.int(),
    /** 0: a prepared transaction, which has no session. */
    pid: z.int(),
    backendStart: moment.nullable(),
    role: text,
    application: text,
    state: text,
    query: z.string(),
    transactionMs: nullable,
    blockedBy: z.array(z.int()),
    waitedMs: nullable,
    wants: z.strictObject({ mode: z.string(), type: z.string(), relation: text }).nullable(),
  }),
);

const session = z.strictObject({
  pid: z.int(),
  /** Names the session where a pid alone might name its successor; null where the role may not see it. */
  backendStart: moment.nullable(),
  role: z.string(),
  application: z.string(),
  client: text,
  state: z.string(),
  waitType: text,
  waitEvent: text,
  transactionMs: nullable,
  stateMs: nullable,
  /** Without values. */
  query: z.string(),
});

export const sessionsRoute = defineRoute({
  method: 'GET',
  path: '/v1/database/sessions',
  summary: 'Sessions of the database, and who waits for whom',
  access: mayRead,
  response: nameSchema(
    'DatabaseSessions',
    z.strictObject({
      ...seen,
      ...aged,
      sessions: z.array(session),
      locks: z.strictObject({
        ...aged,
        blocked: z.int(),
        oldestWaitMs: number,
        /** One tree per session that blocks others and waits for nobody: the statement that would end it, and everybody from it down. */
        trees: z.array(z.strictObject({ release: z.string(), nodes: z.array(node) })),
      }),
    }),
  ),
  handler: async ({ services: { monitoring } }) => {
    const { monitor } = monitoring;
    const sessions = monitor.sessions();
    const locks = monitor.lockTree();
    return {
      ...seenNow(monitor),
      at: sessions.at,
      ageMs: sessions.ageMs,
      sessions: sessions.value,
      locks: { at: locks.at, ageMs: locks.ageMs, ...presentTree(locks.value) },
    };
  },
});

function presentTree({ blocked, oldestWaitMs, roots }: LockTree): object {
  const trees = roots.map((root) => ({ release: releaseStatement(root), nodes: flatten(root, 0) }));
  return { blocked, oldestWaitMs, trees };
}

/** A session and everybody below it, from the top down. */
function flatten({ blocks, ...node }: LockNode, depth: number): object[] {
  return [{ depth, ...node }, ...blocks.flatMap((child) => flatten(child, depth + 1))];
}
