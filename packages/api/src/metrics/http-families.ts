import { counter, type Family, gauge, histogram } from './family.js';

/** Requests, by OpenTelemetry's names. The route is a template: strangers cannot add series. */
export const httpFamilies: readonly Family[] = [
  histogram('http_server_request_duration_seconds', 'Time to answer a request.', ({ monitoring: { http } }) =>
    http.series().map(({ method, route, status, latency }) => ({
      labels: {
        http_request_method: method,
        http_route: route,
        http_response_status_code: String(status),
      },
      durations: latency,
    })),
  ),
  gauge('http_server_active_requests', 'Requests being answered now.', ({ monitoring }) =>
    monitoring.http.active(),
  ),
  gauge('plinth_event_streams', 'Streams of server-sent events that are open now.', ({ monitoring }) =>
    monitoring.streams.count(),
  ),
];

const pool = { pool_name: 'app' };

/** `businesses.list` is an action of a model; `select` is an action of none. */
function namesOf(operation: string): { model: string; action: string } {
  const dot = operation.indexOf('.');
  return dot < 0
    ? { model: '', action: operation }
    : { model: operation.slice(0, dot), action: operation.slice(dot + 1) };
}

/** The API's own pool and what it asks of the database, by OpenTelemetry's names for database clients. */
export const clientFamilies: readonly Family[] = [
  gauge('db_client_connection_count', 'Connections of the pool by state.', ({ client }) => {
    const status = client?.pool;
    return (
      status && [
        { labels: { ...pool, state: 'idle' }, value: status.checked_in },
        { labels: { ...pool, state: 'used' }, value: status.checked_out },
      ]
    );
  }),
  gauge('db_client_connection_max', 'The most connections that the pool opens.', ({ monitoring }) => [
    { labels: pool, value: monitoring.poolMax },
  ]),
  gauge(
    'db_client_connection_pending_requests',
    'Callers waiting for a connection.',
    ({ client }) => client && [{ labels: pool, value: client.pool.overflow }],
  ),
  counter(
    'db_client_connection_timeouts_total',
    'Callers that got no connection in time.',
    ({ client }) => client && [{ labels: pool, value: client.timeouts }],
  ),
  counter(
    'db_client_connection_shed_total',
    'Callers refused because too many were waiting.',
    ({ client }) => client && [{ labels: pool, value: client.shed }],
  ),
  counter(
    'db_client_connection_discarded_total',
    'Connections discarded because they were broken.',
    ({ client }) => client && [{ labels: pool, value: client.pool.invalid }],
  ),
  histogram(
    'db_client_connection_wait_time_seconds',
    'Time that callers waited for a connection.',
    ({ client }) => (client ? [{ labels: pool, durations: client.acquire }] : []),
  ),
  histogram(
    'db_client_operation_duration_seconds',
    'Time that operations of the data layer took.',
    ({ client }) =>
      (client?.operations ?? []).map(({ operation, latency }) => ({
        labels: namesOf(operation),
        durations: latency,
      })),
  ),
  counter(
    'db_client_operation_errors_total',
    'Operations of the data layer that failed, by our codes.',
    ({ client }) =>
      (client?.operations ?? []).flatMap(({ operation, errors }) =>
        Object.entries(errors).map(([code, value]) => ({ labels: { ...namesOf(operation), code }, value })),
      ),
  ),
  counter('db_client_retries_total', 'Transactions that ran again, by reason.', ({ client }) =>
    Object.entries(client?.retries ?? {}).map(([reason, value]) => ({ labels: { reason }, value })),
  ),
];
