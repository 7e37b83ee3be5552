-- Rate limits, and telling every process at once what its cache may no longer believe.

-- Counters of rate-limiter-flexible (its own layout). Unlogged: they are worth no write-ahead log, and an empty
-- table after a crash only means that everybody may try again.
CREATE UNLOGGED TABLE "plinth"."rate_limits" (
  "key" varchar(255) NOT NULL,
  "points" integer NOT NULL DEFAULT 0,
  "expire" bigint,
  CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("key")
) WITH (fillfactor = 70);
CREATE INDEX "rate_limits_expire_idx" ON "plinth"."rate_limits" ("expire");
COMMENT ON TABLE "plinth"."rate_limits" IS 'Counters of rate limits; key is <limit>:<hash>, expire in milliseconds since 1970';
GRANT SELECT, INSERT, UPDATE, DELETE ON "plinth"."rate_limits" TO plinth_app;
GRANT SELECT, DELETE ON "plinth"."rate_limits" TO plinth_worker;

-- Tells listeners which row changed: "<topic> <key>". A transaction that changes many rows says "<topic> *" instead
-- of the rest, so that loading a million rows does not fill the notification queue. Arguments: topic, key column.
CREATE FUNCTION "plinth"."notify_cache"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  sent integer;
  old_key text;
  new_key text;
BEGIN
  IF TG_LEVEL = 'STATEMENT' THEN
    PERFORM pg_notify('plinth_cache', TG_ARGV[0] || ' *');
    RETURN NULL;
  END IF;
  -- Transaction-local, and counted by whoever writes: a forged value can only make a process forget more.
  sent := coalesce(nullif(current_setting('plinth.cache_notices', true), '')::integer, 0) + 1;
  PERFORM set_config('plinth.cache_notices', sent::text, true);
  IF sent > 200 THEN
    PERFORM pg_notify('plinth_cache', TG_ARGV[0] || ' *');
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' THEN old_key := to_jsonb(OLD) ->> TG_ARGV[1]; END IF;
  IF TG_OP <> 'DELETE' THEN new_key := to_jsonb(NEW) ->> TG_ARGV[1]; END IF;
  PERFORM pg_notify('plinth_cache', TG_ARGV[0] || ' ' || coalesce(new_key, old_key));
  IF old_key <> new_key THEN
    PERFORM pg_notify('plinth_cache', TG_ARGV[0] || ' ' || old_key);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION "plinth"."notify_cache"() FROM PUBLIC;
COMMENT ON FUNCTION "plinth"."notify_cache"() IS 'Trigger: tells caches which row changed; arguments: topic, key column';

-- Only what a cached decision depends on: a sign-in or a counted use of a key must not empty anything.
CREATE TRIGGER "users_cache" AFTER UPDATE ON "users" FOR EACH ROW
  WHEN (OLD.tokens_valid_after IS DISTINCT FROM NEW.tokens_valid_after OR OLD.is_active IS DISTINCT FROM NEW.is_active
    OR OLD.deleted_at IS DISTINCT FROM NEW.deleted_at OR OLD.email_verified_at IS DISTINCT FROM NEW.email_verified_at)
  EXECUTE FUNCTION "plinth"."notify_cache"('users', 'id');
CREATE TRIGGER "users_cache_delete" AFTER DELETE ON "users" FOR EACH ROW EXECUTE FUNCTION "plinth"."notify_cache"('users', 'id');
CREATE TRIGGER "users_cache_truncate" AFTER TRUNCATE ON "users" FOR EACH STATEMENT EXECUTE FUNCTION "plinth"."notify_cache"('users');
-- lint-ignore several-tables-locked: CREATE TRIGGER holds its lock for a moment and reads no row
CREATE TRIGGER "roles_cache" AFTER INSERT OR UPDATE OR DELETE ON "roles" FOR EACH ROW EXECUTE FUNCTION "plinth"."notify_cache"('roles', 'id');
CREATE TRIGGER "roles_cache_truncate" AFTER TRUNCATE ON "roles" FOR EACH STATEMENT EXECUTE FUNCTION "plinth"."notify_cache"('roles');
CREATE TRIGGER "role_assignments_cache" AFTER INSERT OR UPDATE OR DELETE ON "role_assignments" FOR EACH ROW EXECUTE FUNCTION "plinth"."notify_cache"('role_assignments', 'user_id');
CREATE TRIGGER "role_assignments_cache_truncate" AFTER TRUNCATE ON "role_assignments" FOR EACH STATEMENT EXECUTE FUNCTION "plinth"."notify_cache"('role_assignments');
CREATE TRIGGER "api_keys_cache" AFTER UPDATE ON "api_keys" FOR EACH ROW
  WHEN (OLD.revoked_at IS DISTINCT FROM NEW.revoked_at OR OLD.expires_at IS DISTINCT FROM NEW.expires_at
    OR OLD.scopes IS DISTINCT FROM NEW.scopes OR OLD.key_hash IS DISTINCT FROM NEW.key_hash)
  EXECUTE FUNCTION "plinth"."notify_cache"('api_keys', 'id');
CREATE TRIGGER "api_keys_cache_delete" AFTER DELETE ON "api_keys" FOR EACH ROW EXECUTE FUNCTION "plinth"."notify_cache"('api_keys', 'id');
CREATE TRIGGER "api_keys_cache_truncate" AFTER TRUNCATE ON "api_keys" FOR EACH STATEMENT EXECUTE FUNCTION "plinth"."notify_cache"('api_keys');
CREATE TRIGGER "token_blacklist_cache" AFTER INSERT OR UPDATE ON "token_blacklist" FOR EACH ROW EXECUTE FUNCTION "plinth"."notify_cache"('token_blacklist', 'jti');
CREATE TRIGGER "artists_cache" AFTER UPDATE OR DELETE ON "artists" FOR EACH ROW EXECUTE FUNCTION "plinth"."notify_cache"('artists', 'id');
CREATE TRIGGER "artists_cache_truncate" AFTER TRUNCATE ON "artists" FOR EACH STATEMENT EXECUTE FUNCTION "plinth"."notify_cache"('artists');
