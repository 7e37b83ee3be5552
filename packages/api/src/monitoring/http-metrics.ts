import type { IncomingMessage } from 'node:http';
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
  /** To be told of every request as it comes, and of its end. */
  begin(): void;
  end(request: IncomingMessage, status: number, durationMs: number): void;
  /** Requests being answered now. */
  active(): number;
  series(): HttpSeries[];
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Counts requests. */
export function createHttpMetrics(): HttpMetrics {
  const series = new Map<string, Omit<HttpSeries, 'latency'> & { latency: HistogramRecorder }>();
  let active = 0;

  return {
    begin() {
      active++;
    },
    end(request, status, durationMs) {
      active--;
      if (request.untimed) return;
      const { method: given = '', routeTemplate: route = 'other' } = request;
      const method = METHODS.has(given) ? given : '_OTHER';
      const key = `${method} ${route} ${status}`;
      let entry = series.get(key);
      if (entry === undefined) {
        entry = { method, route, status, latency: createHistogram() };
        series.set(key, entry);
      }
      entry.latency.observe(durationMs);
    },
    active: () => active,
    series: () => [...series.values()].map(({ latency, ...one }) => ({ ...one, latency: latency.read() })),
  };
}

declare module 'node:http' {
  interface IncomingMessage {
    /** The template of the route or probe that serves it, such as /v1/artists/:id. */
    routeTemplate?: string;
    /** It stays open for as long as the client likes: how long says nothing. */
    untimed?: boolean;
  }
}
