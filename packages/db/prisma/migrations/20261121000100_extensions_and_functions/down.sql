-- Roles belong to the cluster and stay.
DROP FUNCTION "plinth"."current_user_id"();
DROP FUNCTION "plinth"."touch_row"();
DROP FUNCTION "plinth"."uuid_v7"();
DROP SCHEMA "plinth";

DROP EXTENSION "pg_trgm";
DROP EXTENSION "pgcrypto";
DROP EXTENSION "uuid-ossp";

DO $$
BEGIN
  IF to_regclass('public._prisma_migrations') IS NOT NULL THEN
    IF current_user = 'plinth_owner' THEN
      GRANT INSERT, UPDATE, DELETE ON public._prisma_migrations TO plinth_app, plinth_worker;
    ELSE
      REVOKE SELECT ON public._prisma_migrations FROM plinth_app, plinth_worker, plinth_readonly;
    END IF;
  END IF;
  IF current_user <> 'plinth_owner' THEN
    REVOKE USAGE ON SCHEMA public FROM plinth_app, plinth_worker, plinth_readonly, plinth_backup;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON TABLES FROM plinth_readonly;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE USAGE, SELECT ON SEQUENCES FROM plinth_app, plinth_worker;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLES FROM plinth_app, plinth_worker;
    ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC;
  END IF;
END $$;
