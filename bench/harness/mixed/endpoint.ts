import type { Connection, OutgoingRequest, RawAnswer } from '../keep-alive.js';
import type { Random } from '../schedule.js';
import type { Acknowledged } from './acknowledged.js';

/** A user with a connection of their own, and what they remember of earlier answers. */
export interface Client {
  connection: Connection;
  authorization: string;
  /** The user's number among the generated ones. */
  user: number;
  /** Blocks that they have asked for in this run. */
  blocksAsked: number;
  /** Of their own profile. */
  profileVersion: number;
  /** Where their next page of businesses begins. */
  cursor: string | null;
  /** Settled once their latest request is answered: each has one at a time. */
  free: Promise<void>;
}

/** What all requests of a run share. */
export interface MixedWork {
  random: Random;
  rows: { businesses: number; users: number; blocksPerUser: number };
  /** Businesses to change, each once, with the version that a client has read. */
  toChange: { id: string; version: number }[];
  /** Blocks asked for and not yet deleted; id and version come with the answer. */
  toDelete: { client: Client; id?: string; version?: number }[];
  acknowledged: Acknowledged;
}

/** One request: drawn at once, so that every run asks the same; written down when its client is free. */
export interface Planned {
  client: Client;
  request(): Omit<OutgoingRequest, 'authorization'>;
  /** Whether the answer is the right one; remembers what it says. */
  accept(answer: RawAnswer): boolean;
}

/** What is asked of the API, and how often in each hundred requests. */
export interface MixedEndpoint {
  name: string;
  kind: 'read' | 'write' | 'search';
  share: number;
  plan(work: MixedWork, client: Client): Planned;
}
