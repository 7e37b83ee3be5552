import { AsyncLocalStorage } from 'node:async_hooks';

/** What a log line should say about the work it belongs to. For logging only: never for authorisation or row security. */
export interface RequestContext {
  readonly requestId: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work` so that every log line written meanwhile carries the context. */
export function withRequestContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** The context of the work in progress, or undefined outside any. */
export function currentRequestContext(): RequestContext | undefined {
  return storage.getStore();
}
