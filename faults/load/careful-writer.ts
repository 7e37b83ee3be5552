import { setTimeout as sleep } from 'node:timers/promises';
import { classify, isTrouble, wordsOf } from '../ledger/classify.js';
import type { Ledger } from '../ledger/ledger.js';
import { outcomeOf } from '../ledger/operation.js';
import type { SeededRandom } from '../seeded-random.js';
import type { Heard, HttpClient } from './http-client.js';
import type { Person } from './person.js';
import type { Wish } from './wish.js';

/** A block as its reader gets it. */
export interface SeenBlock {
  readonly id: string;
  readonly note: string;
  readonly version: number;
}

/** Who writes, how, and where it is noted. */
export interface WriterOptions {
  readonly http: HttpClient;
  readonly person: Person;
  readonly random: SeededRandom;
  readonly ledger: Ledger;
  /** The API's ports: more than one while two processes serve. */
  readonly ports: () => readonly number[];
  /** A restore may turn time back: a row that is missing was not necessarily removed. */
  readonly rewinds: boolean;
  /** Told of every operation that is known to have happened. */
  readonly onDone: (wish: Wish) => void;
}

/** Of operations that surely failed for the system's reasons, those that are given up instead of tried again. */
const GIVE_UP = 0.4;
/** Of operations without an answer, those whose client never comes back. */
const VANISH = 0.05;

/** Writes as a careful client does: what was not answered is sent again, with the same key or version, until it is. */
export interface CarefulWriter {
  /** Tries a new operation once. */
  begin(wish: Wish): Promise<void>;
  /** Tries one of the unsettled operations again; false when there is none. */
  again(): Promise<boolean>;
  /** Settles all of them, for `limitMs` at most. Answers the markers that are left. */
  settle(limitMs: number): Promise<string[]>;
  read(path: string): Promise<Heard>;
}

export function createCarefulWriter(options: WriterOptions): CarefulWriter {
  const { http, person, random, ledger, ports, rewinds, onDone } = options;
  const unsettled: Wish[] = [];

  const send = (method: string, path: string, headers: Record<string, string>, body?: object) =>
    http.send({
      port: random.pick(ports()),
      method,
      path,
      headers: { authorization: person.authorization, ...headers },
      ...(body === undefined ? {} : { body }),
    });
  const read = (path: string) => send('GET', path, {});

  async function attempt({ operation, method, path, body, version }: Wish): Promise<Heard> {
    const { marker, attempts } = operation;
    const requestId = `${marker}.a${attempts.length}`;
    const sentMs = performance.now();
    const heard = await send(
      method,
      path,
      {
        'x-request-id': requestId,
        ...(method === 'POST' ? { 'idempotency-key': marker } : {}),
        ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
      },
      body,
    );
    const endedMs = performance.now();
    const replayed = 'headers' in heard && heard.headers['idempotent-replayed'] === 'true';
    attempts.push({ requestId, outcome: classify(heard), replayed, sentMs, endedMs, said: wordsOf(heard) });
    if (isTrouble(heard)) ledger.troubles.push({ sentMs, endedMs, said: wordsOf(heard) });
    return heard;
  }

  /** Reads what became of a change whose answer was lost. */
  async function look({ operation }: Wish): Promise<'happened' | 'hidden' | 'later'> {
    const heard = await read(`/v1/me/blocks/${operation.rowId}`);
    if (isTrouble(heard) || !('status' in heard)) return 'later';
    if (heard.status === 404) return operation.kind === 'delete' && !rewinds ? 'happened' : 'hidden';
    const { note, version } = heard.body as SeenBlock;
    if (note !== operation.marker) return 'hidden';
    operation.version = version;
    return 'happened';
  }

  /** One try; true when there is nothing left to find out. */
  async function settleOne(wish: Wish): Promise<boolean> {
    const { operation } = wish;
    const heard = await attempt(wish);
    const last = operation.attempts.at(-1)?.outcome;
    if (last === 'acknowledged' && 'body' in heard) {
      const row = heard.body as SeenBlock | undefined;
      if (operation.kind === 'create') operation.rowId = row?.id;
      operation.version = row?.version;
      onDone(wish);
      return true;
    }
    if (last === 'unknown') return random.chance(VANISH);
    const sofar = outcomeOf(operation);
    if (isTrouble(heard)) return sofar === 'failed' && random.chance(GIVE_UP);
    const { status, body } = heard as { status: number; body: { code?: string } };
    if (status === 401 || status === 429 || body.code === 'idempotency_in_progress') return false;
    if (sofar === 'failed') return true;
    if (operation.kind === 'create') {
      const { marker, attempts } = operation;
      ledger.misread(`${marker} was sent again with its key: ${attempts.map(({ said }) => said).join(', ')}`);
      return true;
    }
    const found = await look(wish);
    if (found === 'later') return false;
    if (found === 'happened') {
      operation.seen = true;
      onDone(wish);
    }
    // Hidden behind somebody else's later change: nobody can say, and the audit log will.
    return true;
  }

  return {
    read,
    async begin(wish) {
      ledger.operations.push(wish.operation);
      if (!(await settleOne(wish))) unsettled.push(wish);
    },
    async again() {
      const wish = unsettled.shift();
      if (wish === undefined) return false;
      if (!(await settleOne(wish))) unsettled.push(wish);
      return true;
    },
    async settle(limitMs) {
      const deadline = performance.now() + limitMs;
      while (unsettled.length > 0 && performance.now() < deadline) {
        const before = unsettled.length;
        await this.again();
        if (unsettled.length === before) await sleep(100);
      }
      return unsettled.map(({ operation }) => operation.marker);
    },
  };
}
