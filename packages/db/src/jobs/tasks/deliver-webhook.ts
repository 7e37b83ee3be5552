import { PlinthError } from '../../errors.js';
import { OutboundError } from '../../outbound/outbound-error.js';
import { signWebhook } from '../signature.js';
import { defineTask, type TaskContext, textOf } from '../task.js';

/** Tries before an event counts as dead. The queue waits e, e^2, ... e^10 seconds between them: 16 hours together. */
export const WEBHOOK_TRIES = 12;
const TIMEOUT_MS = 10_000;

interface Delivery {
  attempts: number;
  status: string;
  eventType: string;
  data: unknown;
  createdAt: Date;
  webhookId: string | null;
  url: string | null;
  secret: Buffer | null;
  userId: string | null;
}

/** The event, and the webhook as far as it may be delivered to: switched on, its owner in good standing. */
const LOAD = `
  select e.attempts, e.status::text, e.event_type as "eventType", e.payload as data, e.created_at as "createdAt",
         w.id as "webhookId", w.url, w.secret_enc as secret, w.user_id as "userId"
    from webhook_events e
    left join webhooks w on w.id = e.webhook_id and w.is_active
     and exists (select from users u where u.id = w.user_id and u.is_active and u.deleted_at is null)
   where e.id = $1`;
// By the number of tries, so that of two runs of one job only one sends.
const CLAIM = `
  update webhook_events set status = 'delivering', attempts = attempts + 1, next_attempt_at = null
   where id = $1 and attempts = $2 and status in ('pending', 'delivering', 'failed')`;
const SETTLE = `
  update webhook_events set status = $2::webhook_event_status, last_status_code = $3, last_error_code = $4,
         delivered_at = case when $2 = 'delivered' then now() end,
         next_attempt_at = case when $2 = 'failed' then now() + $5 * interval '1 second' end
   where id = $1 and status <> 'delivered'`;

/**
 * Sends one webhook_events row to its webhook, signed. Any 2xx is success; else it fails, so that the queue tries again,
 * until it is dead. Receivers tell repetitions by the header plinth-delivery.
 */
export const deliverWebhook = defineTask({
  name: 'deliver-webhook',
  parse: (payload) => ({ eventId: textOf(payload, 'eventId') }),
  async run({ eventId }, context) {
    const { database } = context;
    const delivery = await database.oneOrNone<Delivery>(LOAD, [eventId]);
    if (delivery === null || delivery.status === 'delivered' || delivery.status === 'dead') return;
    const settle = (status: string, code: number | null, error: string | null, waitS = 0) =>
      database.none(SETTLE, [eventId, status, code, error, waitS]);
    const { webhookId, url, secret, attempts } = delivery;
    if (webhookId === null || url === null) return void (await settle('dead', null, 'webhook_inactive'));
    if (secret === null) return void (await settle('dead', null, 'no_secret'));
    // Before the try is counted: a missing key is our fault and not the receiver's.
    const key = context.cipher.decryptField('webhooks', 'secretEnc', webhookId, secret);
    if ((await database.none(CLAIM, [eventId, attempts])) === 0) return;

    const { status, error } = await send(context, eventId, url, key, delivery);
    if (error === null) return void (await settle('delivered', status, null));
    if (attempts + 1 >= WEBHOOK_TRIES) {
      await settle('dead', status, error);
      context.log(`webhook event ${eventId} is dead after ${WEBHOOK_TRIES} tries: ${error}`);
      return;
    }
    await settle('failed', status, error, Math.exp(Math.min(10, context.job.attempts)));
    throw new PlinthError('webhook_failed', `webhook event ${eventId}, try ${attempts + 1}: ${error}`);
  },
});

async function send(
  { outbound, signal }: TaskContext,
  eventId: string,
  url: string,
  secret: string,
  { eventType, data, createdAt, userId }: Delivery,
): Promise<{ status: number | null; error: string | null }> {
  const body = JSON.stringify({ id: eventId, type: eventType, createdAt, data });
  try {
    const { status } = await outbound.call({
      service: 'webhook',
      operation: eventType,
      method: 'POST',
      url,
      body,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Plinth-Webhooks/1',
        'plinth-event': eventType,
        'plinth-delivery': eventId,
        'plinth-signature': signWebhook(secret, body, Date.now()),
      },
      timeoutMs: TIMEOUT_MS,
      maxBytes: 65_536,
      signal,
      ...(userId === null ? {} : { userId }),
    });
    return { status, error: status >= 200 && status < 300 ? null : `status_${status}` };
  } catch (error) {
    if (error instanceof OutboundError) return { status: null, error: error.code };
    throw error;
  }
}
