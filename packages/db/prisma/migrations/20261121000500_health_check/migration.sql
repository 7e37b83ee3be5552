-- The table that health probes write to, to prove that writes work.

CREATE TABLE "health_check" (
    "source" TEXT NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "writes" BIGINT NOT NULL DEFAULT 1,

    CONSTRAINT "health_check_pkey" PRIMARY KEY ("source")
);

ALTER TABLE "health_check" ADD CONSTRAINT "health_check_source_check" CHECK (length(source) BETWEEN 1 AND 100);
