DROP FUNCTION "plinth"."erase_person"(uuid);
DROP TRIGGER "security_events_redaction" ON "audit"."security_events";
DROP TRIGGER "security_events_append_only" ON "audit"."security_events";
CREATE TRIGGER "security_events_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit"."security_events" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."refuse_change"();
DROP FUNCTION "audit"."allow_redaction"();
