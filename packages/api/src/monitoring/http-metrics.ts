import type { IncomingMessage, ServerResponse } from 'node:http';
import { createHistogram, type Histogram, type HistogramRecorder } from '@plinth/db';

/** What the requests of one route, method and status were like. */
export interface HttpSeries {
  method: string;
  /** The route's template; `other` for everything that is none, so that strangers cannot add names. */
  route: string;
  status: number;
  latency: Histogram;
}

export interface HttpMetrics {
  /** To be told of every request, as it comes. */
  observe(request: IncomingMessage, response: ServerResponse): void;
  /** Requests being answered now. */
  active(): number;
  series(): HttpSeries[];
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Counts requests. `probeOf` names the probe that an URL means, if any. */
export function createHttpMetrics(probeOf: (url: string) => string | undefined): HttpMetrics {
  const series = new Map<string, Omit<HttpSeries, 'latency'> & { latency: HistogramRecorder }>();
  let active = 0;

  function note(method: string, route: string, status: number, durationMs: number): void {
    const key = `${method} ${route} ${status}`;
    let entry = series.get(key);
    if (entry === undefined) {
      entry = { method, route, status, latency: createHistogram() };
      series.set(key, entry);
    }
    entry.latency.observe(durationMs);
  }

  return {
    observe(request, response) {
      const startedAt = performance.now();
      const probe = probeOf(request.url ?? '/');
      const method = METHODS.has(request.method ?? '') ? (request.method as string) : '_OTHER';
      active++;
      response.once('close', () => {
        active--;
        if (request.untimed) return;
        // A connection that broke before the answer was out has no status of its own: 499, as proxies write it.
        const status = response.writableFinished ? response.statusCode : 499;
        note(method, request.routeTemplate ?? probe ?? 'other', status, performance.now() - startedAt);
      });
    },
    active: () => active,
    series: () => [...series.values()].map(({ latency, ...one }) => ({ ...one, latency: latency.read() })),
  };
}

declare module 'node:http' {
  interface IncomingMessage {
    /** The template of the route that serves it, such as /v1/artists/:id. */
    routeTemplate?: string;
    /** It stays open for as long as the client likes: how long says nothing. */
    untimed?: boolean;
  }
}
