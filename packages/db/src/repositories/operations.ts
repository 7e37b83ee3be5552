import { createRepository } from './repository.js';

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

export const metricSnapshots = createRepository({
  model: 'MetricSnapshot',
  table: 'metric_snapshots',
  sorts: ['capturedAt', 'id'],
  filters: ['tier', 'capturedAt'],
  json: ['data'],
});

export const alerts = createRepository({
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
