import type { Actor, Database } from '@plinth/db';
import type { Request, Response } from 'express';
import type { Principal } from './auth/principal.js';
import type { Device } from './auth/sessions.js';
import type { IfMatch } from './etag.js';
import type { IdempotencyRequest } from './idempotency.js';
import type { Context } from './route.js';
import type { Services } from './services.js';

/** What the pipeline has found out about a call. */
export type CallFacts = Pick<
  Context,
  'requestId' | 'services' | 'actor' | 'params' | 'query' | 'body' | 'ifMatch' | 'idempotency'
> & { principal: Principal | undefined };

/**
 * What a handler gets. A class and not an object with getters written out for each call: V8 gives every such object a hidden
 * class of its own, which only a full collection frees, and with it all that the getters see. Every request outlived its
 * answer that way, and collecting them took a tenth of the API's time.
 */
export class CallContext implements Omit<Context, 'principal'> {
  readonly requestId: string;
  readonly services: Services;
  readonly principal: Principal | undefined;
  readonly actor: Actor;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly ifMatch: IfMatch;
  readonly idempotency: IdempotencyRequest | undefined;
  readonly #request: Request;
  readonly #response: Response;
  readonly #database: () => Database;

  constructor(request: Request, response: Response, database: () => Database, facts: CallFacts) {
    this.requestId = facts.requestId;
    this.services = facts.services;
    this.principal = facts.principal;
    this.actor = facts.actor;
    this.params = facts.params;
    this.query = facts.query;
    this.body = facts.body;
    this.ifMatch = facts.ifMatch;
    this.idempotency = facts.idempotency;
    this.#request = request;
    this.#response = response;
    this.#database = database;
  }

  get database(): Database {
    return this.#database();
  }

  get setHeader(): (name: string, value: string) => void {
    return (name, value) => this.#response.setHeader(name, value);
  }

  get device(): Device {
    return { ip: this.#request.ip, userAgent: this.#request.get('user-agent') };
  }
}
