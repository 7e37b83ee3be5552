-- Row security: rows of a person are visible to that person alone, whatever WHERE a query forgets.
--
-- Who acts comes from withActor(): transaction-local settings. The wrapped sub-select makes the policy an
-- init plan, evaluated once per query. Shared catalogues (artists, businesses, campaigns) have none: trigram and
-- JSON operators are not leakproof, so below a policy they could not use their indexes.
--
-- The owner of the objects is subject to the policies too (FORCE). Definer functions and maintenance (seeds,
-- data migrations) say plinth.maintenance = on for their transaction; that opens the owner's own policies and
-- nobody else's: no policy of another role reads the setting.

-- Whether the acting user holds a role that is in force. Definer: the caller may not read others' assignments.
CREATE FUNCTION "plinth"."actor_has_role"("p_role" text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM public.role_assignments a JOIN public.roles r ON r.id = a.role_id
     WHERE a.user_id = plinth.current_user_id() AND r.name = p_role
       AND a.revoked_at IS NULL AND (a.expires_at IS NULL OR a.expires_at > now()))
$$;
REVOKE ALL ON FUNCTION "plinth"."actor_has_role"(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "plinth"."actor_has_role"(text) TO plinth_app, plinth_worker, plinth_readonly;
COMMENT ON FUNCTION "plinth"."actor_has_role"(text) IS 'Whether the acting user holds the role now';

-- Where the acting user takes part. Definer, so that the policy does not depend on who may read the
-- participants; a set, so that the policy reads it once per query and not once per row.
CREATE FUNCTION "plinth"."actor_conversations"() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.conversation_id FROM public.conversation_participants p
   WHERE p.user_id = plinth.current_user_id() AND p.left_at IS NULL
$$;
REVOKE ALL ON FUNCTION "plinth"."actor_conversations"() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "plinth"."actor_conversations"() TO plinth_app, plinth_worker;
COMMENT ON FUNCTION "plinth"."actor_conversations"() IS 'Conversations the acting user takes part in now';

ALTER TABLE "user_artist_blocks" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "user_artist_blocks" FORCE ROW LEVEL SECURITY;
CREATE POLICY "user_artist_blocks_own" ON "user_artist_blocks" TO plinth_app
  USING ("user_id" = (SELECT "plinth"."current_user_id"()))
  WITH CHECK ("user_id" = (SELECT "plinth"."current_user_id"()));
CREATE POLICY "user_artist_blocks_maintenance" ON "user_artist_blocks" TO CURRENT_USER
  USING ((SELECT current_setting('plinth.maintenance', true)) = 'on')
  WITH CHECK ((SELECT current_setting('plinth.maintenance', true)) = 'on');

-- lint-ignore several-tables-locked: switching policies on reads no row; each lock is held for a moment
ALTER TABLE "community_list_subscriptions" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "community_list_subscriptions" FORCE ROW LEVEL SECURITY;
CREATE POLICY "community_list_subscriptions_own" ON "community_list_subscriptions" TO plinth_app
  USING ("user_id" = (SELECT "plinth"."current_user_id"()))
  WITH CHECK ("user_id" = (SELECT "plinth"."current_user_id"()));
CREATE POLICY "community_list_subscriptions_maintenance" ON "community_list_subscriptions" TO CURRENT_USER
  USING ((SELECT current_setting('plinth.maintenance', true)) = 'on')
  WITH CHECK ((SELECT current_setting('plinth.maintenance', true)) = 'on');

ALTER TABLE "oauth_accounts" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "oauth_accounts" FORCE ROW LEVEL SECURITY;
CREATE POLICY "oauth_accounts_own" ON "oauth_accounts" TO plinth_app
  USING ("user_id" = (SELECT "plinth"."current_user_id"()))
  WITH CHECK ("user_id" = (SELECT "plinth"."current_user_id"()));
CREATE POLICY "oauth_accounts_maintenance" ON "oauth_accounts" TO CURRENT_USER
  USING ((SELECT current_setting('plinth.maintenance', true)) = 'on')
  WITH CHECK ((SELECT current_setting('plinth.maintenance', true)) = 'on');

ALTER TABLE "sessions" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "sessions" FORCE ROW LEVEL SECURITY;
CREATE POLICY "sessions_own" ON "sessions" TO plinth_app
  USING ("user_id" = (SELECT "plinth"."current_user_id"()))
  WITH CHECK ("user_id" = (SELECT "plinth"."current_user_id"()));
CREATE POLICY "sessions_maintenance" ON "sessions" TO CURRENT_USER
  USING ((SELECT current_setting('plinth.maintenance', true)) = 'on')
  WITH CHECK ((SELECT current_setting('plinth.maintenance', true)) = 'on');

ALTER TABLE "api_keys" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "api_keys" FORCE ROW LEVEL SECURITY;
CREATE POLICY "api_keys_own" ON "api_keys" TO plinth_app
  USING ("user_id" = (SELECT "plinth"."current_user_id"()))
  WITH CHECK ("user_id" = (SELECT "plinth"."current_user_id"()));
CREATE POLICY "api_keys_maintenance" ON "api_keys" TO CURRENT_USER
  USING ((SELECT current_setting('plinth.maintenance', true)) = 'on')
  WITH CHECK ((SELECT current_setting('plinth.maintenance', true)) = 'on');

ALTER TABLE "email_verification_tokens" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "email_verification_tokens" FORCE ROW LEVEL SECURITY;
CREATE POLICY "email_verification_tokens_own" ON "email_verification_tokens" TO plinth_app
  USING ("user_id" = (SELECT "plinth"."current_user_id"()))
  WITH CHECK ("user_id" = (SELECT "plinth"."current_user_id"()));
CREATE POLICY "email_verification_tokens_maintenance" ON "email_verification_tokens" TO CURRENT_USER
  USING ((SELECT current_setting('plinth.maintenance', true)) = 'on')
  WITH CHECK ((SELECT current_setting('plinth.maintenance', true)) = 'on');

ALTER TABLE "password_reset_tokens" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "password_reset_tokens" FORCE ROW LEVEL SECURITY;
CREATE POLICY "password_reset_tokens_own" ON "password_reset_tokens" TO plinth_app
  USING ("user_id" = (SELECT "plinth"."current_user_id"()))
  WITH CHECK ("user_id" = (SELECT "plinth"."current_user_id"()));
CREATE POLICY "password_reset_tokens_maintenance" ON "password_reset_tokens" TO CURRENT_USER
  USING ((SELECT current_setting('plinth.maintenance', true)) = 'on')
  WITH CHECK ((SELECT current_setting('plinth.maintenance', true)) = 'on');

ALTER TABLE "webhooks" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "webhooks" FORCE ROW LEVEL SECURITY;
CREATE POLICY "webhooks_own" ON "webhooks" TO plinth_app
  USING ("user_id" = (SELECT "plinth"."current_user_id"()))
  WITH CHECK ("user_id" = (SELECT "plinth"."current_user_id"()));
CREATE POLICY "webhooks_maintenance" ON "webhooks" TO CURRENT_USER
  USING ((SELECT current_setting('plinth.maintenance', true)) = 'on')
  WITH CHECK ((SELECT current_setting('plinth.maintenance', true)) = 'on');

ALTER TABLE "messages" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "messages" FORCE ROW LEVEL SECURITY;
-- Participants read; only the sender writes, and only into a conversation of theirs. An array rather than IN:
-- it is an init plan, and the index on conversation_id serves it. Nobody deletes: deleted_at is set.
CREATE POLICY "messages_read" ON "messages" FOR SELECT TO plinth_app
  USING ("conversation_id" = ANY (ARRAY(SELECT "plinth"."actor_conversations"())));
CREATE POLICY "messages_send" ON "messages" FOR INSERT TO plinth_app
  WITH CHECK ("sender_id" = (SELECT "plinth"."current_user_id"())
    AND "conversation_id" = ANY (ARRAY(SELECT "plinth"."actor_conversations"())));
CREATE POLICY "messages_edit" ON "messages" FOR UPDATE TO plinth_app
  USING ("sender_id" = (SELECT "plinth"."current_user_id"()))
  WITH CHECK ("sender_id" = (SELECT "plinth"."current_user_id"())
    AND "conversation_id" = ANY (ARRAY(SELECT "plinth"."actor_conversations"())));
CREATE POLICY "messages_maintenance" ON "messages" TO CURRENT_USER
  USING ((SELECT current_setting('plinth.maintenance', true)) = 'on')
  WITH CHECK ((SELECT current_setting('plinth.maintenance', true)) = 'on');

-- The worker purges what has expired, whosever it is, and changes nothing else.
CREATE POLICY "sessions_purge_read" ON "sessions" FOR SELECT TO plinth_worker USING ("expires_at" < now());
CREATE POLICY "sessions_purge" ON "sessions" FOR DELETE TO plinth_worker USING ("expires_at" < now());
CREATE POLICY "email_verification_tokens_purge_read" ON "email_verification_tokens" FOR SELECT TO plinth_worker USING ("expires_at" < now());
CREATE POLICY "email_verification_tokens_purge" ON "email_verification_tokens" FOR DELETE TO plinth_worker USING ("expires_at" < now());
CREATE POLICY "password_reset_tokens_purge_read" ON "password_reset_tokens" FOR SELECT TO plinth_worker USING ("expires_at" < now());
CREATE POLICY "password_reset_tokens_purge" ON "password_reset_tokens" FOR DELETE TO plinth_worker USING ("expires_at" < now());
-- It delivers to webhooks that are switched on.
CREATE POLICY "webhooks_deliver" ON "webhooks" FOR SELECT TO plinth_worker USING ("is_active");

-- Administrators see other people's sessions and keys and end them. They cannot make one in another's name,
-- and what they touch stays ended. Nobody reads other people's messages, blocks or webhooks.
CREATE POLICY "sessions_admin_read" ON "sessions" FOR SELECT TO plinth_app
  USING ((SELECT "plinth"."actor_has_role"('admin')));
CREATE POLICY "sessions_admin_end" ON "sessions" FOR UPDATE TO plinth_app
  USING ((SELECT "plinth"."actor_has_role"('admin')))
  WITH CHECK ((SELECT "plinth"."actor_has_role"('admin')) AND "revoked_at" IS NOT NULL);
CREATE POLICY "api_keys_admin_read" ON "api_keys" FOR SELECT TO plinth_app
  USING ((SELECT "plinth"."actor_has_role"('admin')));
CREATE POLICY "api_keys_admin_end" ON "api_keys" FOR UPDATE TO plinth_app
  USING ((SELECT "plinth"."actor_has_role"('admin')))
  WITH CHECK ((SELECT "plinth"."actor_has_role"('admin')) AND "revoked_at" IS NOT NULL);

-- Look-ups by secret, before anybody is known: one row by exact hash. They speak of maintenance for as long as
-- they read and put back what was there. (A SET clause would do it, but only a superuser may write one for a
-- setting of ours.)
CREATE FUNCTION "plinth"."find_session"("p_token_hash" bytea) RETURNS SETOF public.sessions
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 1 AS $$
DECLARE
  before text := coalesce(current_setting('plinth.maintenance', true), '');
BEGIN
  PERFORM set_config('plinth.maintenance', 'on', true);
  RETURN QUERY SELECT t.* FROM public.sessions t WHERE t.token_hash = p_token_hash;
  PERFORM set_config('plinth.maintenance', before, true);
END $$;
CREATE FUNCTION "plinth"."find_api_key"("p_key_hash" bytea) RETURNS SETOF public.api_keys
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 1 AS $$
DECLARE
  before text := coalesce(current_setting('plinth.maintenance', true), '');
BEGIN
  PERFORM set_config('plinth.maintenance', 'on', true);
  RETURN QUERY SELECT t.* FROM public.api_keys t WHERE t.key_hash = p_key_hash;
  PERFORM set_config('plinth.maintenance', before, true);
END $$;
CREATE FUNCTION "plinth"."find_email_verification"("p_token_hash" bytea) RETURNS SETOF public.email_verification_tokens
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 1 AS $$
DECLARE
  before text := coalesce(current_setting('plinth.maintenance', true), '');
BEGIN
  PERFORM set_config('plinth.maintenance', 'on', true);
  RETURN QUERY SELECT t.* FROM public.email_verification_tokens t WHERE t.token_hash = p_token_hash;
  PERFORM set_config('plinth.maintenance', before, true);
END $$;
CREATE FUNCTION "plinth"."find_password_reset"("p_token_hash" bytea) RETURNS SETOF public.password_reset_tokens
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 1 AS $$
DECLARE
  before text := coalesce(current_setting('plinth.maintenance', true), '');
BEGIN
  PERFORM set_config('plinth.maintenance', 'on', true);
  RETURN QUERY SELECT t.* FROM public.password_reset_tokens t WHERE t.token_hash = p_token_hash;
  PERFORM set_config('plinth.maintenance', before, true);
END $$;
CREATE FUNCTION "plinth"."find_oauth_account"("p_provider" public.oauth_provider, "p_provider_account_id" text) RETURNS SETOF public.oauth_accounts
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 1 AS $$
DECLARE
  before text := coalesce(current_setting('plinth.maintenance', true), '');
BEGIN
  PERFORM set_config('plinth.maintenance', 'on', true);
  RETURN QUERY SELECT t.* FROM public.oauth_accounts t WHERE t.provider = p_provider AND t.provider_account_id = p_provider_account_id;
  PERFORM set_config('plinth.maintenance', before, true);
END $$;
REVOKE ALL ON FUNCTION "plinth"."find_session"(bytea),
  "plinth"."find_api_key"(bytea),
  "plinth"."find_email_verification"(bytea),
  "plinth"."find_password_reset"(bytea),
  "plinth"."find_oauth_account"(public.oauth_provider, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "plinth"."find_session"(bytea),
  "plinth"."find_api_key"(bytea),
  "plinth"."find_email_verification"(bytea),
  "plinth"."find_password_reset"(bytea),
  "plinth"."find_oauth_account"(public.oauth_provider, text) TO plinth_app;
COMMENT ON FUNCTION "plinth"."find_session"(bytea) IS 'The session of a refresh token, by the token''s SHA-256';
COMMENT ON FUNCTION "plinth"."find_api_key"(bytea) IS 'The API key by the SHA-256 of the key';
COMMENT ON FUNCTION "plinth"."find_email_verification"(bytea) IS 'The verification by the SHA-256 of its token';
COMMENT ON FUNCTION "plinth"."find_password_reset"(bytea) IS 'The reset by the SHA-256 of its token';
COMMENT ON FUNCTION "plinth"."find_oauth_account"(public.oauth_provider, text) IS 'The linked account by the provider''s subject id';
