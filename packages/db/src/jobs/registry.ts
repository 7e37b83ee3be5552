import type { Task } from './task.js';
import { collectMetrics } from './tasks/collect-metrics.js';
import { deliverWebhook } from './tasks/deliver-webhook.js';
import { ensureAuditPartitions } from './tasks/ensure-audit-partitions.js';
import { purgeExpired } from './tasks/purge-expired.js';
import { retireAuditMonths } from './tasks/retire-audit-months.js';
import { sealAudit } from './tasks/seal-audit.js';

/** Every task the worker knows. One that the application shall queue is named in plinth.enqueue_job() too. */
export const TASKS: readonly Task[] = [
  deliverWebhook,
  purgeExpired,
  ensureAuditPartitions,
  retireAuditMonths,
  sealAudit,
  collectMetrics,
];

/** What runs by the clock (UTC), however many workers there are: once each. */
export const CRONTAB: readonly { task: string; at: string }[] = [
  { task: collectMetrics.name, at: '* * * * *' },
  { task: sealAudit.name, at: '*/5 * * * *' },
  { task: purgeExpired.name, at: '17 * * * *' },
  { task: ensureAuditPartitions.name, at: '5 0 * * *' },
  { task: retireAuditMonths.name, at: '35 0 * * *' },
];
