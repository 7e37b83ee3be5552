import type { LoginRole } from '@plinth/db';
import type { RoleFacts } from './role-facts.js';

/** What a role must have and must not have; each string is one right, as role-facts.ts names them. */
export interface RoleNeeds {
  attributes?: string[];
  memberOf?: string[];
  tables?: (table: string) => string[];
  other?: string[];
  /** Settings that must be there and not be 0. */
  limits?: string[];
  forbidden: {
    attributes: string[];
    tables: (table: string) => string[];
    ownership: boolean;
    other: string[];
  };
}

const isDomain = (table: string) => table.startsWith('public.');
const isAudit = (table: string) => table.startsWith('audit.');
const changes = ['INSERT', 'UPDATE', 'DELETE'];
const dangerous = ['SUPERUSER', 'CREATEROLE', 'REPLICATION'];
const ddl = ['CREATE on database', 'CREATE on schema public'];
const limits = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];

/** The application and the worker: data, and nothing else. */
const data: RoleNeeds = {
  tables: (table) => (isDomain(table) ? ['SELECT', ...changes] : []),
  other: ['CONNECT on database', 'USAGE on schema plinth', 'EXECUTE on plinth.uuid_v7()'],
  limits,
  forbidden: {
    attributes: [...dangerous, 'CREATEDB', 'BYPASSRLS'],
    tables: (table) => (isAudit(table) ? [...changes, 'TRUNCATE'] : ['TRUNCATE']),
    ownership: true,
    other: [...ddl, 'TEMPORARY on database'],
  },
};

/** Least privilege, role by role (design.md "Roles"). */
export const roleNeeds: Record<LoginRole, RoleNeeds> = {
  app: data,
  worker: {
    ...data,
    tables: (table) => (isAudit(table) ? ['SELECT'] : (data.tables?.(table) ?? [])),
    other: [...(data.other ?? []), 'EXECUTE on audit.ensure_partitions(timestamp with time zone,integer)'],
  },
  migrator: {
    attributes: ['CREATEDB'],
    other: ddl,
    forbidden: { attributes: [...dangerous, 'BYPASSRLS'], tables: () => [], ownership: false, other: [] },
  },
  readonly: {
    memberOf: ['pg_monitor'],
    tables: (table) => (isDomain(table) || isAudit(table) ? ['SELECT'] : []),
    forbidden: {
      attributes: [...dangerous, 'CREATEDB', 'BYPASSRLS'],
      tables: () => [...changes, 'TRUNCATE'],
      ownership: true,
      other: ddl,
    },
  },
  backup: {
    attributes: ['BYPASSRLS'],
    tables: () => ['SELECT'],
    other: ['USAGE on schema public', 'USAGE on schema plinth', 'USAGE on schema audit'],
    forbidden: { attributes: dangerous, tables: () => [...changes, 'TRUNCATE'], ownership: true, other: ddl },
  },
};

/** What is missing and what is too much, in words. A superuser has everything, so only that is said of it. */
export function compareRole(needs: RoleNeeds, facts: RoleFacts): { lacks: string[]; exceeds: string[] } {
  const { forbidden } = needs;
  const { tables } = facts;
  if (facts.attributes.has('SUPERUSER')) return { lacks: [], exceeds: ['SUPERUSER'] };
  const lacks = [
    ...(needs.attributes ?? []).filter((it) => !facts.attributes.has(it)),
    ...(needs.memberOf ?? []).filter((it) => !facts.memberOf.has(it)).map((it) => `membership in ${it}`),
    ...byPrivilege(tables, needs.tables, (it) => !facts.tablePrivileges.has(it)),
    ...(needs.other ?? []).filter((it) => !facts.otherPrivileges.has(it)),
    ...(needs.limits ?? []).filter((it) => /^0*$/.test(facts.settings.get(it) ?? '')),
    ...(forbidden.ownership ? [] : ownership(tables, (table) => !facts.owns.has(table))),
  ];
  const exceeds = [
    ...forbidden.attributes.filter((it) => facts.attributes.has(it)),
    ...(forbidden.ownership ? ownership(tables, (table) => facts.owns.has(table)) : []),
    ...byPrivilege(tables, forbidden.tables, (it) => facts.tablePrivileges.has(it)),
    ...forbidden.other.filter((it) => facts.otherPrivileges.has(it)),
  ];
  return { lacks, exceeds };
}

/** `INSERT on public.users`, or `INSERT on 12 tables` where it is more than two. */
function byPrivilege(
  tables: readonly string[],
  privilegesOf: ((table: string) => string[]) | undefined,
  hit: (right: string) => boolean,
): string[] {
  const found = new Map<string, string[]>();
  for (const table of tables) {
    for (const privilege of privilegesOf?.(table) ?? []) {
      if (hit(`${privilege} on ${table}`)) found.set(privilege, [...(found.get(privilege) ?? []), table]);
    }
  }
  return [...found].map(([privilege, on]) => `${privilege} on ${someTables(on)}`);
}

function ownership(tables: readonly string[], hit: (table: string) => boolean): string[] {
  const found = tables.filter(hit);
  return found.length === 0 ? [] : [`ownership of ${someTables(found)}`];
}

const someTables = (tables: string[]) =>
  tables.length > 2 ? `${tables.length} tables` : tables.join(' and ');
