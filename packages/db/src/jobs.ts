export { CRONTAB } from './jobs/registry.js';
export { signWebhook, verifyWebhook } from './jobs/signature.js';
export { defineTask, noPayload, type Task, type TaskContext } from './jobs/task.js';
export { WEBHOOK_TRIES } from './jobs/tasks/deliver-webhook.js';
export {
  runDueJobs,
  startWorker,
  type Worker,
  type WorkerCounts,
  type WorkerLog,
  type WorkerOptions,
} from './jobs/worker.js';
