import type { SeedContext, SeedTable } from '../scenario.js';
import { stamps } from '../stamps.js';
import { personId } from './people.js';

/**
 * Webhooks with finished deliveries, calls to services outside, one alert that is over. Nothing here is due or firing:
 * the worker must not call addresses of seeded rows, and the monitor must not take invented backups for real ones.
 */
export function operations(context: SeedContext): SeedTable[] {
  const analyst = personId(context, 'analyst');
  const webhook = context.id('webhook:crm');
  const old = context.id('webhook:old');
  return [
    {
      table: 'webhooks',
      rows: [
        {
          id: webhook,
          user_id: analyst,
          url: 'https://crm.example.com/hooks/plinth',
          description: 'Keeps the CRM in step with businesses',
          event_types: ['business.created', 'business.updated'],
          is_active: false,
          ...stamps(context.at(50), analyst),
        },
        {
          id: old,
          user_id: analyst,
          url: 'https://old.example.com/in',
          description: 'Replaced by the CRM',
          event_types: [],
          is_active: false,
          ...stamps(context.at(150), analyst),
        },
      ],
    },
    {
      table: 'webhook_events',
      rows: [
        { key: 'a', hook: webhook, type: 'business.created', status: 'delivered', attempts: 1, code: 200 },
        { key: 'b', hook: webhook, type: 'business.updated', status: 'delivered', attempts: 3, code: 204 },
        { key: 'c', hook: old, type: 'business.created', status: 'dead', attempts: 8, code: 410 },
      ].map(({ key, hook, type, status, attempts, code }, index) => ({
        id: context.id(`delivery:${key}`),
        webhook_id: hook,
        event_type: type,
        payload: { type, id: context.id('business:Nordlicht Energie GmbH') },
        status,
        attempts,
        next_attempt_at: null,
        last_status_code: code,
        last_error_code: status === 'dead' ? 'gone' : null,
        delivered_at: status === 'delivered' ? context.at(20 - index, 1 + attempts) : null,
        ...stamps(context.at(20 - index), analyst),
      })),
    },
    {
      table: 'external_service_calls',
      rows: [
        { service: 'trade-register', operation: 'lookup', code: 200, ms: 412 },
        { service: 'sanctions-screening', operation: 'search', code: 200, ms: 187 },
        { service: 'sanctions-screening', operation: 'search', code: 503, ms: 2_004 },
        { service: 'trade-register', operation: 'lookup', code: null, ms: 10_000 },
      ].map(({ service, operation, code, ms }, index) => ({
        id: context.id(`call:${index}`),
        service,
        operation,
        method: 'GET',
        url: `https://${service}.example.com/v2/${operation}`,
        status_code: code,
        duration_ms: ms,
        ok: code === 200,
        error_code: code === null ? 'timeout' : code === 503 ? 'unavailable' : null,
        request_id: `seed-${context.seed}-${index}`,
        user_id: analyst,
        created_at: context.at(10 - index, 5),
      })),
    },
    {
      table: 'alerts',
      rows: [
        {
          id: context.id('alert:pool'),
          rule: 'pool_saturated',
          severity: 'warning',
          state: 'resolved',
          object: '',
          message: 'the pool had no free connection for 70 s',
          evidence: { checkedOut: 20, size: 20, waiting: 6 },
          started_at: context.at(9, 30),
          resolved_at: context.at(9, 41),
          notified_at: context.at(9, 31),
          created_at: context.at(9, 31),
        },
      ],
    },
  ];
}
