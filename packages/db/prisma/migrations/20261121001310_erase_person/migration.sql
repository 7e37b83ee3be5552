-- Erasing a person: the account stays as an anonymous stub that other people's records can point to; everything
-- that says who it was goes. The audit log holds none of it (see the arguments of its triggers), so it stays as it
-- is and verifies. Security events hold addresses and devices: those of an erased person may be blanked, and that
-- is the only change the table accepts.

CREATE FUNCTION "audit"."allow_redaction"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  blanked audit.security_events := OLD;
BEGIN
  blanked.ip_address := NULL;
  blanked.user_agent := NULL;
  blanked.details := '{}';
  IF NEW IS NOT DISTINCT FROM blanked AND EXISTS (
    SELECT FROM public.users u WHERE u.id = OLD.user_id AND u.deleted_at IS NOT NULL AND u.email = 'erased-' || u.id || '@erased.invalid')
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% of % is refused: the audit is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
REVOKE ALL ON FUNCTION "audit"."allow_redaction"() FROM PUBLIC;
COMMENT ON FUNCTION "audit"."allow_redaction"() IS 'Trigger: refuses every change but blanking what tells an erased person';

DROP TRIGGER "security_events_append_only" ON "audit"."security_events";
CREATE TRIGGER "security_events_append_only" BEFORE DELETE OR TRUNCATE ON "audit"."security_events" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."refuse_change"();
CREATE TRIGGER "security_events_redaction" BEFORE UPDATE ON "audit"."security_events" FOR EACH ROW EXECUTE FUNCTION "audit"."allow_redaction"();

-- Erases one person in the caller's transaction. Allowed to the person, to administrators, to the worker and to
-- whoever owns the tables. Repeating it does no harm. Returns the rows touched per table.
CREATE FUNCTION "plinth"."erase_person"("p_user_id" uuid) RETURNS jsonb
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  before_setting text := coalesce(current_setting('plinth.maintenance', true), '');
  addresses text[];
  touched jsonb := '{}';
  n bigint;
BEGIN
  IF NOT (coalesce(plinth.current_user_id() = p_user_id, false) OR plinth.actor_has_role('admin')
          OR session_user = 'plinth_worker' OR pg_has_role(session_user, current_user, 'MEMBER')) THEN
    RAISE EXCEPTION 'only the person or an administrator may erase an account' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('plinth.maintenance', 'on', true);
  PERFORM FROM public.users u WHERE u.id = p_user_id FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no user %', p_user_id USING ERRCODE = 'no_data_found';
  END IF;
  -- Every address known to be theirs: invitations were sent to them.
  SELECT array_agg(DISTINCT lower(btrim(a.email))) INTO addresses FROM (
    SELECT u.email FROM public.users u WHERE u.id = p_user_id
    UNION ALL SELECT o.email FROM public.oauth_accounts o WHERE o.user_id = p_user_id
    UNION ALL SELECT v.email FROM public.email_verification_tokens v WHERE v.user_id = p_user_id
    UNION ALL SELECT m.email FROM public.campaign_members m WHERE m.user_id = p_user_id
   ) a
   WHERE a.email IS NOT NULL;

  -- Access and credentials.
  DELETE FROM public.sessions WHERE user_id = p_user_id;
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('sessions', n);
  DELETE FROM public.api_keys WHERE user_id = p_user_id;
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('api_keys', n);
  DELETE FROM public.oauth_accounts WHERE user_id = p_user_id;
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('oauth_accounts', n);
  DELETE FROM public.email_verification_tokens WHERE user_id = p_user_id;
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('email_verification_tokens', n);
  DELETE FROM public.password_reset_tokens WHERE user_id = p_user_id;
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('password_reset_tokens', n);
  DELETE FROM public.webhooks WHERE user_id = p_user_id;
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('webhooks', n);
  UPDATE public.role_assignments SET revoked_at = greatest(now(), created_at), revoked_by = plinth.current_user_id()
   WHERE user_id = p_user_id AND revoked_at IS NULL;
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('role_assignments', n);
  -- Stored answers repeat what was asked and answered.
  DELETE FROM public.idempotency_keys WHERE principal = 'user:' || p_user_id;
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('idempotency_keys', n);

  -- What they kept for themselves.
  DELETE FROM public.user_artist_blocks WHERE user_id = p_user_id;
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('user_artist_blocks', n);
  DELETE FROM public.community_list_subscriptions WHERE user_id = p_user_id;
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('community_list_subscriptions', n);
  UPDATE public.community_lists SET name = '[erased]', description = '', deleted_at = coalesce(deleted_at, now())
   WHERE owner_id = p_user_id AND visibility = 'private';
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('community_lists', n);
  UPDATE public.community_list_items i SET reason = ''
   WHERE i.reason <> '' AND (i.created_by = p_user_id
      OR i.list_id IN (SELECT l.id FROM public.community_lists l WHERE l.owner_id = p_user_id AND l.visibility = 'private'));
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('community_list_items', n);

  -- What they wrote to others: the place in the conversation stays, the words go.
  UPDATE public.messages SET body = '[erased]', deleted_at = coalesce(deleted_at, now()) WHERE sender_id = p_user_id;
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('messages', n);
  UPDATE public.conversation_participants SET left_at = greatest(now(), joined_at) WHERE user_id = p_user_id AND left_at IS NULL;
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('conversation_participants', n);
  UPDATE public.conversations SET subject = NULL WHERE created_by = p_user_id AND subject IS NOT NULL;
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('conversations', n);
  UPDATE public.content_reports SET details = '' WHERE reporter_id = p_user_id AND details <> '';
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('content_reports', n);
  UPDATE public.contributions SET message = NULL WHERE contributor_id = p_user_id AND message IS NOT NULL;
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('contributions', n);
  -- A member known by account alone stays as the stub; one known by address alone is nobody any more.
  DELETE FROM public.campaign_members WHERE user_id IS NULL AND email = ANY (addresses);
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('campaign_members_by_email', n);
  UPDATE public.campaign_members SET email = NULL WHERE user_id = p_user_id AND email IS NOT NULL;
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('campaign_members', n);
  UPDATE public.external_service_calls SET user_id = NULL WHERE user_id = p_user_id;
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('external_service_calls', n);

  UPDATE public.users SET email = 'erased-' || id || '@erased.invalid', full_name = '[erased]', password_hash = NULL, totp_secret_enc = NULL,
         settings = '{}', email_verified_at = NULL, last_login_at = NULL, is_active = false, tokens_valid_after = now(),
         deleted_at = coalesce(deleted_at, now()), updated_by = plinth.current_user_id()
   WHERE id = p_user_id;
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('users', n);
  UPDATE audit.security_events SET ip_address = NULL, user_agent = NULL, details = '{}'
   WHERE user_id = p_user_id AND (ip_address IS NOT NULL OR user_agent IS NOT NULL OR details <> '{}');
  GET DIAGNOSTICS n = ROW_COUNT; touched := touched || jsonb_build_object('security_events', n);
  PERFORM audit.record_event('person.erased', 'info', p_user_id, NULL, NULL, '{}');
  PERFORM set_config('plinth.maintenance', before_setting, true);
  RETURN touched;
END $$;
REVOKE ALL ON FUNCTION "plinth"."erase_person"(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "plinth"."erase_person"(uuid) TO plinth_app, plinth_worker;
COMMENT ON FUNCTION "plinth"."erase_person"(uuid) IS 'Anonymises a person everywhere and closes the account; returns rows touched per table';
