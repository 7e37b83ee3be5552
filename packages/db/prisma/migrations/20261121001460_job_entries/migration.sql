-- What operators see of the queue through the API, and the one thing they do there: run a job again.

-- Whether a role of the acting user that is in force permits something. Definer: the caller may not read others' roles.
CREATE FUNCTION "plinth"."actor_may"("p_permission" text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM public.role_assignments a JOIN public.roles r ON r.id = a.role_id
     WHERE a.user_id = plinth.current_user_id() AND p_permission = ANY (r.permissions)
       AND a.revoked_at IS NULL AND (a.expires_at IS NULL OR a.expires_at > now()))
$$;
REVOKE ALL ON FUNCTION "plinth"."actor_may"(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "plinth"."actor_may"(text) TO plinth_app;
COMMENT ON FUNCTION "plinth"."actor_may"(text) IS 'Whether the acting user has the permission now';

-- The queue without its payloads. With its owner's rights, since the application has none in graphile_worker; hence a
-- barrier that asks who acts.
CREATE VIEW "public"."job_entries" WITH (security_barrier = true) AS
SELECT j.id, j.task_identifier AS task, j.key, j.attempts::integer AS attempts, j.max_attempts::integer AS max_attempts,
       CASE WHEN j.locked_at IS NOT NULL THEN 'running'
            WHEN j.attempts >= j.max_attempts THEN 'dead'
            WHEN j.attempts > 0 THEN 'retrying'
            WHEN j.run_at > now() THEN 'scheduled'
            ELSE 'waiting' END AS status,
       left(j.last_error, 500) AS last_error, j.run_at, j.locked_at AS started_at, j.created_at, j.updated_at
  FROM graphile_worker.jobs j
 WHERE (SELECT "plinth"."current_user_id"() IS NOT NULL AND "plinth"."actor_may"('operations:read'));
REVOKE INSERT, UPDATE, DELETE ON "public"."job_entries" FROM plinth_app, plinth_worker;
GRANT SELECT ON "public"."job_entries" TO plinth_app;
COMMENT ON VIEW "public"."job_entries" IS 'Jobs that wait, run or have failed, for those who may see operations';

-- Runs a job again from its first try, now. False where there is none, or where it is running.
CREATE FUNCTION "plinth"."retry_job"("p_id" bigint) RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT plinth.actor_may('operations:write') THEN
    RAISE EXCEPTION 'only who may write operations runs jobs again' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM FROM graphile_worker.reschedule_jobs(ARRAY[p_id], run_at => now(), attempts => 0);
  RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION "plinth"."retry_job"(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "plinth"."retry_job"(bigint) TO plinth_app;
COMMENT ON FUNCTION "plinth"."retry_job"(bigint) IS 'Runs a job again that waits or has failed; whether there was one';
