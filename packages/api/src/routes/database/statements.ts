import { PlinthError } from '@plinth/db';
import { z } from 'zod';
import { ApiError } from '../../errors.js';
import { flag, jsonAnswer, moment, nameSchema } from '../../fields.js';
import { defineRoute } from '../../route.js';
import { count, mayRead, number, seen, seenNow } from './access.js';

const statement = z.strictObject({
  queryid: z.string(),
  /** Normalised; null when PostgreSQL has thrown the text away. */
  query: z.string().nullable(),
  operation: z.string().nullable(),
  calls: count,
  totalMs: number,
  meanMs: number,
  /** Ever, not within the window. */
  maxMs: number,
  rows: number,
  blocksHit: number,
  blocksRead: number,
  tempBlocks: number,
  ioMs: number,
  walBytes: number,
});

const statementsRoute = defineRoute({
  method: 'GET',
  path: '/v1/database/statements',
  summary: 'Statements of the last hour that took the most time, or that are slow',
  access: mayRead,
  query: z.strictObject({
    slow: flag.default(false),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  response: nameSchema(
    'DatabaseStatements',
    z.strictObject({
      ...seen,
      /** The window; null before the second look. */
      from: moment.nullable(),
      to: moment,
      slow: z.boolean(),
      statements: z.array(statement),
    }),
  ),
  handler: async ({ services: { monitoring }, query: { slow, limit } }) => {
    const { monitor } = monitoring;
    const window = slow ? monitor.slowQueries(limit) : monitor.statements(limit);
    return { ...seenNow(monitor), slow, ...window };
  },
});

/** Plans asked for at the same time; each takes a connection. */
const MAX_PLANS = 2;
let planning = 0;

const planRoute = defineRoute({
  method: 'GET',
  path: '/v1/database/statements/:queryId/plan',
  summary: 'The generic plan of a statement that was seen; asks the database, and runs nothing',
  access: mayRead,
  params: z.strictObject({ queryId: z.string().regex(/^-?\d{1,20}$/) }),
  failures: [422],
  response: nameSchema('StatementPlan', z.strictObject({ queryid: z.string(), plan: jsonAnswer })),
  handler: async ({ services: { monitoring }, params: { queryId } }) => {
    if (planning >= MAX_PLANS)
      throw new ApiError('unavailable', 'other plans are being made', { headers: { 'Retry-After': '1' } });
    planning++;
    try {
      return await monitoring.monitor.explain(queryId);
    } catch (error) {
      if (error instanceof PlinthError && error.code === 'explain_unavailable')
        throw new ApiError('unprocessable', error.message, { cause: error });
      throw error;
    } finally {
      planning--;
    }
  },
});

export const statementRoutes = [statementsRoute, planRoute];
