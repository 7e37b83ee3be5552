import type { Prisma } from '../generated/prisma/client.js';
import type { AlertSeverity } from '../generated/prisma/enums.js';
import { type Handle, RUNNER } from '../handle.js';
import type { Row } from './model-types.js';
import { createRepository } from './repository.js';
import { topicStatement } from './topic-statement.js';

export const healthChecks = createRepository({
  model: 'HealthCheck',
  table: 'health_check',
  key: 'source',
  sorts: ['source'],
  filters: ['checkedAt'],
  uniques: [{ by: ['source'] }],
});

export const externalServiceCalls = createRepository({
  model: 'ExternalServiceCall',
  table: 'external_service_calls',
  sorts: ['createdAt', 'id'],
  filters: ['service', 'ok', 'userId', 'requestId', 'createdAt'],
});

export const webhooks = createRepository({
  model: 'Webhook',
  table: 'webhooks',
  owned: true,
  sorts: ['createdAt', 'id'],
  filters: ['userId', 'isActive', 'eventTypes'],
});

export const webhookEvents = createRepository({
  model: 'WebhookEvent',
  table: 'webhook_events',
  sorts: ['createdAt', 'id'],
  filters: ['webhookId', 'eventType', 'status', 'nextAttemptAt'],
  json: ['payload'],
});

export const backupRuns = createRepository({
  model: 'BackupRun',
  table: 'backup_runs',
  sorts: ['createdAt', 'id'],
  filters: ['status', 'kind', 'verified', 'createdAt'],
  uniques: [{ by: ['backupId'] }],
});

const snapshotRows = createRepository({
  model: 'MetricSnapshot',
  table: 'metric_snapshots',
  sorts: ['capturedAt', 'id'],
  filters: ['tier', 'capturedAt'],
  json: ['data'],
});

const alertRows = createRepository({
  model: 'Alert',
  table: 'alerts',
  sorts: ['createdAt', 'id'],
  filters: ['rule', 'severity', 'state', 'object', 'createdAt'],
  uniques: [{ by: ['rule', 'object'], where: "state = 'firing'" }],
  json: ['evidence'],
});

export const idempotencyKeys = createRepository({
  model: 'IdempotencyKey',
  table: 'idempotency_keys',
  sorts: ['id'],
  filters: ['principal', 'expiresAt'],
  uniques: [{ by: ['principal', 'key'] }],
  json: ['response'],
});

const PRUNE = topicStatement('metric_snapshots.prune', { write: true })`
  delete from metric_snapshots where tier = $1 and id not in
    (select id from metric_snapshots where tier = $1 order by captured_at desc, id desc limit $2)`;

/** Keeps the latest `keep` snapshots of a tier; answers how many were removed. */
async function prune(handle: Handle, tier: number, keep: number): Promise<number> {
  return (await handle[RUNNER].run(PRUNE, [tier, keep])).rowCount;
}

export const metricSnapshots = { ...snapshotRows, prune };

const RESOLVE = topicStatement('alerts.resolve', { write: true })`
  update alerts set state = 'resolved', resolved_at = now() where rule = $1 and object = $2 and state = 'firing'`;

/** Notes that a rule's condition holds: a new alert, or newer evidence for the one that is firing already. */
async function fire(
  handle: Handle,
  alert: {
    rule: string;
    object?: string;
    severity: AlertSeverity;
    message: string;
    evidence?: Prisma.InputJsonValue;
  },
): Promise<Row<'Alert'>> {
  const { rule, object = '', severity, message, evidence = {} } = alert;
  return alertRows.upsert(
    handle,
    ['rule', 'object'],
    { rule, object, severity, message, evidence },
    { severity, message, evidence },
  );
}

/** Notes that a rule's condition no longer holds; answers whether its alert was firing. */
async function resolve(handle: Handle, rule: string, object = ''): Promise<boolean> {
  return (await handle[RUNNER].run(RESOLVE, [rule, object])).rowCount > 0;
}

export const alerts = { ...alertRows, fire, resolve };
