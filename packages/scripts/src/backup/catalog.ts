import type { DatabaseClient } from './database-client.js';

/** One object of a database, in words that do not depend on object ids or on the order of creation. */
export interface CatalogEntry {
  kind: string;
  name: string;
  definition: string;
}

/** Kinds whose text PostgreSQL itself words differently from major to major; compared within one major only. */
const WORDED_KINDS: ReadonlySet<string> = new Set(['view definition', 'rule']);

/*
 * Expressions are asked for in the pretty form: the other spells out every pair of parentheses, and reading a dump back
 * flattens nested ANDs, so that an untouched CHECK would seem changed.
 */

/** Objects of users: not the system's, not a temporary one's. Objects of extensions come with the extension. */
const own = (namespace: string, classid: string, oid: string) => `
  ${namespace} !~ '^pg_' AND ${namespace} <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.deptype = 'e' AND e.classid = '${classid}'::regclass AND e.objid = ${oid})`;

/** Privileges as sorted text, the built-in defaults spelled out. MAINTAIN exists since 17 and comes by itself. */
const grants = (acl: string, type: string, owner: string) => `(
  SELECT coalesce(string_agg(format('%s=%s%s', CASE a.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(a.grantee)::text END,
                                    a.privilege_type, CASE WHEN a.is_grantable THEN '*' ELSE '' END), ','
                             ORDER BY CASE a.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(a.grantee)::text END COLLATE "C",
                                      a.privilege_type COLLATE "C"), '')
  FROM aclexplode(coalesce(${acl}, acldefault(${type}, ${owner}))) a WHERE a.privilege_type <> 'MAINTAIN')`;

const relation = "format('%I.%I', n.nspname, c.relname)";

