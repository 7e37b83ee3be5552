import type { SeedContext, SeedRow, SeedTable } from '../scenario.js';
import { stamps } from '../stamps.js';
import { DEMO_DAYS, demoPersonId } from './people.js';

const HOURS = 24 * DEMO_DAYS;

/** What the dashboard draws: deliveries, calls outside, nightly backups, hourly snapshots, alerts that are over. */
export function demoOperations(context: SeedContext): SeedTable[] {
  const owner = demoPersonId(context, 0);
  const webhook = context.id('demo:webhook');
  return [
    {
      table: 'webhooks',
      rows: [
        {
          id: webhook,
          user_id: owner,
          url: 'https://hooks.example.com/demo',
          description: 'Demonstration; inactive, so that nothing is sent',
          event_types: ['business.created', 'risk.assessed'],
          is_active: false,
          ...stamps(context.at(DEMO_DAYS), owner),
        },
      ],
    },
    { table: 'webhook_events', rows: deliveries(context, webhook, owner) },
    { table: 'external_service_calls', rows: calls(context) },
    { table: 'backup_runs', rows: backups(context) },
    { table: 'metric_snapshots', rows: snapshots(context) },
    { table: 'alerts', rows: alerts(context) },
  ];
}

function deliveries(context: SeedContext, webhook: string, owner: string): SeedRow[] {
  const random = context.random('demo deliveries');
  return Array.from({ length: 12 * DEMO_DAYS }, (_, index) => {
    const at = DEMO_DAYS - Math.floor(index / 12);
    const minute = 120 * (index % 12) + random.below(100);
    const delivered = random.next() < 0.94;
    const attempts = delivered ? 1 + Math.floor(random.next() ** 4 * 4) : 8;
    const type = random.pick(['business.created', 'risk.assessed']);
    return {
      id: context.id(`demo:delivery:${index}`),
      webhook_id: webhook,
      event_type: type,
      payload: { type, index },
      status: delivered ? 'delivered' : 'dead',
      attempts,
      last_status_code: delivered ? 200 : random.pick([500, 502, 410]),
      last_error_code: delivered ? null : 'bad_status',
      delivered_at: delivered ? context.at(at, minute + attempts) : null,
      ...stamps(context.at(at, minute), owner),
    };
  });
}

function calls(context: SeedContext): SeedRow[] {
  const random = context.random('demo calls');
  return Array.from({ length: 15 * DEMO_DAYS }, (_, index) => {
    const service = random.pick(['trade-register', 'sanctions-screening', 'mail']);
    const ok = random.next() < 0.97;
    return {
      id: context.id(`demo:call:${index}`),
      service,
      operation: service === 'mail' ? 'send' : 'search',
      method: service === 'mail' ? 'POST' : 'GET',
      url: `https://${service}.example.com/v2`,
      status_code: ok ? 200 : 503,
      duration_ms: Math.round(60 + 900 * random.next() ** 3),
      ok,
      error_code: ok ? null : 'unavailable',
      request_id: `demo-${index}`,
      created_at: context.at(DEMO_DAYS - Math.floor(index / 15), 96 * (index % 15) + random.below(90)),
    };
  });
}

/** One a night; one failed, and the note says that no set stands behind any of them. */
function backups(context: SeedContext): SeedRow[] {
  return Array.from({ length: DEMO_DAYS }, (_, index) => {
    const day = DEMO_DAYS - index;
    const failed = index === 17;
    const plain = 48_000_000 + 610_000 * index;
    return {
      id: context.id(`demo:backup:${index}`),
      backup_id: `demo-${context.seed}-${context.at(day).slice(0, 10)}`,
      kind: 'logical',
      status: failed ? 'failed' : 'succeeded',
      started_at: context.at(day, 120),
      finished_at: context.at(day, failed ? 121 : 123),
      stored_bytes: failed ? null : Math.round(plain / 6.4),
      plain_bytes: failed ? null : plain,
      verified: failed ? null : index % 7 === 0 ? 3 : 1,
      verified_at: failed ? null : context.at(day, 125),
      error_code: failed ? 'disk_full' : null,
      note: 'demonstration row: no backup set exists',
      created_at: context.at(day, 120),
    };
  });
}

/** One an hour, with a working day's rise and a quiet night. */
function snapshots(context: SeedContext): SeedRow[] {
  const random = context.random('demo snapshots');
  return Array.from({ length: HOURS }, (_, hour) => {
    const load = 0.2 + 0.8 * Math.max(0, Math.sin(((hour % 24) - 6) * (Math.PI / 12)));
    const active = Math.round(1 + 9 * load + random.below(3));
    return {
      id: context.id(`demo:snapshot:${hour}`),
      captured_at: context.at(DEMO_DAYS, 60 * hour),
      tier: 1,
      data: {
        source: 'demo',
        connections: { active, idle: 12 - Math.min(10, active), max: 100 },
        cacheHitRatio: Number((0.985 + random.next() / 100).toFixed(4)),
        transactionsPerSecond: Math.round(20 + 180 * load + random.below(15)),
        databaseBytes: 61_000_000 + 25_000 * hour,
      },
    };
  });
}

function alerts(context: SeedContext): SeedRow[] {
  return [
    {
      rule: 'backup_failed',
      severity: 'critical',
      object: '',
      day: 13,
      minutes: 240,
      message: 'the last backup failed: disk_full',
    },
    {
      rule: 'slow_queries',
      severity: 'warning',
      object: 'messages',
      day: 21,
      minutes: 18,
      message: '14 statements took longer than 500 ms',
    },
    {
      rule: 'pool_saturated',
      severity: 'warning',
      object: '',
      day: 8,
      minutes: 3,
      message: 'the pool had no free connection for 70 s',
    },
    {
      rule: 'blocked_session',
      severity: 'critical',
      object: 'businesses',
      day: 4,
      minutes: 6,
      message: 'a session has waited 92 s for a lock',
    },
  ].map(({ rule, severity, object, day, minutes, message }) => ({
    id: context.id(`demo:alert:${rule}`),
    rule,
    severity,
    state: 'resolved',
    object,
    message,
    evidence: { source: 'demo' },
    started_at: context.at(day, 600),
    resolved_at: context.at(day, 600 + minutes),
    notified_at: context.at(day, 601),
    created_at: context.at(day, 601),
  }));
}
