import { randomBytes } from 'node:crypto';
import { enqueueJob, type Handle, newRowId, type Transaction, webhookEvents, webhooks } from '@plinth/db';
import { z } from 'zod';
import { ApiError } from '../errors.js';
import { idParams, jsonAnswer, leaveOut, moment, nameSchema, text, uuid } from '../fields.js';
import { refuseMore } from '../refuse-more.js';
import { defineResource, pathParams } from '../resource.js';
import { defineRoute, defineWrite, signedIn } from '../route.js';

const url = z
  .url({ protocol: /^https?$/ })
  .max(2_048)
  .refine((value) => {
    const parsed = URL.parse(value);
    return !parsed?.username && !parsed?.password;
  }, 'holds credentials');
const eventType = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,40}(\.[a-z][a-z0-9_]{0,40}){1,3}$/, 'is not a type of events');
const writable = {
  url,
  description: text(500, 0),
  /** Empty: all. */
  eventTypes: z.array(eventType).max(50),
  isActive: z.boolean(),
};
const change = z.strictObject(leaveOut(writable));

/** Each event of their owner goes to all of them. */
const MAX_WEBHOOKS = 100;

const resource = defineResource({
  path: '/v1/me/webhooks',
  noun: ['webhook of yours', 'my webhooks'],
  schema: 'Webhook',
  repository: webhooks,
  answer: { ...writable, url: z.string(), eventTypes: z.array(z.string()) },
  sorts: ['-createdAt', 'createdAt'],
  change,
  access: { read: signedIn, change: signedIn, delete: signedIn },
  fixed: ({ principal }) => ({ userId: principal.userId }),
});

const withSecret = nameSchema('WebhookWithSecret', resource.answered.extend({ secret: z.string() }));

/** What the receiver checks signatures with. It is told once and stored encrypted, bound to its row. */
const newSecret = () => `whsec_${randomBytes(32).toString('base64url')}`;

// Neither takes an Idempotency-Key: its stored answer would hold the secret.
const createWebhook = defineRoute({
  method: 'POST',
  path: '/v1/me/webhooks',
  summary: 'Subscribe to events by HTTP; the answer alone tells the signing secret',
  access: signedIn,
  body: change.extend({ url }),
  response: withSecret,
  created: true,
  versioned: true,
  async handler({ body, database, actor, principal: { userId }, services: { fieldCipher } }) {
    const id = newRowId();
    const secret = newSecret();
    const sealed = fieldCipher.encryptFields('webhooks', id, { secretEnc: secret });
    const made = await database.as(actor).tx(async (sql) => {
      await refuseMore(sql, userId, {
        max: MAX_WEBHOOKS,
        count: 'select count(*)::int as count from webhooks where user_id = $1',
        detail: `you have ${MAX_WEBHOOKS} webhooks: delete one first`,
      });
      return webhooks.create(sql, { ...body, ...sealed, id, userId });
    });
    return { ...resource.present(made), secret };
  },
});

const rotateSecret = defineRoute({
  method: 'POST',
  path: '/v1/me/webhooks/:id/rotate-secret',
  summary: 'Replace the signing secret; the answer alone tells it',
  access: signedIn,
  params: idParams,
  response: withSecret,
  versioned: true,
  async handler({ params: { id }, database, actor, services: { fieldCipher } }) {
    const secret = newSecret();
    const sealed = fieldCipher.encryptFields('webhooks', id, { secretEnc: secret });
    const changed = await webhooks.update(database.as(actor), id, sealed, undefined);
    return { ...resource.present(changed), secret };
  },
});

const eventsPath = '/v1/me/webhooks/:webhookId/deliveries';

/** Row security answers no webhook of anybody else. */
async function webhookIsMine(handle: Handle, { params }: { params: Record<string, string> }): Promise<void> {
  const found = await webhooks.get(handle, params.webhookId as string, { select: ['id'] });
  if (found === null) throw new ApiError('not_found', 'you have no webhook with this id');
}

const deliveries = defineResource({
  path: eventsPath,
  noun: ['delivery', 'what was, and will be, delivered to a webhook'],
  schema: 'WebhookDelivery',
  repository: webhookEvents,
  answer: {
    webhookId: uuid,
    eventType: z.string(),
    payload: jsonAnswer,
    status: z.enum(['pending', 'delivering', 'delivered', 'failed', 'dead']),
    attempts: z.int(),
    nextAttemptAt: moment.nullable(),
    lastStatusCode: z.int().nullable(),
    lastErrorCode: z.string().nullable(),
    deliveredAt: moment.nullable(),
  },
  filters: { status: z.enum(['pending', 'delivering', 'delivered', 'failed', 'dead']) },
  sorts: ['-createdAt', 'createdAt'],
  access: { read: signedIn },
  fixed: ({ params }) => ({ webhookId: params.webhookId as string }),
  within: webhookIsMine,
});

/** In the transaction of the event's own row: there is a job if and only if there is something to deliver. */
const queueDelivery = (tx: Transaction, eventId: string) =>
  enqueueJob(tx.sql, 'deliver-webhook', { eventId }, { key: `deliver-webhook ${eventId}` });

const ping = defineWrite({
  method: 'POST',
  path: eventsPath,
  summary: 'Deliver an event of the type webhook.ping, to try the receiver out',
  access: signedIn,
  params: pathParams(eventsPath),
  response: deliveries.answered,
  created: true,
  versioned: true,
  async handler(context, tx) {
    await webhookIsMine(tx, context);
    const { webhookId = '' } = context.params;
    const event = await webhookEvents.create(tx, { webhookId, eventType: 'webhook.ping', payload: {} });
    await queueDelivery(tx, event.id);
    return deliveries.present(event);
  },
});

const redeliveryPath = `${eventsPath}/:id/redelivery`;
const redeliver = defineWrite({
  method: 'POST',
  path: redeliveryPath,
  summary: 'Deliver an event once more, whatever became of it',
  access: signedIn,
  params: pathParams(redeliveryPath),
  response: deliveries.answered,
  versioned: true,
  async handler(context, tx) {
    await webhookIsMine(tx, context);
    const { webhookId, id = '' } = context.params;
    const found = await webhookEvents.get(tx, id);
    if (found === null || found.webhookId !== webhookId) {
      throw new ApiError('not_found', 'there is no delivery with this id');
    }
    const anew = { status: 'pending', attempts: 0, nextAttemptAt: null, deliveredAt: null } as const;
    const event = await webhookEvents.update(tx, id, anew, found.version);
    await queueDelivery(tx, id);
    return deliveries.present(event);
  },
});

export const webhookRoutes = [
  ...resource.routes,
  createWebhook,
  rotateSecret,
  ...deliveries.routes,
  ping,
  redeliver,
];
