-- Cancelling a statement or ending a session of this database, on behalf of a person who may. The owner has
-- pg_signal_backend and pg_read_all_stats for it (bootstrap/01-roles.sql); the application has neither, and this
-- function is its one way. Every attempt leaves a security event; the event is written before the signal is sent.
-- Returns what happened: signalled, or why not.
CREATE FUNCTION "plinth"."signal_session"("p_pid" integer, "p_backend_start" timestamptz, "p_action" text, "p_reason" text, "p_ip_address" inet, "p_user_agent" text) RETURNS text
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  target record;
  outcome text;
BEGIN
  IF p_action IS NULL OR p_action NOT IN ('cancel', 'terminate') OR coalesce(btrim(p_reason), '') = '' OR length(p_reason) > 500 THEN
    RAISE EXCEPTION 'an action (cancel or terminate) and a reason of at most 500 characters are needed' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT a.pid, a.datname, a.usename, a.application_name, a.backend_start, a.backend_type, r.rolsuper INTO target
    FROM pg_stat_activity a LEFT JOIN pg_roles r ON r.oid = a.usesysid
   WHERE a.pid = p_pid;
  outcome := CASE
    WHEN NOT plinth.actor_may('database:signal') THEN 'not_permitted'
    WHEN NOT (pg_has_role(current_user, 'pg_signal_backend', 'USAGE') AND pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')) THEN 'not_granted'
    WHEN target.pid IS NULL THEN 'gone'
    WHEN p_pid = pg_backend_pid() THEN 'own'
    WHEN target.datname IS DISTINCT FROM current_database() THEN 'other_database'
    WHEN target.backend_type IS DISTINCT FROM 'client backend' THEN 'not_a_client'
    WHEN coalesce(target.rolsuper, true) THEN 'superuser'
    -- A pid is used again after its session has ended; clients know the start to the millisecond.
    WHEN date_trunc('milliseconds', target.backend_start) IS DISTINCT FROM date_trunc('milliseconds', p_backend_start) THEN 'other_session'
    ELSE 'signalled'
  END;
  PERFORM audit.record_event(
    CASE WHEN outcome <> 'signalled' THEN 'database.signal_refused'
         WHEN p_action = 'cancel' THEN 'database.session_cancelled' ELSE 'database.session_terminated' END,
    'warning', NULL, p_ip_address, p_user_agent,
    jsonb_build_object('pid', p_pid, 'backendStart', p_backend_start, 'action', p_action, 'reason', p_reason, 'outcome', outcome,
                       'role', target.usename, 'application', target.application_name));
  IF outcome = 'signalled' AND NOT (CASE p_action WHEN 'cancel' THEN pg_cancel_backend(p_pid) ELSE pg_terminate_backend(p_pid) END) THEN
    outcome := 'gone';
  END IF;
  RETURN outcome;
END $$;
REVOKE ALL ON FUNCTION "plinth"."signal_session"(integer, timestamptz, text, text, inet, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "plinth"."signal_session"(integer, timestamptz, text, text, inet, text) TO plinth_app;
COMMENT ON FUNCTION "plinth"."signal_session"(integer, timestamptz, text, text, inet, text) IS 'Cancels or ends a session of this database for a person who may, and records it; returns what happened';