const QUERIES: readonly string[] = [
  `SELECT 'schema' AS kind, quote_ident(n.nspname) AS name, 'owner ' || pg_get_userbyid(n.nspowner) AS definition
   FROM pg_namespace n WHERE ${own('n.nspname', 'pg_namespace', 'n.oid')}`,
  `SELECT 'schema grant' AS kind, quote_ident(n.nspname) AS name, ${grants('n.nspacl', "'n'", 'n.nspowner')} AS definition
   FROM pg_namespace n WHERE ${own('n.nspname', 'pg_namespace', 'n.oid')}`,
  `SELECT 'extension' AS kind, quote_ident(e.extname) AS name, 'schema ' || n.nspname AS definition
   FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace`,
  `SELECT 'type' AS kind, format('%I.%I', n.nspname, t.typname) AS name,
          concat_ws(' ', t.typtype, 'owner', pg_get_userbyid(t.typowner),
            (SELECT string_agg(quote_literal(l.enumlabel), ',' ORDER BY l.enumsortorder) FROM pg_enum l WHERE l.enumtypid = t.oid),
            CASE WHEN t.typtype = 'd' THEN format('%s notnull=%s default=%s', format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault) END,
            (SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ',' ORDER BY a.attnum)
               FROM pg_attribute a WHERE a.attrelid = t.typrelid AND t.typrelid <> 0 AND a.attnum > 0 AND NOT a.attisdropped)) AS definition
   FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
   WHERE t.typtype IN ('e', 'd', 'c', 'r') AND (c.relkind IS NULL OR c.relkind = 'c') AND ${own('n.nspname', 'pg_type', 't.oid')}`,
  `SELECT 'type grant' AS kind, format('%I.%I', n.nspname, t.typname) AS name, ${grants('t.typacl', "'T'", 't.typowner')} AS definition
   FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
   WHERE t.typtype IN ('e', 'd', 'c', 'r') AND (c.relkind IS NULL OR c.relkind = 'c') AND ${own('n.nspname', 'pg_type', 't.oid')}`,
  `SELECT 'relation' AS kind, ${relation} AS name,
          concat_ws(' ', c.relkind, c.relpersistence, 'owner', pg_get_userbyid(c.relowner), 'options', array_to_string(c.reloptions, ','),
            'replica', c.relreplident, 'row security', c.relrowsecurity, c.relforcerowsecurity, pg_get_partkeydef(c.oid),
            pg_get_expr(c.relpartbound, c.oid),
            (SELECT string_agg(i.inhparent::regclass::text, ',' ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = c.oid)) AS definition
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND ${own('n.nspname', 'pg_class', 'c.oid')}`,
  `SELECT 'relation grant' AS kind, ${relation} AS name,
          ${grants('c.relacl', "CASE c.relkind WHEN 'S' THEN 's'::\"char\" ELSE 'r' END", 'c.relowner')} AS definition
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND ${own('n.nspname', 'pg_class', 'c.oid')}`,
  `SELECT 'column' AS kind, ${relation} || '.' || quote_ident(a.attname) AS name,
          concat_ws(' ', format_type(a.atttypid, a.atttypmod), 'notnull', a.attnotnull, 'identity', a.attidentity, 'generated', a.attgenerated,
            'collation', a.attcollation::regcollation, 'storage', a.attstorage, 'default', pg_get_expr(d.adbin, d.adrelid, true),
            'grants', a.attacl::text, 'options', array_to_string(a.attoptions, ',')) AS definition
   FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped AND ${own('n.nspname', 'pg_class', 'c.oid')}`,
  // Not-null constraints have rows of their own since 18; the columns carry them on every major.
  `SELECT 'constraint' AS kind, coalesce(nullif(k.conrelid, 0)::regclass::text, k.contypid::regtype::text) || ' ' || quote_ident(k.conname) AS name,
          concat_ws(' ', pg_get_constraintdef(k.oid, true), 'validated', k.convalidated) AS definition
   FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
   WHERE k.contype <> 'n' AND ${own('n.nspname', 'pg_constraint', 'k.oid')}
     AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.deptype = 'e' AND e.objid = nullif(k.conrelid, 0))`,
  `SELECT 'index' AS kind, ${relation} AS name, concat_ws(' ', pg_get_indexdef(c.oid, 0, true), 'valid', i.indisvalid, 'clustered', i.indisclustered) AS definition
   FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE ${own('n.nspname', 'pg_class', 'i.indrelid')}`,
  `SELECT 'view definition' AS kind, ${relation} AS name, pg_get_viewdef(c.oid, true) AS definition
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('v', 'm') AND ${own('n.nspname', 'pg_class', 'c.oid')}`,
  `SELECT 'rule' AS kind, r.ev_class::regclass::text || ' ' || quote_ident(r.rulename) AS name, pg_get_ruledef(r.oid, true) AS definition
   FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE r.rulename <> '_RETURN' AND ${own('n.nspname', 'pg_class', 'c.oid')}`,
  `SELECT 'sequence' AS kind, ${relation} AS name,
          concat_ws(' ', format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
            (SELECT d.refobjid::regclass || '.' || d.refobjsubid FROM pg_depend d
              WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i'))) AS definition
   FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE ${own('n.nspname', 'pg_class', 'c.oid')}`,
  `SELECT 'function' AS kind, format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS name,
          concat_ws(' ', 'owner', pg_get_userbyid(p.proowner), p.prokind,
            CASE WHEN p.prokind = 'a' THEN pg_get_function_result(p.oid) ELSE pg_get_functiondef(p.oid) END) AS definition
   FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${own('n.nspname', 'pg_proc', 'p.oid')}`,
  `SELECT 'function grant' AS kind, format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS name,
          ${grants('p.proacl', "'f'", 'p.proowner')} AS definition
   FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${own('n.nspname', 'pg_proc', 'p.oid')}`,
  // Grants on the system's own functions are the user's work where they differ from initdb's.
  `SELECT 'system function grant' AS kind, format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS name,
          ${grants('p.proacl', "'f'", 'p.proowner')} AS definition
   FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
   LEFT JOIN pg_init_privs i ON i.objoid = p.oid AND i.classoid = 'pg_proc'::regclass AND i.objsubid = 0
   WHERE n.nspname = 'pg_catalog' AND p.proacl IS NOT NULL AND p.proacl IS DISTINCT FROM i.initprivs
     AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.deptype = 'e' AND e.classid = 'pg_proc'::regclass AND e.objid = p.oid)`,
  `SELECT 'trigger' AS kind, t.tgrelid::regclass::text || ' ' || quote_ident(t.tgname) AS name,
          concat_ws(' ', pg_get_triggerdef(t.oid, true), 'enabled', t.tgenabled) AS definition
   FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE NOT t.tgisinternal AND ${own('n.nspname', 'pg_class', 'c.oid')}`,
  `SELECT 'policy' AS kind, p.polrelid::regclass::text || ' ' || quote_ident(p.polname) AS name,
          concat_ws(' ', p.polcmd, 'permissive', p.polpermissive,
            (SELECT string_agg(CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r)::text END, ',' ORDER BY CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r)::text END COLLATE "C") FROM unnest(p.polroles) r),
            'using', pg_get_expr(p.polqual, p.polrelid, true), 'check', pg_get_expr(p.polwithcheck, p.polrelid, true)) AS definition
   FROM pg_policy p`,
  `SELECT 'default privileges' AS kind, concat_ws(' ', pg_get_userbyid(d.defaclrole), n.nspname, d.defaclobjtype) AS name,
          ${grants('d.defaclacl', "'r'", 'd.defaclrole')} AS definition
   FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace`,
  `SELECT 'comment' AS kind, o.type || ' ' || o.identity AS name, d.description AS definition
   FROM pg_description d CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) o
   WHERE d.objoid >= 16384 AND o.identity IS NOT NULL AND d.classoid <> 'pg_extension'::regclass
     AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.deptype = 'e' AND e.classid = d.classoid AND e.objid = d.objoid)`,
  `SELECT 'event trigger' AS kind, quote_ident(t.evtname) AS name,
          concat_ws(' ', t.evtevent, t.evtfoid::regproc, t.evtenabled, array_to_string(t.evttags, ','), pg_get_userbyid(t.evtowner)) AS definition
   FROM pg_event_trigger t`,
  `SELECT 'publication' AS kind, quote_ident(p.pubname) AS name,
          concat_ws(' ', pg_get_userbyid(p.pubowner), p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate,
            (SELECT string_agg(r.prrelid::regclass::text, ',' ORDER BY r.prrelid::regclass::text COLLATE "C") FROM pg_publication_rel r WHERE r.prpubid = p.oid)) AS definition
   FROM pg_publication p`,
  `SELECT 'statistics' AS kind, format('%I.%I', n.nspname, s.stxname) AS name, pg_get_statisticsobjdef(s.oid) AS definition
   FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace`,
  // The rarer kinds: that they are there, and whose they are not.
  ...[
    'pg_operator',
    'pg_cast',
    'pg_collation',
    'pg_conversion',
    'pg_ts_config',
    'pg_ts_dict',
    'pg_am',
    'pg_opclass',
    'pg_foreign_server',
    'pg_foreign_data_wrapper',
    'pg_language',
  ].map(
    (table) => `SELECT o.type AS kind, o.identity AS name, 'present' AS definition
     FROM ${table} x CROSS JOIN LATERAL pg_identify_object('${table}'::regclass, x.oid, 0) o
     WHERE x.oid >= 16384
       AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.deptype = 'e' AND e.classid = '${table}'::regclass AND e.objid = x.oid)`,
  ),
];

