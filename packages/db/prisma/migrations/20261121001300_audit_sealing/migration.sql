-- Sealing: a hash chain over the audit log, written after the fact by the worker, never waited for by writers;
-- and the retirement of old months without a DELETE.

-- The hash of one row: every column, in a fixed order and form, whatever the session's settings.
-- plinth audit verify computes the same by itself (packages/db/src/audit/canonical-row.ts).
CREATE FUNCTION "audit"."row_hash"("r" "audit"."audit_log") RETURNS bytea
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT sha256(convert_to(jsonb_build_array(r.system_identifier::text, r.txid::text, r.id::text, (extract(epoch FROM r.occurred_at) * 1000)::bigint::text,
    r.action, r.entity, r.entity_id, r.before, r.after, to_jsonb(r.changed), r.actor_type, r.actor_id, r.user_id, r.request_id, r.db_user)::text, 'UTF8'))
$$;
REVOKE ALL ON FUNCTION "audit"."row_hash"("audit"."audit_log") FROM PUBLIC;
COMMENT ON FUNCTION "audit"."row_hash"("audit"."audit_log") IS 'SHA-256 of every column of an audit row';

-- Appends one link to the chain.
CREATE FUNCTION "audit"."append_seal"("p_kind" text, "p_system_identifier" bigint, "p_from" xid8, "p_to" xid8, "p_month" date, "p_row_count" bigint, "p_digest" bytea) RETURNS bigint
  LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO audit.audit_seals (kind, system_identifier, from_xid, to_xid, month, row_count, digest, previous_chain, chain)
  SELECT p_kind, p_system_identifier, p_from, p_to, p_month, p_row_count, p_digest, p.chain,
         sha256(p.chain || p_digest || convert_to(format('%s|%s|%s|%s|%s|%s', p_kind, p_system_identifier, p_from, p_to, to_char(p_month, 'YYYY-MM'), p_row_count), 'UTF8'))
    FROM (SELECT coalesce((SELECT s.chain FROM audit.audit_seals s ORDER BY s.id DESC LIMIT 1), decode(repeat('00', 32), 'hex')) AS chain) p
  RETURNING id
$$;
REVOKE ALL ON FUNCTION "audit"."append_seal"(text, bigint, xid8, xid8, date, bigint, bytea) FROM PUBLIC;
COMMENT ON FUNCTION "audit"."append_seal"(text, bigint, xid8, xid8, date, bigint, bytea) IS 'Appends one link to the hash chain';

-- Seals the rows of one range of transactions, a seal per month. Returns how many rows.
CREATE FUNCTION "audit"."seal_range"("p_system_identifier" bigint, "p_from" xid8, "p_to" xid8) RETURNS bigint
  LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  part record;
  total bigint := 0;
BEGIN
  FOR part IN
    SELECT date_trunc('month', l.occurred_at)::date AS month, count(*) AS row_count,
           sha256(string_agg(audit.row_hash(l), ''::bytea ORDER BY l.txid, l.id)) AS digest
      FROM audit.audit_log l
     WHERE l.system_identifier = p_system_identifier AND l.txid >= p_from AND l.txid < p_to
     GROUP BY 1 ORDER BY 1
  LOOP
    PERFORM audit.append_seal('rows', p_system_identifier, p_from, p_to, part.month, part.row_count, part.digest);
    total := total + part.row_count;
  END LOOP;
  RETURN total;
END $$;
REVOKE ALL ON FUNCTION "audit"."seal_range"(bigint, xid8, xid8) FROM PUBLIC;
COMMENT ON FUNCTION "audit"."seal_range"(bigint, xid8, xid8) IS 'Seals the rows of one range of transactions, a seal per month';

