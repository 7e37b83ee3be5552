-- Every change of an audited table writes one row of audit.audit_log, by whatever path it came.

-- Arguments: columns whose values never enter the log, secrets and personal data. That they changed is still
-- named. What is not in an append-only, sealed log need not be taken out of it when a person is erased.
CREATE FUNCTION "audit"."log_row"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
  new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
  -- Null, not empty, where the trigger has no arguments.
  withheld text[] := coalesce(TG_ARGV, '{}');
  changed_columns text[] := '{}';
BEGIN
  IF TG_OP = 'UPDATE' THEN
    SELECT coalesce(array_agg(n.key ORDER BY n.key COLLATE "C"), '{}') INTO changed_columns
      FROM jsonb_each(new_row) n WHERE n.value IS DISTINCT FROM old_row -> n.key;
    -- A write that changed nothing but its own bookkeeping is not a change, nor is noting that a key was used.
    IF changed_columns <@ ARRAY['updated_at', 'version', 'updated_by', 'last_used_at', 'use_count'] THEN
      RETURN NULL;
    END IF;
  END IF;
  INSERT INTO audit.audit_log (action, entity, entity_id, before, after, changed, actor_type, actor_id, user_id, request_id)
  SELECT lower(TG_OP), TG_TABLE_NAME, coalesce(new_row ->> 'id', old_row ->> 'id'), old_row - withheld, new_row - withheld, changed_columns,
         a.actor_type, a.actor_id, a.user_id, a.request_id
    FROM audit.actor() a;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION "audit"."log_row"() FROM PUBLIC;
COMMENT ON FUNCTION "audit"."log_row"() IS 'Trigger: one audit row per changed row; arguments name columns left out';

CREATE FUNCTION "audit"."log_truncate"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO audit.audit_log (action, entity, actor_type, actor_id, user_id, request_id)
  SELECT 'truncate', TG_TABLE_NAME, a.actor_type, a.actor_id, a.user_id, a.request_id FROM audit.actor() a;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION "audit"."log_truncate"() FROM PUBLIC;
COMMENT ON FUNCTION "audit"."log_truncate"() IS 'Trigger: one audit row per emptied table';

CREATE TRIGGER "users_audit" AFTER INSERT OR UPDATE OR DELETE ON "users" FOR EACH ROW EXECUTE FUNCTION "audit"."log_row"('password_hash', 'totp_secret_enc', 'email', 'full_name', 'settings');
CREATE TRIGGER "users_audit_truncate" AFTER TRUNCATE ON "users" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."log_truncate"();
-- lint-ignore several-tables-locked: CREATE TRIGGER holds its lock for a moment and reads no row
CREATE TRIGGER "roles_audit" AFTER INSERT OR UPDATE OR DELETE ON "roles" FOR EACH ROW EXECUTE FUNCTION "audit"."log_row"();
CREATE TRIGGER "roles_audit_truncate" AFTER TRUNCATE ON "roles" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."log_truncate"();
CREATE TRIGGER "role_assignments_audit" AFTER INSERT OR UPDATE OR DELETE ON "role_assignments" FOR EACH ROW EXECUTE FUNCTION "audit"."log_row"();
CREATE TRIGGER "role_assignments_audit_truncate" AFTER TRUNCATE ON "role_assignments" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."log_truncate"();
CREATE TRIGGER "oauth_accounts_audit" AFTER INSERT OR UPDATE OR DELETE ON "oauth_accounts" FOR EACH ROW EXECUTE FUNCTION "audit"."log_row"('access_token_enc', 'refresh_token_enc', 'provider_account_id', 'email');
CREATE TRIGGER "oauth_accounts_audit_truncate" AFTER TRUNCATE ON "oauth_accounts" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."log_truncate"();
CREATE TRIGGER "api_keys_audit" AFTER INSERT OR UPDATE OR DELETE ON "api_keys" FOR EACH ROW EXECUTE FUNCTION "audit"."log_row"('key_hash', 'name');
CREATE TRIGGER "api_keys_audit_truncate" AFTER TRUNCATE ON "api_keys" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."log_truncate"();
CREATE TRIGGER "webhooks_audit" AFTER INSERT OR UPDATE OR DELETE ON "webhooks" FOR EACH ROW EXECUTE FUNCTION "audit"."log_row"('secret_enc', 'url', 'description');
CREATE TRIGGER "webhooks_audit_truncate" AFTER TRUNCATE ON "webhooks" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."log_truncate"();
CREATE TRIGGER "artists_audit" AFTER INSERT OR UPDATE OR DELETE ON "artists" FOR EACH ROW EXECUTE FUNCTION "audit"."log_row"();
CREATE TRIGGER "artists_audit_truncate" AFTER TRUNCATE ON "artists" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."log_truncate"();
CREATE TRIGGER "user_artist_blocks_audit" AFTER INSERT OR UPDATE OR DELETE ON "user_artist_blocks" FOR EACH ROW EXECUTE FUNCTION "audit"."log_row"('tags', 'note');
CREATE TRIGGER "user_artist_blocks_audit_truncate" AFTER TRUNCATE ON "user_artist_blocks" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."log_truncate"();
CREATE TRIGGER "community_lists_audit" AFTER INSERT OR UPDATE OR DELETE ON "community_lists" FOR EACH ROW EXECUTE FUNCTION "audit"."log_row"('name', 'description');
CREATE TRIGGER "community_lists_audit_truncate" AFTER TRUNCATE ON "community_lists" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."log_truncate"();
CREATE TRIGGER "content_reports_audit" AFTER INSERT OR UPDATE OR DELETE ON "content_reports" FOR EACH ROW EXECUTE FUNCTION "audit"."log_row"('details');
CREATE TRIGGER "content_reports_audit_truncate" AFTER TRUNCATE ON "content_reports" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."log_truncate"();
CREATE TRIGGER "moderation_actions_audit" AFTER INSERT OR UPDATE OR DELETE ON "moderation_actions" FOR EACH ROW EXECUTE FUNCTION "audit"."log_row"();
CREATE TRIGGER "moderation_actions_audit_truncate" AFTER TRUNCATE ON "moderation_actions" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."log_truncate"();
CREATE TRIGGER "campaigns_audit" AFTER INSERT OR UPDATE OR DELETE ON "campaigns" FOR EACH ROW EXECUTE FUNCTION "audit"."log_row"();
CREATE TRIGGER "campaigns_audit_truncate" AFTER TRUNCATE ON "campaigns" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."log_truncate"();
CREATE TRIGGER "campaign_members_audit" AFTER INSERT OR UPDATE OR DELETE ON "campaign_members" FOR EACH ROW EXECUTE FUNCTION "audit"."log_row"('email');
CREATE TRIGGER "campaign_members_audit_truncate" AFTER TRUNCATE ON "campaign_members" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."log_truncate"();
CREATE TRIGGER "contributions_audit" AFTER INSERT OR UPDATE OR DELETE ON "contributions" FOR EACH ROW EXECUTE FUNCTION "audit"."log_row"('message');
CREATE TRIGGER "contributions_audit_truncate" AFTER TRUNCATE ON "contributions" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."log_truncate"();
CREATE TRIGGER "businesses_audit" AFTER INSERT OR UPDATE OR DELETE ON "businesses" FOR EACH ROW EXECUTE FUNCTION "audit"."log_row"();
CREATE TRIGGER "businesses_audit_truncate" AFTER TRUNCATE ON "businesses" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."log_truncate"();
CREATE TRIGGER "business_classifications_audit" AFTER INSERT OR UPDATE OR DELETE ON "business_classifications" FOR EACH ROW EXECUTE FUNCTION "audit"."log_row"();
CREATE TRIGGER "business_classifications_audit_truncate" AFTER TRUNCATE ON "business_classifications" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."log_truncate"();
CREATE TRIGGER "risk_assessments_audit" AFTER INSERT OR UPDATE OR DELETE ON "risk_assessments" FOR EACH ROW EXECUTE FUNCTION "audit"."log_row"();
CREATE TRIGGER "risk_assessments_audit_truncate" AFTER TRUNCATE ON "risk_assessments" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."log_truncate"();
CREATE TRIGGER "compliance_checks_audit" AFTER INSERT OR UPDATE OR DELETE ON "compliance_checks" FOR EACH ROW EXECUTE FUNCTION "audit"."log_row"();
CREATE TRIGGER "compliance_checks_audit_truncate" AFTER TRUNCATE ON "compliance_checks" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."log_truncate"();