/** Every object of the database with its definition, owner and grants, sorted. Needs no more than CONNECT. */
export async function readCatalog(client: DatabaseClient): Promise<CatalogEntry[]> {
  await client.query("SELECT set_config('search_path', 'pg_catalog', false)");
  const entries: CatalogEntry[] = [];
  for (const query of QUERIES) entries.push(...(await client.query<CatalogEntry>(query)).rows);
  return entries.sort(
    (a, b) => compare(a.kind, b.kind) || compare(a.name, b.name) || compare(a.definition, b.definition),
  );
}

export interface CatalogDifference {
  kind: string;
  name: string;
  problem: 'missing' | 'added' | 'changed';
}

/** What differs, each object by its exact name. */
export function compareCatalogs(
  expected: readonly CatalogEntry[],
  found: readonly CatalogEntry[],
  options: { sameMajor: boolean },
): CatalogDifference[] {
  const relevant = (entries: readonly CatalogEntry[]) =>
    new Map(
      entries
        .filter(({ kind }) => options.sameMajor || !WORDED_KINDS.has(kind))
        .map((entry) => [`${entry.kind}\0${entry.name}`, entry]),
    );
  const [before, after] = [relevant(expected), relevant(found)];
  const differences: CatalogDifference[] = [];
  for (const [key, { kind, name, definition }] of before) {
    const now = after.get(key);
    if (now === undefined) differences.push({ kind, name, problem: 'missing' });
    else if (now.definition !== definition) differences.push({ kind, name, problem: 'changed' });
  }
  for (const [key, { kind, name }] of after)
    if (!before.has(key)) differences.push({ kind, name, problem: 'added' });
  return differences;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