-- Seals everything that is final: the rows of every transaction older than the oldest one still running. A long
-- transaction therefore holds the horizon back and is never skipped. In READ COMMITTED, so that the rows are read
-- after the horizon was taken. Takes no lock that a writer waits for; a second sealer returns at once.
CREATE FUNCTION "audit"."seal"("p_max_rows" integer DEFAULT 100000) RETURNS bigint
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  here bigint := (pg_control_system()).system_identifier;
  horizon xid8;
  sealed_to xid8;
  cut xid8;
  other record;
  total bigint := 0;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'sealing needs a read committed transaction' USING ERRCODE = 'active_sql_transaction';
  END IF;
  IF NOT pg_try_advisory_xact_lock(hashtextextended('plinth audit chain', 0)) THEN
    RETURN 0;
  END IF;
  horizon := pg_snapshot_xmin(pg_current_snapshot());

  SELECT s.to_xid INTO sealed_to FROM audit.audit_seals s
   WHERE s.system_identifier = here AND s.kind = 'rows' ORDER BY s.to_xid DESC LIMIT 1;
  IF sealed_to IS NULL THEN
    sealed_to := '0';
    -- A new epoch: what another cluster wrote and had not sealed when it was copied is final.
    FOR other IN
      SELECT l.system_identifier, max(l.txid::text::numeric) + 1 AS past_last,
             coalesce((SELECT s.to_xid FROM audit.audit_seals s WHERE s.system_identifier = l.system_identifier AND s.kind = 'rows' ORDER BY s.to_xid DESC LIMIT 1), '0') AS sealed_to
        FROM audit.audit_log l WHERE l.system_identifier <> here GROUP BY 1 ORDER BY 1
    LOOP
      IF other.past_last > other.sealed_to::text::numeric THEN
        total := total + audit.seal_range(other.system_identifier, other.sealed_to, other.past_last::text::xid8);
      END IF;
    END LOOP;
  END IF;

  WHILE sealed_to < horizon LOOP
    -- Ends at the transaction that would make the seal too large, unless that is the first one.
    SELECT l.txid INTO cut FROM audit.audit_log l
     WHERE l.system_identifier = here AND l.txid >= sealed_to AND l.txid < horizon
     ORDER BY l.txid OFFSET p_max_rows LIMIT 1;
    IF cut IS NULL THEN
      cut := horizon;
    ELSIF NOT EXISTS (SELECT FROM audit.audit_log l WHERE l.system_identifier = here AND l.txid >= sealed_to AND l.txid < cut) THEN
      cut := (cut::text::numeric + 1)::text::xid8;
    END IF;
    total := total + audit.seal_range(here, sealed_to, cut);
    sealed_to := cut;
  END LOOP;
  RETURN total;
