/**
 * SQL: how far relation `c` (pg_class) with statistics `s` (pg_stat_user_tables) is past the point where autovacuum
 * starts, by dead, inserted and changed rows; 1 is that point. The server's own arithmetic (autovacuum.c): options of
 * the table win over the server's settings, and PostgreSQL 18 caps the threshold (autovacuum_vacuum_max_threshold).
 * Analyze goes by changed rows, not by dead ones.
 */
export const AUTOVACUUM_RATIOS = `
cross join lateral (select jsonb_object_agg(option_name, option_value) as o from pg_options_to_table(c.reloptions)) option
cross join lateral (select
    coalesce((o->>'autovacuum_enabled')::bool, true) and current_setting('autovacuum')::bool as enabled,
    least(coalesce((o->>'autovacuum_vacuum_threshold')::float8, current_setting('autovacuum_vacuum_threshold')::float8)
        + coalesce((o->>'autovacuum_vacuum_scale_factor')::float8, current_setting('autovacuum_vacuum_scale_factor')::float8) * greatest(c.reltuples, 0),
      nullif(coalesce((o->>'autovacuum_vacuum_max_threshold')::float8, current_setting('autovacuum_vacuum_max_threshold', true)::float8), -1)) as vacuum_at,
    nullif(coalesce((o->>'autovacuum_vacuum_insert_threshold')::float8, current_setting('autovacuum_vacuum_insert_threshold')::float8), -1)
        + coalesce((o->>'autovacuum_vacuum_insert_scale_factor')::float8, current_setting('autovacuum_vacuum_insert_scale_factor')::float8) * greatest(c.reltuples, 0) as insert_at,
    coalesce((o->>'autovacuum_analyze_threshold')::float8, current_setting('autovacuum_analyze_threshold')::float8)
        + coalesce((o->>'autovacuum_analyze_scale_factor')::float8, current_setting('autovacuum_analyze_scale_factor')::float8) * greatest(c.reltuples, 0) as analyze_at) starts
cross join lateral (select s.n_dead_tup / greatest(vacuum_at, 1) as by_dead,
    coalesce(s.n_ins_since_vacuum / greatest(insert_at, 1), 0) as by_inserts,
    s.n_mod_since_analyze / greatest(analyze_at, 1) as by_changes) ratios`;
