-- Once per database, as superuser and connected to it: ownership, privileges, statistics. Safe to repeat.
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;

DO $$
BEGIN
  EXECUTE format('ALTER DATABASE %I OWNER TO plinth_owner', current_database());
  EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'UTC');
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO plinth_migrator, plinth_app, plinth_worker, plinth_readonly, plinth_backup', current_database());
  -- The migrator acts as the owner here, so that every object belongs to the owner.
  EXECUTE format('ALTER ROLE plinth_migrator IN DATABASE %I SET role = plinth_owner', current_database());
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO plinth_owner;
GRANT USAGE ON SCHEMA public TO plinth_app, plinth_worker, plinth_readonly, plinth_backup;

-- What the owner creates later is usable at once, and no more than that.
ALTER DEFAULT PRIVILEGES FOR ROLE plinth_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE plinth_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO plinth_app, plinth_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE plinth_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO plinth_app, plinth_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE plinth_owner IN SCHEMA public GRANT SELECT ON TABLES TO plinth_readonly;
-- Monitoring has to see how near a sequence is to its end, whichever schema it is in; reading one changes nothing.
ALTER DEFAULT PRIVILEGES FOR ROLE plinth_owner GRANT SELECT ON SEQUENCES TO plinth_readonly;
DO $$
DECLARE
  schema_name text;
BEGIN
  FOREACH schema_name IN ARRAY ARRAY['public', 'audit'] LOOP
    IF to_regnamespace(schema_name) IS NOT NULL THEN
      EXECUTE format('GRANT SELECT ON ALL SEQUENCES IN SCHEMA %I TO plinth_readonly', schema_name);
    END IF;
  END LOOP;
END $$;

-- Large objects are files without an owner's quota: any role could fill the disk with them.
DO $$
DECLARE
  routine regprocedure;
BEGIN
  FOR routine IN
    SELECT p.oid::regprocedure FROM pg_catalog.pg_proc p
     WHERE p.pronamespace = 'pg_catalog'::regnamespace
       AND p.proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_import', 'lo_export', 'lo_open', 'lo_put', 'lowrite', 'lo_truncate', 'lo_truncate64', 'lo_unlink')
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine);
  END LOOP;
END $$;
