import { Readable } from 'node:stream';
import { ApiError } from '../errors.js';

/** Streams of server-sent events that are open now. */
export interface EventStreams {
  /** Opens one more, which begins with `first`. Throws ApiError `unavailable` when there are too many, or while draining. */
  open(first: string): Readable;
  /** Sends an event to all of them. */
  send(event: string): void;
  count(): number;
  /** Ends all of them, and lets nobody open another. */
  close(): void;
}

/** Longest silence: proxies close connections without traffic after 30 to 60 s. */
const HEARTBEAT_MS = 15_000;
/** A client is asked to come again after this long, so that a right that was taken away ends. */
const LIFETIME_MS = 10 * 60_000;
/** What a reader may leave unread before it is cut off; some twenty events. */
const MAX_UNREAD_BYTES = 1024 * 1024;
const MAX_STREAMS = 50;

/** One event as it is sent; `data` has no line breaks (JSON has none). */
export const formatEvent = (name: string, data: string): string => `event: ${name}\ndata: ${data}\n\n`;

/** Makes an empty set of streams; limits are given for tests. */
export function createEventStreams(
  limits: { heartbeatMs?: number; lifetimeMs?: number; maxUnreadBytes?: number; maxStreams?: number } = {},
): EventStreams {
  const { heartbeatMs = HEARTBEAT_MS, lifetimeMs = LIFETIME_MS } = limits;
  const { maxUnreadBytes = MAX_UNREAD_BYTES, maxStreams = MAX_STREAMS } = limits;
  const streams = new Set<Readable>();
  let closed = false;
  let heart: NodeJS.Timeout | undefined;

  function write(stream: Readable, text: string): void {
    // What the connection does not take waits here; a reader that never catches up must not fill the memory.
    if (stream.readableLength > maxUnreadBytes) stream.destroy();
    else stream.push(text);
  }
  /** Nothing is pushed after the end. */
  function finish(stream: Readable): void {
    streams.delete(stream);
    // A reader that is behind would keep a draining process waiting.
    if (stream.readableFlowing === false) stream.destroy();
    else stream.push(null);
  }
  function send(text: string): void {
    for (const stream of streams) write(stream, text);
  }

  return {
    open(first) {
      if (closed || streams.size >= maxStreams) {
        throw new ApiError(
          'unavailable',
          closed ? 'the process is ending' : 'too many event streams are open',
          {
            headers: { 'Retry-After': '10' },
          },
        );
      }
      let lifetime: NodeJS.Timeout | undefined;
      const stream = new Readable({
        encoding: 'utf8',
        read() {},
        destroy(error, done) {
          clearTimeout(lifetime);
          streams.delete(stream);
          if (streams.size === 0) {
            clearInterval(heart);
            heart = undefined;
          }
          done(error);
        },
      });
      streams.add(stream);
      lifetime = setTimeout(finish, lifetimeMs, stream).unref();
      heart ??= setInterval(() => send(': still here\n\n'), heartbeatMs).unref();
      write(stream, `retry: 2000\n\n${first}`);
      return stream;
    },
    send,
    count: () => streams.size,
    close() {
      closed = true;
      for (const stream of streams) finish(stream);
    },
  };
}