-- What the application may read: everything for auditors and administrators, for others what they did
-- themselves. With its owner's rights, since the caller has none in audit; hence a barrier, so that no condition
-- of the caller's runs before ours. Two branches: an OR would read the whole log where the index has the answer.
CREATE VIEW "public"."audit_entries" WITH (security_barrier = true) AS
SELECT l.id, l.occurred_at, l.action, l.entity, l.entity_id, l.before, l.after, l.changed, l.actor_type, l.actor_id, l.user_id, l.request_id
  FROM "audit"."audit_log" l
 WHERE (SELECT "plinth"."actor_has_role"('admin') OR "plinth"."actor_has_role"('auditor'))
UNION ALL
SELECT l.id, l.occurred_at, l.action, l.entity, l.entity_id, l.before, l.after, l.changed, l.actor_type, l.actor_id, l.user_id, l.request_id
  FROM "audit"."audit_log" l
 WHERE l.user_id = (SELECT "plinth"."current_user_id"())
   AND NOT (SELECT "plinth"."actor_has_role"('admin') OR "plinth"."actor_has_role"('auditor'));
REVOKE INSERT, UPDATE, DELETE ON "public"."audit_entries" FROM plinth_app, plinth_worker;
GRANT SELECT ON "public"."audit_entries" TO plinth_app;
COMMENT ON VIEW "public"."audit_entries" IS 'The audit log as far as the acting user may read it';

CREATE VIEW "public"."security_event_entries" WITH (security_barrier = true) AS
SELECT e.id, e.occurred_at, e.type, e.severity, e.user_id, e.actor_type, e.actor_id, e.ip_address, e.user_agent, e.request_id, e.details
  FROM "audit"."security_events" e
 WHERE (SELECT "plinth"."actor_has_role"('admin') OR "plinth"."actor_has_role"('auditor'))
UNION ALL
SELECT e.id, e.occurred_at, e.type, e.severity, e.user_id, e.actor_type, e.actor_id, e.ip_address, e.user_agent, e.request_id, e.details
  FROM "audit"."security_events" e
 WHERE e.user_id = (SELECT "plinth"."current_user_id"())
   AND NOT (SELECT "plinth"."actor_has_role"('admin') OR "plinth"."actor_has_role"('auditor'));
REVOKE INSERT, UPDATE, DELETE ON "public"."security_event_entries" FROM plinth_app, plinth_worker;
GRANT SELECT ON "public"."security_event_entries" TO plinth_app;
COMMENT ON VIEW "public"."security_event_entries" IS 'Security events as far as the acting user may read them';
