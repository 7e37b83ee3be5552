-- Roles, extensions and functions that every later migration stands on.

-- The bootstrap makes the roles with their attributes and passwords. Where it has not run (a scratch
-- server, a managed database deployed by its administrator), they are made without login, so that
-- the grants of the migrations always have a grantee.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['plinth_owner', 'plinth_migrator', 'plinth_app', 'plinth_worker', 'plinth_readonly', 'plinth_backup'] LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
      EXCEPTION
        -- Another database of this cluster is being deployed at the same moment.
        WHEN duplicate_object OR unique_violation THEN NULL;
        WHEN insufficient_privilege THEN
          RAISE EXCEPTION 'role % is missing and % may not create it', role_name, current_user
            USING HINT = 'Run packages/db/prisma/bootstrap/01-roles.sql as an administrator first.';
      END;
    END IF;
  END LOOP;
END $$;

-- The bootstrap sets these for the owner role; a deploy under any other role sets its own.
DO $$
BEGIN
  IF current_user <> 'plinth_owner' THEN
    ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO plinth_app, plinth_worker;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO plinth_app, plinth_worker;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO plinth_readonly;
    GRANT USAGE ON SCHEMA public TO plinth_app, plinth_worker, plinth_readonly, plinth_backup;
  END IF;
END $$;

-- Prisma's history is written by the migrator alone. It exists before the first migration, except in shadow databases.
DO $$
BEGIN
  IF to_regclass('public._prisma_migrations') IS NOT NULL THEN
    REVOKE INSERT, UPDATE, DELETE ON public._prisma_migrations FROM plinth_app, plinth_worker;
    GRANT SELECT ON public._prisma_migrations TO plinth_app, plinth_worker, plinth_readonly;
  END IF;
END $$;

CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA "public";
CREATE EXTENSION IF NOT EXISTS "pgcrypto" WITH SCHEMA "public";
CREATE EXTENSION IF NOT EXISTS "pg_trgm" WITH SCHEMA "public";

-- Everything of ours that is not data: functions, and the migration tool's own records.
CREATE SCHEMA "plinth";
COMMENT ON SCHEMA "plinth" IS 'Functions and internal records of Plinth; the data is in public and audit';
GRANT USAGE ON SCHEMA "plinth" TO plinth_app, plinth_worker, plinth_readonly, plinth_backup;

-- Every function of ours names its search_path, pg_temp last: a temporary object could otherwise stand in for a
-- type or table that the function names.

-- UUID version 7 (RFC 9562), ordered by microsecond within one server. Native from PostgreSQL 18;
-- before it, milliseconds in the first 48 bits and the microsecond fraction in rand_a (section 6.2, method 3).
DO $do$
BEGIN
  IF current_setting('server_version_num')::int >= 180000 THEN
    EXECUTE $sql$
      CREATE FUNCTION "plinth"."uuid_v7"() RETURNS uuid
        LANGUAGE sql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$ SELECT uuidv7() $$
    $sql$;
  ELSE
    EXECUTE $sql$
      CREATE FUNCTION "plinth"."uuid_v7"() RETURNS uuid
        LANGUAGE sql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
        SELECT encode(
          overlay(uuid_send(gen_random_uuid())
            PLACING substring(int8send(us / 1000) FROM 3 FOR 6)
                 || substring(int8send((7::bigint << 12) | ((us % 1000) * 4096 / 1000)) FROM 7 FOR 2)
            FROM 1 FOR 8), 'hex')::uuid
          FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS us) t
        $$
    $sql$;
  END IF;
END $do$;
REVOKE ALL ON FUNCTION "plinth"."uuid_v7"() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "plinth"."uuid_v7"() TO plinth_app, plinth_worker;
COMMENT ON FUNCTION "plinth"."uuid_v7"() IS 'UUID version 7, ordered by microsecond';

-- updated_at and version for every writer: a write that did not raise the version itself (psql, raw SQL)
-- gets it raised, so that a stale If-Match never passes.
CREATE FUNCTION "plinth"."touch_row"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.updated_at := clock_timestamp();
  IF NEW.version = OLD.version THEN
    NEW.version := OLD.version + 1;
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION "plinth"."touch_row"() FROM PUBLIC;
COMMENT ON FUNCTION "plinth"."touch_row"() IS 'Trigger: keeps updated_at and version for every writer';

-- Who acts in this transaction, set by withActor(); null outside one. nullif: a transaction-local
-- setting is '' rather than null after its transaction has ended.
CREATE FUNCTION "plinth"."current_user_id"() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT nullif(current_setting('app.user_id', true), '')::uuid
$$;
REVOKE ALL ON FUNCTION "plinth"."current_user_id"() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "plinth"."current_user_id"() TO plinth_app, plinth_worker, plinth_readonly;
COMMENT ON FUNCTION "plinth"."current_user_id"() IS 'The acting user of this transaction, or null';
