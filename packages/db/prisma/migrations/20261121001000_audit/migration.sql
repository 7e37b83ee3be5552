-- Audit: what the application may cause to be written but never change.
-- The schema is outside Prisma's (partitions and definer functions are beyond it) and holds no foreign keys:
-- the record of a row outlives the row, and the record of a person's acts outlives the account.
CREATE SCHEMA "audit";
COMMENT ON SCHEMA "audit" IS 'Append-only records; written by triggers and audit functions alone';
GRANT USAGE ON SCHEMA "audit" TO plinth_readonly, plinth_worker;

-- Append-only for everybody but a superuser who switches triggers off, which the seals then show.
CREATE FUNCTION "audit"."refuse_change"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: the audit is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
REVOKE ALL ON FUNCTION "audit"."refuse_change"() FROM PUBLIC;

-- Every change of an audited row, and events of other kinds. Partitioned by month, so that old months can be
-- sealed, archived and dropped without a DELETE. Transaction ids are counted per cluster: a row says whose count its
-- txid belongs to. Restored into another cluster, the old rows keep their epoch and new ones begin another.
CREATE TABLE "audit"."audit_log" (
  "id" uuid NOT NULL DEFAULT "plinth"."uuid_v7"(),
  "occurred_at" timestamptz(3) NOT NULL DEFAULT now(),
  "txid" xid8 NOT NULL DEFAULT pg_current_xact_id(),
  "action" text NOT NULL,
  "entity" text NOT NULL,
  "entity_id" text,
  "before" jsonb,
  "after" jsonb,
  "changed" text[] NOT NULL DEFAULT '{}',
  "actor_type" text NOT NULL,
  "actor_id" text NOT NULL,
  "user_id" uuid,
  "request_id" text,
  "db_user" text NOT NULL DEFAULT session_user,
  "system_identifier" bigint NOT NULL DEFAULT (pg_control_system()).system_identifier,
  CONSTRAINT "audit_log_pkey" PRIMARY KEY ("id", "occurred_at"),
  CONSTRAINT "audit_log_action_check" CHECK ("action" IN ('insert', 'update', 'delete', 'truncate', 'event'))
) PARTITION BY RANGE ("occurred_at");

CREATE INDEX "audit_log_occurred_at_idx" ON "audit"."audit_log" ("occurred_at", "id");
CREATE INDEX "audit_log_actor_idx" ON "audit"."audit_log" ("actor_id", "occurred_at");
CREATE INDEX "audit_log_user_idx" ON "audit"."audit_log" ("user_id", "occurred_at") WHERE "user_id" IS NOT NULL;
CREATE INDEX "audit_log_entity_idx" ON "audit"."audit_log" ("entity", "entity_id", "occurred_at");
CREATE INDEX "audit_log_request_idx" ON "audit"."audit_log" ("request_id") WHERE "request_id" IS NOT NULL;
-- Sealing reads by transaction id.
CREATE INDEX "audit_log_txid_idx" ON "audit"."audit_log" ("txid");

COMMENT ON TABLE "audit"."audit_log" IS 'Changes of audited rows: before, after, who, in which request';
COMMENT ON COLUMN "audit"."audit_log"."txid" IS 'Transaction that wrote the row; seals cover ranges of it';
COMMENT ON COLUMN "audit"."audit_log"."system_identifier" IS 'Cluster that wrote the row; txid counts within it';
COMMENT ON COLUMN "audit"."audit_log"."entity" IS 'Table, or the kind of event';
COMMENT ON COLUMN "audit"."audit_log"."actor_type" IS 'user, api_key, system, or database for writes that told no actor';
COMMENT ON COLUMN "audit"."audit_log"."actor_id" IS 'User id, key id, job name, or the database role';
COMMENT ON COLUMN "audit"."audit_log"."changed" IS 'Columns whose values differ between before and after';

CREATE TRIGGER "audit_log_append_only" BEFORE UPDATE OR DELETE ON "audit"."audit_log" FOR EACH ROW EXECUTE FUNCTION "audit"."refuse_change"();
CREATE TRIGGER "audit_log_no_truncate" BEFORE TRUNCATE ON "audit"."audit_log" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."refuse_change"();

-- Rows of a month that nobody prepared land here rather than failing; monitoring counts them.
CREATE TABLE "audit"."audit_log_default" PARTITION OF "audit"."audit_log" DEFAULT;
-- Row triggers are cloned to partitions, statement triggers are not.
CREATE TRIGGER "audit_log_no_truncate" BEFORE TRUNCATE ON "audit"."audit_log_default" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."refuse_change"();

