import { recordSecurityEvent, type Sql, type SqlParameter } from '@plinth/db';
import { z } from 'zod';
import { deviceOf } from '../auth/sessions.js';
import { ApiError } from '../errors.js';
import { moment, nameSchema, pageOf, pageQuery, text } from '../fields.js';
import { readPage } from '../page.js';
import { defineRoute, defineWrite, requires } from '../route.js';

const status = z.enum(['waiting', 'scheduled', 'running', 'retrying', 'dead']);
const job = nameSchema(
  'Job',
  z.strictObject({
    /** A number, as text: there may be more of them than JavaScript counts exactly. */
    id: z.string(),
    task: z.string(),
    key: z.string().nullable(),
    status,
    attempts: z.int(),
    maxAttempts: z.int(),
    /** Why the last try failed. */
    lastError: z.string().nullable(),
    runAt: moment,
    startedAt: moment.nullable(),
    createdAt: moment,
    updatedAt: moment,
  }),
);
const params = z.strictObject({ id: z.string().regex(/^\d{1,18}$/, 'is not the number of a job') });

/** The view answers those who may see operations, as the acting user. It has no payloads. */
const JOBS = `
select j.id::text as id, j.task, j.key, j.status, j.attempts, j.max_attempts as "maxAttempts", j.last_error as "lastError",
       j.run_at as "runAt", j.started_at as "startedAt", j.created_at as "createdAt", j.updated_at as "updatedAt"
  from job_entries j`;
/** Not `id`: in ORDER BY that is the text that is answered, by which 9 comes after 10. */
const ORDER = { column: 'j.id', type: 'bigint', property: 'id', descending: true } as const;

async function readJob(sql: Pick<Sql, 'oneOrNone'>, id: string): Promise<object> {
  const found = await sql.oneOrNone<object>(`${JOBS} where j.id = $1::bigint`, [id]);
  if (found === null)
    throw new ApiError('not_found', 'there is no job with this id; jobs that succeeded are gone');
  return found;
}

const listJobs = defineRoute({
  method: 'GET',
  path: '/v1/jobs',
  summary: 'Background jobs that wait, run or have failed, the latest first; those that succeeded are gone',
  access: requires('operations:read'),
  query: z.strictObject({ ...pageQuery, task: text(128).optional(), status: status.optional() }),
  response: pageOf(job),
  handler: ({ query, database, actor, services: { cursors } }) =>
    database.tx(
      (sql) => {
        const where: string[] = [];
        const parameters: SqlParameter[] = [];
        if (query.task !== undefined) where.push(`j.task = $${parameters.push(query.task)}`);
        if (query.status !== undefined) where.push(`j.status = $${parameters.push(query.status)}`);
        const listing = { select: JOBS, where, parameters, idColumn: 'j.id', idType: 'bigint' } as const;
        return readPage(sql, cursors, '/v1/jobs', query, { ...listing, order: ORDER });
      },
      actor,
      { readOnly: true },
    ),
});

const oneJob = defineRoute({
  method: 'GET',
  path: '/v1/jobs/:id',
  summary: 'One background job that has not succeeded yet',
  access: requires('operations:read'),
  params,
  response: job,
  handler: ({ database, actor, params: { id } }) =>
    database.tx((sql) => readJob(sql, id), actor, { readOnly: true }),
});

const retryJob = defineWrite({
  method: 'POST',
  path: '/v1/jobs/:id/retry',
  summary: 'Run a job again that waits or has failed: now, with all its tries',
  access: requires('operations:read', 'operations:write'),
  params,
  response: job,
  async handler({ params: { id }, device }, tx) {
    const { id: jobId } = (await readJob(tx.sql, id)) as { id: string };
    const { done } = await tx.sql.one<{ done: boolean }>('select plinth.retry_job($1::bigint) as done', [
      jobId,
    ]);
    if (!done) throw new ApiError('conflict', 'the job is running');
    await recordSecurityEvent(tx.sql, { type: 'job.retried', ...deviceOf(device), details: { jobId } });
    return readJob(tx.sql, id);
  },
});

export const jobRoutes = [listJobs, oneJob, retryJob];
