DROP FUNCTION "plinth"."enqueue_job"(text, jsonb, text, timestamptz);
-- With every job that is waiting.
DROP SCHEMA "graphile_worker" CASCADE;
