-- What seeding created, so that it can be told apart from everything else and removed again.

CREATE TABLE "plinth"."seed_runs" (
    "scenario" TEXT NOT NULL,
    "seed" BIGINT NOT NULL,
    "anchor" TIMESTAMPTZ(3) NOT NULL,
    "first_run_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_run_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "inserted" BIGINT NOT NULL DEFAULT 0,
    "skipped" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "seed_runs_pkey" PRIMARY KEY ("scenario", "seed")
);
COMMENT ON TABLE "plinth"."seed_runs" IS 'One row per scenario and seed: when it ran, and the moment its times count from';

CREATE TABLE "plinth"."seeded_rows" (
    "table_name" TEXT NOT NULL,
    "row_id" UUID NOT NULL,
    "scenario" TEXT NOT NULL,

    CONSTRAINT "seeded_rows_pkey" PRIMARY KEY ("table_name", "row_id")
);
COMMENT ON TABLE "plinth"."seeded_rows" IS 'Every row of schema public that a scenario inserted, by its primary key';

-- A million single entries would cost as much as the rows: bulk ids are consecutive, so one range per table says all.
CREATE TABLE "plinth"."seeded_ranges" (
    "table_name" TEXT NOT NULL,
    "seed" BIGINT NOT NULL,
    "shape" JSONB NOT NULL,
    "done" BIGINT NOT NULL DEFAULT 0,
    "first_id" UUID NOT NULL,
    "last_id" UUID,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "seeded_ranges_pkey" PRIMARY KEY ("table_name", "seed"),
    CONSTRAINT "seeded_ranges_done_check" CHECK (done >= 0 AND (done = 0) = (last_id IS NULL))
);
COMMENT ON TABLE "plinth"."seeded_ranges" IS 'Rows that plinth seed bulk committed: ids first_id..last_id, written in the transaction of each chunk';