END $$;
REVOKE ALL ON FUNCTION "audit"."seal"(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "audit"."seal"(integer) TO plinth_worker;
COMMENT ON FUNCTION "audit"."seal"(integer) IS 'Seals every row that is final; returns how many';

-- Old months: out of the log, kept aside until their seals are verified and a backup holds them, then dropped.
CREATE SCHEMA "archive";
COMMENT ON SCHEMA "archive" IS 'Months taken out of audit.audit_log, before they are dropped';
GRANT USAGE ON SCHEMA "archive" TO plinth_worker, plinth_readonly, plinth_backup;

-- Moves one month to archive. Refused for this month and the one before it, and while a row of it is unsealed.
-- The parent is locked for a moment only, and the attempt gives up rather than making writers queue behind it.
CREATE FUNCTION "audit"."archive_month"("p_month" date) RETURNS bigint
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '100ms' AS $$
DECLARE
  child text := 'audit_log_' || to_char(p_month, 'YYYY_MM');
  present bigint;
  sealed bigint;
BEGIN
  IF extract(day FROM p_month) <> 1 OR p_month >= date_trunc('month', now()) - interval '1 month' THEN
    RAISE EXCEPTION 'month % is too young to be archived', p_month USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF to_regclass('audit.' || quote_ident(child)) IS NULL THEN
    RAISE EXCEPTION 'there is no audit.%', child USING ERRCODE = 'undefined_table';
  END IF;
  EXECUTE format('SELECT count(*) FROM audit.%I', child) INTO present;
  SELECT coalesce(sum(s.row_count), 0) INTO sealed FROM audit.audit_seals s WHERE s.month = p_month AND s.kind = 'rows';
  IF present <> sealed THEN
    RAISE EXCEPTION 'audit.% has % rows, its seals cover %', child, present, sealed USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  EXECUTE format('ALTER TABLE audit.audit_log DETACH PARTITION audit.%I', child);
  EXECUTE format('ALTER TABLE audit.%I SET SCHEMA archive', child);
  -- The parent's row trigger went with the parent.
  EXECUTE format('CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON archive.%I FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', child);
  EXECUTE format('GRANT SELECT ON archive.%I TO plinth_worker, plinth_readonly', child);
  RETURN present;
END $$;
REVOKE ALL ON FUNCTION "audit"."archive_month"(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "audit"."archive_month"(date) TO plinth_worker;
COMMENT ON FUNCTION "audit"."archive_month"(date) IS 'Moves a sealed month from audit.audit_log to archive; returns its rows';

-- Drops an archived month after comparing every seal of it, and seals that it was dropped.
CREATE FUNCTION "audit"."drop_archived_month"("p_month" date) RETURNS bigint
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  child text := 'audit_log_' || to_char(p_month, 'YYYY_MM');
  seal audit.audit_seals;
  epoch record;
  found_rows bigint;
  found_digest bytea;
  total bigint := 0;
BEGIN
  IF to_regclass('archive.' || quote_ident(child)) IS NULL THEN
    RAISE EXCEPTION 'there is no archive.%', child USING ERRCODE = 'undefined_table';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('plinth audit chain', 0));
  FOR seal IN SELECT s.* FROM audit.audit_seals s WHERE s.month = p_month AND s.kind = 'rows' ORDER BY s.id LOOP
    EXECUTE format('SELECT count(*), sha256(string_agg(audit.row_hash(ROW(t.*)::audit.audit_log), ''''::bytea ORDER BY t.txid, t.id)) FROM archive.%I t WHERE t.system_identifier = $1 AND t.txid >= $2 AND t.txid < $3', child)
      INTO found_rows, found_digest USING seal.system_identifier, seal.from_xid, seal.to_xid;
    IF found_rows <> seal.row_count OR found_digest IS DISTINCT FROM seal.digest THEN
      RAISE EXCEPTION 'archive.% does not match seal %', child, seal.id
        USING ERRCODE = 'data_corrupted', HINT = 'Run: pnpm plinth audit verify';
    END IF;
    total := total + found_rows;
  END LOOP;
  EXECUTE format('SELECT count(*) FROM archive.%I', child) INTO found_rows;
  IF found_rows <> total THEN
    RAISE EXCEPTION 'archive.% has % rows, its seals cover %', child, found_rows, total USING ERRCODE = 'data_corrupted';
  END IF;
  FOR epoch IN
    SELECT s.system_identifier, (array_agg(s.from_xid ORDER BY s.from_xid))[1] AS from_xid, (array_agg(s.to_xid ORDER BY s.to_xid DESC))[1] AS to_xid,
           sum(s.row_count)::bigint AS row_count, sha256(string_agg(s.chain, ''::bytea ORDER BY s.id)) AS digest
      FROM audit.audit_seals s WHERE s.month = p_month AND s.kind = 'rows' GROUP BY 1 ORDER BY 1
  LOOP
    PERFORM audit.append_seal('retired', epoch.system_identifier, epoch.from_xid, epoch.to_xid, p_month, epoch.row_count, epoch.digest);
  END LOOP;
  EXECUTE format('DROP TABLE archive.%I', child);
  RETURN total;
END $$;
REVOKE ALL ON FUNCTION "audit"."drop_archived_month"(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "audit"."drop_archived_month"(date) TO plinth_worker;
COMMENT ON FUNCTION "audit"."drop_archived_month"(date) IS 'Drops an archived month whose seals all match; returns its rows';
