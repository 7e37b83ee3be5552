import { alerts, backupRuns, externalServiceCalls } from '@plinth/db';
import { z } from 'zod';
import { flag, jsonAnswer, moment, text, uuid } from '../fields.js';
import { defineResource } from '../resource.js';
import { requires } from '../route.js';

const access = { read: requires('operations:read') };

const calls = defineResource({
  path: '/v1/external-service-calls',
  noun: ['call of another service', 'calls that Plinth made to other services'],
  schema: 'ExternalServiceCall',
  repository: externalServiceCalls,
  answer: {
    service: z.string(),
    operation: z.string(),
    method: z.string(),
    url: z.string(),
    statusCode: z.int().nullable(),
    durationMs: z.int(),
    ok: z.boolean(),
    errorCode: z.string().nullable(),
    requestId: z.string().nullable(),
    userId: uuid.nullable(),
  },
  standard: ['createdAt'],
  filters: { service: text(100), ok: flag, userId: uuid, requestId: text(64) },
  sorts: ['-createdAt', 'createdAt'],
  access,
});

const status = z.enum(['running', 'succeeded', 'failed', 'cancelled']);
const backups = defineResource({
  path: '/v1/backup-runs',
  noun: ['backup run', 'runs of backups'],
  schema: 'BackupRun',
  repository: backupRuns,
  answer: {
    backupId: z.string(),
    kind: z.string(),
    status,
    startedAt: moment,
    finishedAt: moment.nullable(),
    storedBytes: z.int().nullable(),
    plainBytes: z.int().nullable(),
    /** Highest level (0 to 3) at which the set was verified. */
    verified: z.int().nullable(),
    verifiedAt: moment.nullable(),
    errorCode: z.string().nullable(),
    note: z.string().nullable(),
  },
  standard: ['createdAt'],
  filters: { status, kind: text(50) },
  sorts: ['-createdAt', 'createdAt'],
  access,
});

const severity = z.enum(['info', 'warning', 'critical']);
const state = z.enum(['firing', 'resolved']);
const alertList = defineResource({
  path: '/v1/alerts',
  noun: ['alert', 'alerts'],
  schema: 'Alert',
  repository: alerts,
  answer: {
    rule: z.string(),
    severity,
    state,
    object: z.string(),
    message: z.string(),
    evidence: jsonAnswer,
    startedAt: moment,
    resolvedAt: moment.nullable(),
    notifiedAt: moment.nullable(),
  },
  standard: ['createdAt'],
  filters: { severity, state, rule: text(100) },
  sorts: ['-createdAt', 'createdAt'],
  access,
});

export const operationRoutes = [...calls.routes, ...backups.routes, ...alertList.routes];
