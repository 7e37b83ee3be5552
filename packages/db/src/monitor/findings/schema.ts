import { severities } from './check.js';

/** Raised in its first number when something that readers rely on changes, in its second when something is added. */
export const FINDINGS_VERSION = '1.0';

const text = { type: 'string' };
const textOrNull = { type: ['string', 'null'] };

/** JSON Schema (2020-12) of one finding. */
export const findingSchema = {
  type: 'object',
  required: ['check', 'severity', 'object', 'summary', 'evidence', 'window', 'why', 'repair'],
  additionalProperties: false,
  properties: {
    check: text,
    severity: { enum: severities },
    object: text,
    summary: text,
    evidence: { type: 'object', additionalProperties: { type: ['number', 'string', 'boolean', 'null'] } },
    window: {
      type: 'object',
      required: ['from', 'basis'],
      additionalProperties: false,
      properties: {
        from: textOrNull,
        basis: { enum: ['now', 'statistics reset', 'server start', 'observation'] },
      },
    },
    why: text,
    repair: {
      type: 'object',
      required: ['sql', 'prisma', 'command', 'lock'],
      additionalProperties: false,
      properties: {
        sql: { type: 'array', items: text },
        prisma: textOrNull,
        command: textOrNull,
        lock: {
          enum: [
            'none',
            'ACCESS SHARE',
            'SHARE UPDATE EXCLUSIVE',
            'SHARE ROW EXCLUSIVE',
            'ACCESS EXCLUSIVE',
            'restart',
          ],
        },
      },
    },
  },
} as const;

/** JSON Schema of the report that `plinth monitor --once --json` answers, and GET /v1/database/findings as `report`. */
export const findingsSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Findings of Plinth',
  type: 'object',
  required: ['version', 'generatedAt', 'worst', 'findings', 'ignored', 'checks'],
  additionalProperties: false,
  properties: {
    version: { const: FINDINGS_VERSION },
    generatedAt: text,
    worst: { enum: [...severities, null] },
    findings: { type: 'array', items: findingSchema },
    ignored: {
      type: 'array',
      items: {
        type: 'object',
        required: ['finding', 'reason', 'until'],
        additionalProperties: false,
        properties: { finding: findingSchema, reason: text, until: text },
      },
    },
    checks: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'title', 'tier', 'status', 'skipped', 'checkedAt', 'ageMs', 'durationMs'],
        additionalProperties: false,
        properties: {
          id: text,
          title: text,
          tier: { enum: [1, 2, 3] },
          status: { enum: ['ok', 'found', 'skipped', 'not run'] },
          skipped: { enum: ['locked', 'timeout', 'permission', 'missing', 'failed', null] },
          checkedAt: textOrNull,
          ageMs: { type: ['number', 'null'] },
          durationMs: { type: ['number', 'null'] },
        },
      },
    },
  },
} as const;
