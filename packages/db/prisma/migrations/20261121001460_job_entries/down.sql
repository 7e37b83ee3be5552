DROP FUNCTION "plinth"."retry_job"(bigint);
DROP VIEW "public"."job_entries";
DROP FUNCTION "plinth"."actor_may"(text);
