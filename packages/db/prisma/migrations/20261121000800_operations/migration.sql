-- Operations: webhooks, calls to services outside, backup runs, metrics, alerts, idempotency keys.

CREATE TYPE "webhook_event_status" AS ENUM ('pending', 'delivering', 'delivered', 'failed', 'dead');

CREATE TYPE "backup_run_status" AS ENUM ('running', 'succeeded', 'failed', 'cancelled');

CREATE TYPE "alert_severity" AS ENUM ('info', 'warning', 'critical');

CREATE TYPE "alert_state" AS ENUM ('firing', 'resolved');

CREATE TABLE "external_service_calls" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "service" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "status_code" INTEGER,
    "duration_ms" INTEGER NOT NULL,
    "ok" BOOLEAN NOT NULL,
    "error_code" TEXT,
    "request_id" TEXT,
    "user_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "external_service_calls_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "webhooks" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "user_id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "event_types" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "secret_enc" BYTEA,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "webhooks_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "webhook_events" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "webhook_id" UUID NOT NULL,
    "event_type" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "status" "webhook_event_status" NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "last_status_code" INTEGER,
    "last_error_code" TEXT,
    "delivered_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "updated_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "webhook_events_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "backup_runs" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "backup_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'logical',
    "status" "backup_run_status" NOT NULL DEFAULT 'running',
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "stored_bytes" BIGINT,
    "plain_bytes" BIGINT,
    "verified" INTEGER,
    "verified_at" TIMESTAMPTZ(3),
    "error_code" TEXT,
    "note" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "backup_runs_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "metric_snapshots" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "captured_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "tier" SMALLINT NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "metric_snapshots_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "alerts" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "rule" TEXT NOT NULL,
    "severity" "alert_severity" NOT NULL,
    "state" "alert_state" NOT NULL DEFAULT 'firing',
    "object" TEXT NOT NULL DEFAULT '',
    "message" TEXT NOT NULL,
    "evidence" JSONB NOT NULL DEFAULT '{}',
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(3),
    "notified_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "alerts_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "idempotency_keys" (
    "id" UUID NOT NULL DEFAULT plinth.uuid_v7(),
    "principal" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "status_code" INTEGER,
    "response" JSONB,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "external_service_calls_created_at_id_idx" ON "external_service_calls"("created_at", "id");
CREATE INDEX "external_service_calls_service_created_at_id_idx" ON "external_service_calls"("service", "created_at", "id");
CREATE INDEX "external_service_calls_user_id_idx" ON "external_service_calls"("user_id");
CREATE INDEX "webhooks_user_id_created_at_id_idx" ON "webhooks"("user_id", "created_at", "id");
CREATE INDEX "webhook_events_webhook_id_created_at_id_idx" ON "webhook_events"("webhook_id", "created_at", "id");
CREATE INDEX "webhook_events_status_next_attempt_at_idx" ON "webhook_events"("status", "next_attempt_at");
CREATE UNIQUE INDEX "backup_runs_backup_id_key" ON "backup_runs"("backup_id");
CREATE INDEX "backup_runs_created_at_id_idx" ON "backup_runs"("created_at", "id");
CREATE INDEX "backup_runs_status_created_at_id_idx" ON "backup_runs"("status", "created_at", "id");
CREATE INDEX "metric_snapshots_captured_at_id_idx" ON "metric_snapshots"("captured_at", "id");
CREATE INDEX "metric_snapshots_tier_captured_at_idx" ON "metric_snapshots"("tier", "captured_at");
CREATE INDEX "alerts_created_at_id_idx" ON "alerts"("created_at", "id");
CREATE INDEX "alerts_state_started_at_idx" ON "alerts"("state", "started_at");
CREATE INDEX "idempotency_keys_expires_at_idx" ON "idempotency_keys"("expires_at");
CREATE UNIQUE INDEX "idempotency_keys_principal_key_key" ON "idempotency_keys"("principal", "key");

ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "webhook_events" ADD CONSTRAINT "webhook_events_webhook_id_fkey" FOREIGN KEY ("webhook_id") REFERENCES "webhooks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "external_service_calls" ADD CONSTRAINT "external_service_calls_duration_ms_check" CHECK (duration_ms >= 0);
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_url_check" CHECK (url ~ '^https?://' AND length(url) <= 2048);
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_secret_enc_check" CHECK (octet_length(secret_enc) BETWEEN 31 AND 8192 AND substring(secret_enc FROM 1 FOR 1) = '\x01'::bytea);
ALTER TABLE "webhook_events" ADD CONSTRAINT "webhook_events_attempts_check" CHECK (attempts >= 0);
ALTER TABLE "webhook_events" ADD CONSTRAINT "webhook_events_delivered_at_check" CHECK ((delivered_at IS NOT NULL) = (status = 'delivered'));
ALTER TABLE "backup_runs" ADD CONSTRAINT "backup_runs_verified_check" CHECK (verified BETWEEN 0 AND 3);
ALTER TABLE "backup_runs" ADD CONSTRAINT "backup_runs_finished_at_check" CHECK ((finished_at IS NULL) = (status = 'running'));
ALTER TABLE "metric_snapshots" ADD CONSTRAINT "metric_snapshots_tier_check" CHECK (tier BETWEEN 1 AND 3);
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_resolved_at_check" CHECK ((resolved_at IS NOT NULL) = (state = 'resolved'));

-- A rule fires once per object at a time.
CREATE UNIQUE INDEX "alerts_firing_key" ON "alerts"("rule", "object") WHERE "state" = 'firing';

ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_key_check" CHECK (length(key) BETWEEN 1 AND 255);
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_fingerprint_check" CHECK (octet_length(fingerprint) = 32);

-- Kept for every writer, also psql and raw SQL.
CREATE TRIGGER "webhooks_touch" BEFORE UPDATE ON "webhooks"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
CREATE TRIGGER "webhook_events_touch" BEFORE UPDATE ON "webhook_events"
  FOR EACH ROW EXECUTE FUNCTION "plinth"."touch_row"();
