DROP FUNCTION "audit"."drop_archived_month"(date);
DROP FUNCTION "audit"."archive_month"(date);
-- With the months in it: they are part of the log.
DROP SCHEMA "archive" CASCADE;
DROP FUNCTION "audit"."seal"(integer);
DROP FUNCTION "audit"."seal_range"(bigint, xid8, xid8);
DROP FUNCTION "audit"."append_seal"(text, bigint, xid8, xid8, date, bigint, bytea);
DROP FUNCTION "audit"."row_hash"("audit"."audit_log");
