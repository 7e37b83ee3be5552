import { recordAccess, type SqlParameter } from '@plinth/db';
import { z } from 'zod';
import { jsonAnswer, moment, nameSchema, pageOf, pageQuery, text, uuid, when } from '../fields.js';
import { type Order, readPage } from '../page.js';
import { type Context, defineRoute, requires, signedIn } from '../route.js';

const entry = nameSchema(
  'AuditEntry',
  z.strictObject({
    id: uuid,
    occurredAt: moment,
    action: z.enum(['insert', 'update', 'delete', 'truncate', 'event']),
    /** The table, or the kind of event. */
    entity: z.string(),
    entityId: z.string().nullable(),
    before: jsonAnswer.nullable(),
    after: jsonAnswer.nullable(),
    /** Columns whose values differ between before and after. */
    changed: z.array(z.string()),
    actorType: z.string(),
    actorId: z.string(),
    userId: uuid.nullable(),
    requestId: z.string().nullable(),
  }),
);
const ENTRIES = `
select id, occurred_at as "occurredAt", action, entity, entity_id as "entityId", before, after, changed,
       actor_type as "actorType", actor_id as "actorId", user_id as "userId", request_id as "requestId"
  from audit_entries`;

const event = nameSchema(
  'SecurityEvent',
  z.strictObject({
    id: uuid,
    occurredAt: moment,
    type: z.string(),
    severity: z.enum(['info', 'warning', 'critical']),
    userId: uuid.nullable(),
    actorType: z.string(),
    actorId: z.string(),
    ipAddress: z.string().nullable(),
    userAgent: z.string().nullable(),
    requestId: z.string().nullable(),
    details: jsonAnswer,
  }),
);
const EVENTS = `
select id, occurred_at as "occurredAt", type, severity, user_id as "userId", actor_type as "actorType", actor_id as "actorId",
       host(ip_address) as "ipAddress", user_agent as "userAgent", request_id as "requestId", details
  from security_event_entries`;

const ORDERS = {
  occurredAt: { column: 'occurred_at', type: 'timestamptz', property: 'occurredAt', descending: false },
  '-occurredAt': { column: 'occurred_at', type: 'timestamptz', property: 'occurredAt', descending: true },
} as const satisfies Record<string, Order>;

const between = { from: when.optional(), until: when.optional() };
const sort = z.enum(['-occurredAt', 'occurredAt']).default('-occurredAt');
const entryFilters = {
  ...between,
  actorId: text(200).optional(),
  userId: uuid.optional(),
  entity: text(100).optional(),
  entityId: text(200).optional(),
  requestId: text(64).optional(),
  action: entry.shape.action.optional(),
};
const eventFilters = {
  ...between,
  type: text(63).optional(),
  severity: event.shape.severity.optional(),
  userId: uuid.optional(),
};

type Filters = { from?: Date | undefined; until?: Date | undefined } & Record<string, unknown>;
const COLUMN: Record<string, string> = {
  actorId: 'actor_id',
  userId: 'user_id',
  entity: 'entity',
  entityId: 'entity_id',
  requestId: 'request_id',
  action: 'action',
  type: 'type',
  severity: 'severity',
};

/** Conditions of a validated query: every filter names a column above. */
function conditions({ from, until, ...equal }: Filters): { where: string[]; parameters: SqlParameter[] } {
  const where: string[] = [];
  const parameters: SqlParameter[] = [];
  const add = (value: unknown) => `$${parameters.push(value as SqlParameter)}`;
  if (from) where.push(`occurred_at >= ${add(from)}`);
  if (until) where.push(`occurred_at < ${add(until)}`);
  for (const [name, column] of Object.entries(COLUMN)) {
    if (equal[name] !== undefined) where.push(`${column} = ${add(equal[name])}`);
  }
  return { where, parameters };
}

type ListQuery = Filters & { limit: number; cursor?: string | undefined; sort: keyof typeof ORDERS };

/** A page of a view that answers by who asks; hence as the caller. */
function readView(
  context: Pick<Context, 'database' | 'actor' | 'services'>,
  path: string,
  select: string,
  query: ListQuery,
) {
  const { limit: _limit, cursor: _cursor, sort: order, ...filters } = query;
  return context.database.tx(
    (sql) =>
      readPage(sql, context.services.cursors, path, query, {
        select,
        ...conditions(filters),
        idColumn: 'id',
        order: ORDERS[order],
      }),
    context.actor,
    { readOnly: true },
  );
}

const listEntries = defineRoute({
  method: 'GET',
  path: '/v1/audit-log',
  summary: 'Changes of audited rows, by actor, entity, request and time',
  access: requires('audit:read'),
  query: z.strictObject({ ...pageQuery, ...entryFilters, sort }),
  response: pageOf(entry),
  handler: (context) => readView(context, '/v1/audit-log', ENTRIES, context.query),
});

const PAGE = 1_000;

const exportEntries = defineRoute({
  method: 'GET',
  path: '/v1/audit-log/export',
  summary: 'The audit log as NDJSON, oldest first, as long as it is',
  access: requires('audit:read'),
  query: z.strictObject(entryFilters),
  media: 'application/x-ndjson',
  response: entry,
  async handler(context) {
    context.setHeader('Content-Disposition', 'attachment; filename="audit-log.ndjson"');
    return traced(context, lines(context, context.query));
  },
});

/** Whoever takes the log away leaves a trace: before the first line. */
async function* traced(
  { database, actor }: Pick<Context, 'database' | 'actor'>,
  pages: AsyncGenerator<string>,
): AsyncGenerator<string> {
  const access = { entity: 'audit_log', purpose: 'export of the audit log', rowCount: 0 };
  await database.tx((sql) => recordAccess(sql, access), actor);
  yield* pages;
}

/** Page by page, so that neither a long log nor a slow client holds a connection or a transaction. */
async function* lines(
  context: Pick<Context, 'database' | 'actor'>,
  filters: Filters,
): AsyncGenerator<string> {
  let last: { occurredAt: Date; id: string } | undefined;
  for (;;) {
    const { where, parameters } = conditions(filters);
    if (last) {
      where.push(
        `(occurred_at, id) > ($${parameters.push(last.occurredAt)}, $${parameters.push(last.id)}::uuid)`,
      );
    }
    const condition = where.length > 0 ? ` where ${where.join(' and ')}` : '';
    const rows = await context.database.tx(
      (sql) =>
        sql.query<{ occurredAt: Date; id: string }>(
          `${ENTRIES}${condition} order by occurred_at, id limit ${PAGE}`,
          parameters,
        ),
      context.actor,
      { readOnly: true },
    );
    if (rows.length > 0) yield rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    if (rows.length < PAGE) return;
    last = rows.at(-1);
  }
}

const listEvents = defineRoute({
  method: 'GET',
  path: '/v1/security-events',
  summary: 'Sign-ins, refusals, changed privileges, by type, user and time',
  access: requires('audit:read'),
  query: z.strictObject({ ...pageQuery, ...eventFilters, sort }),
  response: pageOf(event),
  handler: (context) => readView(context, '/v1/security-events', EVENTS, context.query),
});

const listMyEvents = defineRoute({
  method: 'GET',
  path: '/v1/me/security-events',
  summary: 'What happened around my own account',
  access: signedIn,
  query: z.strictObject({ ...pageQuery, ...between, sort }),
  response: pageOf(event),
  handler: (context) =>
    readView(context, '/v1/me/security-events', EVENTS, {
      ...context.query,
      userId: context.principal.userId,
    }),
});

export const auditRoutes = [listEntries, exportEntries, listEvents, listMyEvents];
