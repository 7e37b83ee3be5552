import { FINDINGS_VERSION } from '@plinth/db/monitor';
import { z } from 'zod';
import { moment, nameSchema } from '../../fields.js';
import { defineRoute } from '../../route.js';
import { aged, mayRead, seen, seenNow } from './access.js';

const severity = z.enum(['info', 'warning', 'critical']);
const evidence = z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()]));

/** One thing that is wrong, why, and what repairs it. */
const finding = nameSchema(
  'Finding',
  z.strictObject({
    check: z.string(),
    severity,
    object: z.string(),
    summary: z.string(),
    evidence,
    window: z.strictObject({
      from: z.string().nullable(),
      basis: z.enum(['now', 'statistics reset', 'server start', 'observation']),
    }),
    why: z.string(),
    repair: z.strictObject({
      sql: z.array(z.string()),
      prisma: z.string().nullable(),
      command: z.string().nullable(),
      /** The strongest table lock that `sql` takes. */
      lock: z.string(),
    }),
  }),
);

/** The document of `plinth monitor --once --json`; `plinth monitor --schema` prints its JSON Schema. */
const report = nameSchema(
  'FindingsReport',
  z.strictObject({
    version: z.literal(FINDINGS_VERSION),
    generatedAt: moment,
    worst: severity.nullable(),
    findings: z.array(finding),
    ignored: z.array(z.strictObject({ finding, reason: z.string(), until: z.string() })),
    checks: z.array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        tier: z.int().min(1).max(3),
        status: z.enum(['ok', 'found', 'skipped', 'not run']),
        skipped: z.string().nullable(),
        checkedAt: moment.nullable(),
        ageMs: z.number().nullable(),
        durationMs: z.number().nullable(),
      }),
    ),
  }),
);

const alert = z.strictObject({
  rule: z.string(),
  object: z.string(),
  severity,
  message: z.string(),
  evidence,
  state: z.literal('firing'),
  startedAt: moment,
  resolvedAt: z.null(),
});

export const findingsRoute = defineRoute({
  method: 'GET',
  path: '/v1/database/findings',
  summary: 'What is wrong with the database, what repairs it, and the alerts that fire now',
  access: mayRead,
  response: nameSchema(
    'DatabaseFindings',
    z.strictObject({ ...seen, ...aged, report, alerts: z.array(alert) }),
  ),
  handler: async ({ services: { monitoring } }) => {
    const { monitor } = monitoring;
    const { at, ageMs } = monitor.snapshot();
    return { ...seenNow(monitor), at, ageMs, report: monitor.findings(), alerts: monitor.alerts() };
  },
});
