import type { IncomingHttpHeaders } from 'node:http';
import type { LookupFunction } from 'node:net';
import { OutboundError } from './outbound-error.js';
import { redactUrl } from './redact-url.js';
import { type Hop, type HopAnswer, sendOnce, systemResolver } from './send-once.js';

/** A call to a service outside. */
export interface OutboundCall {
  /** Who is called and what for, for the record: `webhook`, `deliver`. */
  service: string;
  operation: string;
  url: string;
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
  /** For everything together: resolving, connecting, redirects, the whole answer. 10 s unless told. */
  timeoutMs?: number;
  /** Largest body that is read; 1 MiB unless told. */
  maxBytes?: number;
  /** Redirects to follow; none unless told. Each one's address is judged anew, and other hosts get no credentials. */
  redirects?: number;
  signal?: AbortSignal;
  requestId?: string;
  userId?: string;
}

export interface OutboundAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  durationMs: number;
}

/** What is kept of a call, one per request that was sent or refused: never headers, bodies, queries. */
export interface CallRecord {
  service: string;
  operation: string;
  method: string;
  url: string;
  statusCode: number | null;
  durationMs: number;
  ok: boolean;
  errorCode: string | null;
  requestId: string | null;
  userId: string | null;
}

export interface OutboundOptions {
  /** Keeps a record (recordCalls(database)); the call waits for it, and does not fail with it. */
  record: (call: CallRecord) => Promise<unknown>;
  onRecordError?: (error: unknown) => void;
  /** Lets calls reach this machine and private networks: for development and tests, never in production. */
  allowPrivate?: boolean;
  resolve?: LookupFunction;
}

/** The one way out: records every call, ends it in time, bounds the answer and refuses what is not the public Internet. */
export interface Outbound {
  /** Any status is an answer. Throws OutboundError when there is none. */
  call(call: OutboundCall): Promise<OutboundAnswer>;
}

const CREDENTIALS = new Set(['authorization', 'cookie', 'proxy-authorization']);

/** Builds the client; opens nothing. */
export function createOutbound(options: OutboundOptions): Outbound {
  const { record, onRecordError = () => {}, allowPrivate = false, resolve = systemResolver } = options;

  async function recorded(call: OutboundCall, hop: Hop, follow: boolean): Promise<HopAnswer> {
    const startedAt = performance.now();
    let answer: HopAnswer | undefined;
    let failure: unknown;
    try {
      answer = await sendOnce(hop);
      if (isRedirect(answer) && !follow) failure = new OutboundError('redirect_refused');
    } catch (error) {
      failure = error;
    }
    await record({
      service: call.service,
      operation: call.operation,
      method: hop.method,
      url: redactUrl(hop.url.href),
      statusCode: answer?.status ?? null,
      durationMs: Math.round(performance.now() - startedAt),
      ok: failure === undefined && answer !== undefined && answer.status < 400,
      errorCode: failure instanceof OutboundError ? failure.code : failure === undefined ? null : 'internal',
      requestId: call.requestId ?? null,
      userId: call.userId ?? null,
    }).catch(onRecordError);
    if (failure !== undefined || answer === undefined) throw failure;
    return answer;
  }

  return {
    async call(call) {
      const { timeoutMs = 10_000, maxBytes = 1_048_576, redirects = 0 } = call;
      const startedAt = performance.now();
      const end = endAfter(timeoutMs, call.signal);
      try {
        let hop: Hop = {
          url: parseUrl(call.url),
          method: call.method ?? 'GET',
          headers: call.headers ?? {},
          body: call.body,
          maxBytes,
          allowPrivate,
          resolve,
          signal: end.signal,
        };
        for (let left = redirects; ; left--) {
          const answer = await recorded(call, hop, left > 0);
          if (!isRedirect(answer)) return { ...answer, durationMs: performance.now() - startedAt };
          hop = nextHop(hop, answer);
        }
      } finally {
        end.clear();
      }
    },
  };
}

function isRedirect({ status, headers }: HopAnswer): boolean {
  return [301, 302, 303, 307, 308].includes(status) && headers.location !== undefined;
}

function nextHop(hop: Hop, { status, headers }: HopAnswer): Hop {
  const url = parseUrl(headers.location ?? '', hop.url);
  const keepsBody = status === 307 || status === 308 || hop.method === 'GET' || hop.method === 'HEAD';
  const kept = Object.entries(hop.headers).filter(
    ([name]) => url.origin === hop.url.origin || !CREDENTIALS.has(name.toLowerCase()),
  );
  const next = { ...hop, url, headers: Object.fromEntries(kept) };
  return keepsBody ? next : { ...next, method: 'GET', body: undefined };
}

function parseUrl(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) throw new OutboundError('url_invalid');
  const url = new URL(text, base?.href);
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new OutboundError('url_invalid');
  // From https to http everything in it would be readable.
  if (base?.protocol === 'https:' && url.protocol === 'http:') throw new OutboundError('redirect_refused');
  return url;
}

/** A signal that fires with our own words: at the deadline, or when the caller's fires. */
function endAfter(timeoutMs: number, outer: AbortSignal | undefined): { signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  const cancel = () => controller.abort(new OutboundError('cancelled'));
  const timer = setTimeout(() => controller.abort(new OutboundError('timeout')), timeoutMs);
  if (outer?.aborted) cancel();
  outer?.addEventListener('abort', cancel, { once: true });
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', cancel);
    },
  };
}
