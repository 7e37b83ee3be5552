-- Once per cluster, as superuser: the roles of Plinth. Safe to repeat.
-- Passwords are not here: set them with ALTER ROLE ... PASSWORD (docker: 03-passwords.sh; embedded: random).
--
--   plinth_owner     owns every object; nobody logs in as it
--   plinth_migrator  deploys migrations: acts as the owner in Plinth's databases; makes scratch databases
--   plinth_app       the API: data only
--   plinth_worker    background jobs: data only
--   plinth_readonly  people and monitoring: reads, sees all sessions
--   plinth_backup    pg_dump: reads every row, whatever row security says
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['plinth_owner', 'plinth_migrator', 'plinth_app', 'plinth_worker', 'plinth_readonly', 'plinth_backup'] LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I', role_name);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
  END LOOP;
END $$;

ALTER ROLE plinth_owner    NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE plinth_migrator LOGIN   NOSUPERUSER CREATEDB   NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;
ALTER ROLE plinth_app      LOGIN   NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE plinth_worker   LOGIN   NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE plinth_readonly LOGIN   NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE plinth_backup   LOGIN   NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS;

GRANT plinth_owner     TO plinth_migrator;
GRANT pg_monitor       TO plinth_readonly;
GRANT pg_read_all_data TO plinth_backup;

-- plinth.signal_session(), which the owner's rights run, ends sessions for people who may. An administrator who may not
-- grant this (managed servers) leaves that function refusing, and nothing else.
DO $$
BEGIN
  GRANT pg_read_all_stats, pg_signal_backend TO plinth_owner;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'plinth_owner may not signal sessions: they cannot be ended through the API';
END $$;

-- A runaway statement, a forgotten lock or an idle transaction of one request must not take the others down.
ALTER ROLE plinth_app      SET statement_timeout = '15s';
ALTER ROLE plinth_app      SET lock_timeout = '3s';
ALTER ROLE plinth_app      SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE plinth_worker   SET statement_timeout = '60s';
ALTER ROLE plinth_worker   SET lock_timeout = '5s';
ALTER ROLE plinth_worker   SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE plinth_readonly SET statement_timeout = '30s';
ALTER ROLE plinth_readonly SET default_transaction_read_only = 'on';
ALTER ROLE plinth_migrator SET lock_timeout = '5s';

-- The server ends queries of clients that went away. Only where the operating system can tell (Linux, macOS, BSD).
DO $$
BEGIN
  ALTER ROLE plinth_app SET client_connection_check_interval = '5s';
EXCEPTION WHEN invalid_parameter_value THEN
  RAISE NOTICE 'client_connection_check_interval is not supported on this server';
END $$;

-- Timestamps are read and written as UTC by every client (JavaScript drivers misread any other zone).
ALTER ROLE plinth_app      SET timezone = 'UTC';
ALTER ROLE plinth_worker   SET timezone = 'UTC';
ALTER ROLE plinth_readonly SET timezone = 'UTC';
ALTER ROLE plinth_migrator SET timezone = 'UTC';
ALTER ROLE plinth_backup   SET timezone = 'UTC';

