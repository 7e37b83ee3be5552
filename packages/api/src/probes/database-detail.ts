import { DatabaseError, type Sql } from '@plinth/db';
import type { ProbeAnswer } from './answers.js';
import { measureComplex, measureSimple, measureWrite } from './measure.js';
import type { Prober } from './prober.js';
import { reasonOf } from './reason.js';
import type { ProbeState } from './state.js';
import { within } from './within.js';

/** Answers are kept this long, and one look serves everybody who asks meanwhile. */
const TTL_MS = 5_000;
/** The longest anybody waits. */
const DEADLINE_MS = 2_000;

/** The probe for operators: looks at the database closely, at most every five seconds. */
export function createDatabaseDetail(options: {
  prober: Prober;
  state: () => ProbeState;
  onFailure: (error: unknown) => void;
  now?: () => number;
}): () => Promise<ProbeAnswer> {
  const { prober, state, onFailure, now = () => performance.now() } = options;
  let kept: { at: number; answer: Promise<ProbeAnswer> } | undefined;

  async function look(): Promise<ProbeAnswer> {
    try {
      const connection = prober.connection();
      if (connection === undefined) throw new DatabaseError('unavailable');
      return up(state(), await within(DEADLINE_MS, inspect(connection)));
    } catch (error) {
      onFailure(error);
      const database = { status: 'down', code: reasonOf(error) };
      return { status: 503, body: { status: 'error', info: {}, error: { database }, details: { database } } };
    }
  }

  return () => {
    if (kept === undefined || now() - kept.at >= TTL_MS) kept = { at: now(), answer: look() };
    return kept.answer;
  };
}

type Inspection = Awaited<ReturnType<typeof inspect>>;

function up(
  { pool, observation: { migrations } }: ProbeState,
  { facts, simple, complexMs, writeMs }: Inspection,
): ProbeAnswer {
  const database = {
    status: 'up',
    connectivity: { status: 'up', ms: simple.ms },
    write_check: { status: 'up', ms: writeMs },
    connection_pool: pool ?? null,
    migrations: migrations ?? null,
    ...facts,
    response_times: { simple_query_ms: simple.ms, complex_query_ms: complexMs, write_ms: writeMs },
  };
  return { status: 200, body: { status: 'ok', info: { database }, error: {}, details: { database } } };
}

/** Counts users exactly while they are few; by the planner's estimate when counting would take long. */
const FACTS = `
select case when c.reltuples < 50000 then (select count(*) from users where deleted_at is null) else c.reltuples end::float8 as user_count,
       now() as "current_time", current_setting('server_version') as pg_version
  from pg_class c where c.oid = 'public.users'::regclass`;

async function inspect(sql: Sql) {
  const simple = await measureSimple(sql);
  const complexMs = await measureComplex(sql);
  const writeMs = await measureWrite(sql);
  const facts = await sql.one<{ user_count: number; current_time: Date; pg_version: string }>(FACTS);
  return { simple, complexMs, writeMs, facts };
}