-- Makes the partitions from the month of p_from on, p_months of them, and returns how many were missing.
-- LIKE and ATTACH rather than PARTITION OF: writers are never blocked (SHARE UPDATE EXCLUSIVE on the parent).
CREATE FUNCTION "audit"."ensure_partitions"("p_from" timestamptz, "p_months" integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  month timestamptz;
  child text;
  made integer := 0;
BEGIN
  FOR step IN 0 .. p_months - 1 LOOP
    month := date_trunc('month', p_from) + make_interval(months => step);
    child := 'audit_log_' || to_char(month, 'YYYY_MM');
    CONTINUE WHEN to_regclass('audit.' || quote_ident(child)) IS NOT NULL;
    EXECUTE format('CREATE TABLE audit.%I (LIKE audit.audit_log INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES, CHECK (occurred_at >= %L AND occurred_at < %L))',
      child, month, month + interval '1 month');
    EXECUTE format('ALTER TABLE audit.audit_log ATTACH PARTITION audit.%I FOR VALUES FROM (%L) TO (%L)',
      child, month, month + interval '1 month');
    EXECUTE format('CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit.%I FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', child);
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;
REVOKE ALL ON FUNCTION "audit"."ensure_partitions"(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "audit"."ensure_partitions"(timestamptz, integer) TO plinth_worker;
COMMENT ON FUNCTION "audit"."ensure_partitions"(timestamptz, integer) IS 'Makes missing monthly partitions of audit_log; returns how many';

-- This month and the three after it; the worker keeps three ahead.
SELECT "audit"."ensure_partitions"(now(), 4);

-- A seal covers every row of the transactions from from_xid up to, not including, to_xid, and chains to the
-- seal before it. A seal is of one month, so that a month can be retired with its seals verified and none cut in two.
-- Transaction ids are of one cluster: another cluster (a restore) starts another epoch.
CREATE TABLE "audit"."audit_seals" (
  "id" bigint GENERATED ALWAYS AS IDENTITY,
  "system_identifier" bigint NOT NULL,
  "from_xid" xid8 NOT NULL,
  "to_xid" xid8 NOT NULL,
  "row_count" bigint NOT NULL,
  "digest" bytea NOT NULL,
  "previous_chain" bytea NOT NULL,
  "chain" bytea NOT NULL,
  "sealed_at" timestamptz(3) NOT NULL DEFAULT now(),
  "month" date NOT NULL,
  "kind" text NOT NULL DEFAULT 'rows',
  CONSTRAINT "audit_seals_kind_check" CHECK ("kind" IN ('rows', 'retired')),
  CONSTRAINT "audit_seals_month_check" CHECK (extract(day FROM "month") = 1),
  CONSTRAINT "audit_seals_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "audit_seals_range_check" CHECK ("to_xid" > "from_xid"),
  CONSTRAINT "audit_seals_row_count_check" CHECK ("row_count" >= 0),
  CONSTRAINT "audit_seals_hashes_check" CHECK (octet_length("digest") = 32 AND octet_length("previous_chain") = 32 AND octet_length("chain") = 32)
);
CREATE UNIQUE INDEX "audit_seals_range_key" ON "audit"."audit_seals" ("system_identifier", "from_xid", "month", "kind");
CREATE INDEX "audit_seals_month_idx" ON "audit"."audit_seals" ("month", "id");
COMMENT ON COLUMN "audit"."audit_seals"."kind" IS 'rows: digest of rows; retired: digest of the chains of a month whose rows were dropped';
COMMENT ON TABLE "audit"."audit_seals" IS 'Hash chain over audit_log: digest of a range of transactions, chained to the one before';

-- Sign-ins, refusals, privilege changes: what a security team asks for first.
CREATE TABLE "audit"."security_events" (
  "id" uuid NOT NULL DEFAULT "plinth"."uuid_v7"(),
  "occurred_at" timestamptz(3) NOT NULL DEFAULT now(),
  "type" text NOT NULL,
  "severity" text NOT NULL DEFAULT 'info',
  "user_id" uuid,
  "actor_type" text NOT NULL,
  "actor_id" text NOT NULL,
  "ip_address" inet,
  "user_agent" text,
  "request_id" text,
  "details" jsonb NOT NULL DEFAULT '{}',
  CONSTRAINT "security_events_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "security_events_type_check" CHECK ("type" ~ '^[a-z][a-z0-9_.]{1,62}$'),
  CONSTRAINT "security_events_severity_check" CHECK ("severity" IN ('info', 'warning', 'critical')),
  CONSTRAINT "security_events_details_check" CHECK (jsonb_typeof("details") = 'object')
);
CREATE INDEX "security_events_occurred_at_idx" ON "audit"."security_events" ("occurred_at", "id");
CREATE INDEX "security_events_user_idx" ON "audit"."security_events" ("user_id", "occurred_at");
CREATE INDEX "security_events_type_idx" ON "audit"."security_events" ("type", "occurred_at");
CREATE INDEX "security_events_request_idx" ON "audit"."security_events" ("request_id") WHERE "request_id" IS NOT NULL;
COMMENT ON TABLE "audit"."security_events" IS 'Sign-ins, refusals, privilege changes, tampering found';

-- Reads that must leave a trace: exports, decrypted secrets, documents of a business.
CREATE TABLE "audit"."data_access_log" (
  "id" uuid NOT NULL DEFAULT "plinth"."uuid_v7"(),
  "occurred_at" timestamptz(3) NOT NULL DEFAULT now(),
  "entity" text NOT NULL,
  "entity_id" text,
  "fields" text[] NOT NULL DEFAULT '{}',
  "purpose" text NOT NULL,
  "row_count" integer NOT NULL DEFAULT 1,
  "actor_type" text NOT NULL,
  "actor_id" text NOT NULL,
  "user_id" uuid,
  "request_id" text,
  CONSTRAINT "data_access_log_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "data_access_log_purpose_check" CHECK (length("purpose") BETWEEN 1 AND 200),
  CONSTRAINT "data_access_log_row_count_check" CHECK ("row_count" >= 0)
);
CREATE INDEX "data_access_log_occurred_at_idx" ON "audit"."data_access_log" ("occurred_at", "id");
CREATE INDEX "data_access_log_actor_idx" ON "audit"."data_access_log" ("actor_id", "occurred_at");
CREATE INDEX "data_access_log_entity_idx" ON "audit"."data_access_log" ("entity", "entity_id", "occurred_at");
CREATE INDEX "data_access_log_request_idx" ON "audit"."data_access_log" ("request_id") WHERE "request_id" IS NOT NULL;
COMMENT ON TABLE "audit"."data_access_log" IS 'Reads that leave a trace: exports, decrypted secrets, business documents';

-- Who acts, for every record: what withActor() told this transaction, else the database role.
CREATE FUNCTION "audit"."actor"(OUT "actor_type" text, OUT "actor_id" text, OUT "user_id" uuid, OUT "request_id" text)
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(nullif(current_setting('app.actor_type', true), ''), 'database'),
         coalesce(nullif(current_setting('app.actor_id', true), ''), session_user::text),
         nullif(current_setting('app.user_id', true), '')::uuid,
         nullif(current_setting('app.request_id', true), '')
$$;
REVOKE ALL ON FUNCTION "audit"."actor"() FROM PUBLIC;

-- The application's way to record what no trigger sees. Runs in the caller's transaction.
CREATE FUNCTION "audit"."record_event"("p_type" text, "p_severity" text, "p_user_id" uuid, "p_ip_address" inet, "p_user_agent" text, "p_details" jsonb) RETURNS uuid
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO audit.security_events (type, severity, user_id, ip_address, user_agent, details, actor_type, actor_id, request_id)
  SELECT p_type, p_severity, coalesce(p_user_id, a.user_id), p_ip_address, left(p_user_agent, 400), coalesce(p_details, '{}'), a.actor_type, a.actor_id, a.request_id
    FROM audit.actor() a
  RETURNING id
$$;
REVOKE ALL ON FUNCTION "audit"."record_event"(text, text, uuid, inet, text, jsonb) FROM PUBLIC;
GRANT USAGE ON SCHEMA "audit" TO plinth_app;
GRANT EXECUTE ON FUNCTION "audit"."record_event"(text, text, uuid, inet, text, jsonb) TO plinth_app, plinth_worker;
COMMENT ON FUNCTION "audit"."record_event"(text, text, uuid, inet, text, jsonb) IS 'Records a security event as the acting actor';

CREATE FUNCTION "audit"."record_access"("p_entity" text, "p_entity_id" text, "p_fields" text[], "p_purpose" text, "p_row_count" integer) RETURNS uuid
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO audit.data_access_log (entity, entity_id, fields, purpose, row_count, actor_type, actor_id, user_id, request_id)
  SELECT p_entity, p_entity_id, coalesce(p_fields, '{}'), p_purpose, p_row_count, a.actor_type, a.actor_id, a.user_id, a.request_id
    FROM audit.actor() a
  RETURNING id
$$;
REVOKE ALL ON FUNCTION "audit"."record_access"(text, text, text[], text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "audit"."record_access"(text, text, text[], text, integer) TO plinth_app, plinth_worker;
COMMENT ON FUNCTION "audit"."record_access"(text, text, text[], text, integer) IS 'Records a read that leaves a trace as the acting actor';

-- Whoever may read the log may read all of it; the application reads through its own view (part of row security).
GRANT SELECT ON ALL TABLES IN SCHEMA "audit" TO plinth_readonly, plinth_worker;

CREATE TRIGGER "audit_seals_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit"."audit_seals" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."refuse_change"();
CREATE TRIGGER "security_events_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit"."security_events" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."refuse_change"();
CREATE TRIGGER "data_access_log_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit"."data_access_log" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."refuse_change"();
