DROP TABLE "idempotency_keys";
DROP TABLE "alerts";
DROP TABLE "metric_snapshots";
DROP TABLE "backup_runs";
DROP TABLE "webhook_events";
DROP TABLE "webhooks";
DROP TABLE "external_service_calls";

DROP TYPE "alert_state";
DROP TYPE "alert_severity";
DROP TYPE "backup_run_status";
DROP TYPE "webhook_event_status";
