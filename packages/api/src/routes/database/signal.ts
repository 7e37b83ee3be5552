import { z } from 'zod';
import { ApiError, type ErrorCode } from '../../errors.js';
import { nameSchema, text, when } from '../../fields.js';
import { defineRoute, requires } from '../../route.js';

const MAX_PID = 2 ** 31 - 1;

/** Who asks for it names the session twice, and why. */
const body = z.strictObject({
  /** Of the session, as /v1/database/sessions tells it: a pid alone may have gone to another session meanwhile. */
  backendStart: when,
  /** The pid once more. */
  confirm: z.int().min(1).max(MAX_PID),
  reason: text(500).refine((reason) => reason.trim() !== '', 'is blank'),
});

/** Why nothing was signalled, as plinth.signal_session() tells it. */
const REFUSALS: Record<string, readonly [ErrorCode, string]> = {
  not_permitted: ['forbidden', 'the right to signal sessions was taken away'],
  not_granted: [
    'unavailable',
    'plinth_owner lacks pg_signal_backend or pg_read_all_stats on this server: see docs/deployment.md',
  ],
  gone: ['not_found', 'the session has ended'],
  own: ['unprocessable', 'this is the connection that carries the request'],
  other_database: ['unprocessable', 'the session belongs to another database'],
  not_a_client: ['unprocessable', 'this is a process of the server, not a session'],
  superuser: ['unprocessable', "a superuser's session can be ended by a superuser alone"],
  other_session: ['conflict', 'the pid belongs to another session now'],
};

const SIGNAL = 'select plinth.signal_session($1, $2, $3, $4, $5::inet, $6) as outcome';

const defineSignal = (action: 'cancel' | 'terminate', summary: string) =>
  defineRoute({
    method: 'POST',
    path: `/v1/database/sessions/:pid/${action}`,
    summary,
    access: requires('database:signal'),
    params: z.strictObject({ pid: z.coerce.number().int().min(1).max(MAX_PID) }),
    body,
    response: nameSchema(
      action === 'cancel' ? 'CancelledSession' : 'TerminatedSession',
      z.strictObject({ pid: z.int(), action: z.literal(action) }),
    ),
    handler: async ({
      database,
      actor,
      device,
      params: { pid },
      body: { backendStart, confirm, reason },
    }) => {
      if (confirm !== pid) {
        const message = `is not the pid ${pid}`;
        const errors = [{ in: 'body' as const, pointer: '/confirm', code: 'not_confirmed', message }];
        throw new ApiError('invalid_request', 'the pid is not confirmed', { errors });
      }
      // Committed whatever the outcome: a refused attempt is recorded, too.
      const { outcome } = await database.tx(
        (sql) =>
          sql.one<{ outcome: string }>(SIGNAL, [
            pid,
            backendStart,
            action,
            reason,
            device.ip ?? null,
            device.userAgent ?? null,
          ]),
        actor,
      );
      const refusal = REFUSALS[outcome];
      if (refusal) throw new ApiError(...refusal);
      return { pid, action };
    },
  });

/** What a person may do to a session; never the operators' token: somebody has to answer for it. */
export const signalRoutes = [
  defineSignal('cancel', "Cancel a session's running statement"),
  defineSignal('terminate', 'End a session'),
];
