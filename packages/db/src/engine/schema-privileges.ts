import type pg from 'pg';

/**
 * Reads, as statements, what is granted on the schemas and what will be granted on objects made in them. Prisma's
 * reset drops and creates the schemas, which would lock every role but the owner out of them until the next bootstrap.
 */
export async function readSchemaPrivileges(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ statement: string }>(
    `WITH schemas AS (
       SELECT oid, nspname, nspacl FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
     )
     SELECT format('GRANT %s ON SCHEMA %I TO %s', a.privilege_type, s.nspname, grantee.name) AS statement
       FROM schemas s, aclexplode(s.nspacl) a, ${granteeName}
     UNION ALL
     SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT %s ON %s TO %s', pg_get_userbyid(d.defaclrole), s.nspname,
                   a.privilege_type, ${objectKind}, grantee.name)
       FROM pg_default_acl d JOIN schemas s ON s.oid = d.defaclnamespace, aclexplode(d.defaclacl) a, ${granteeName}`,
  );
  return rows.map((row) => row.statement);
}

const granteeName = `LATERAL (
       SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS name
     ) grantee`;

const objectKind = `CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' ELSE 'TYPES' END`;

/** Grants again what was read; what no longer applies (a schema that did not come back) is passed over. */
export async function restoreSchemaPrivileges(
  client: pg.Client,
  statements: readonly string[],
): Promise<void> {
  for (const statement of statements) await client.query(statement).catch(() => {});
}
