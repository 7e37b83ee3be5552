import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger } from '../ledger/ledger.js';
import type { SeededRandom } from '../seeded-random.js';
import { type CarefulWriter, createCarefulWriter, type SeenBlock } from './careful-writer.js';
import { createHttpClient, type Heard } from './http-client.js';
import type { Person } from './person.js';
import { blockArtist, changeNote, give, unblock, type Wish } from './wish.js';

/** A whole answer takes this long at most; longer than the API's own limits, so that it is usually the API that gives up. */
const PATIENCE_MS = 8_000;
const THINK_MS = [10, 50] as const;
/** Before an operation that failed is tried again. */
const BACKOFF_MS = [50, 250] as const;

/** What a client acts on. */
export interface ClientOptions {
  readonly number: number;
  readonly person: Person;
  readonly everybody: readonly Person[];
  readonly random: SeededRandom;
  /** Artists that only this client of its user blocks. */
  readonly artistIds: readonly string[];
  readonly campaignId: string;
  readonly ports: () => readonly number[];
}

/** A client with one kept connection that writes and reads until it is told to stop. */
export interface LoadClient {
  /** Works for one round. `rewinds`: time may be turned back by a restore, so rows may vanish rightly. */
  run(ledger: Ledger, options: { rewinds: boolean; stopped: () => boolean }): Promise<void>;
  /** Settles what is unsettled; answers what could not be. */
  settle(limitMs: number): Promise<string[]>;
  close(): void;
}

export function createLoadClient(options: ClientOptions): LoadClient {
  const { number, person, everybody, random, artistIds, campaignId, ports } = options;
  const http = createHttpClient(PATIENCE_MS);
  let nextArtist = 0;
  let writer: CarefulWriter | undefined;

  return {
    async run(ledger, { rewinds, stopped }) {
      let operations = 0;
      /** Blocks of this round that this client alone changes, as it knows them; without those it waits for. */
      const mine = new Map<string, { version: number; marker: string }>();
      const onDone = ({ operation: { kind, table, rowId, version, marker } }: Wish) => {
        if (table !== 'user_artist_blocks' || rowId === undefined || version === undefined) return;
        if (rowId === person.sharedRow) return;
        if (person.sharedRow === undefined && kind === 'create') person.sharedRow = rowId;
        else mine.set(rowId, { version, marker });
      };
      const current = createCarefulWriter({ http, person, random, ledger, ports, rewinds, onDone });
      writer = current;
      const naming = () => ({
        marker: `r${ledger.round}.u${person.index}.c${number}.o${operations++}`,
        client: number,
        userId: person.id,
      });
      const sawAll = (heard: Heard, key: 'note' | 'message') => {
        if (!('status' in heard) || heard.status !== 200) return;
        for (const row of (heard.body as { data: Record<string, string>[] }).data)
          ledger.saw(person.index, row[key] ?? '');
      };

      async function readOwn(): Promise<void> {
        const [id, known] = random.pick([...mine]);
        const heard = await current.read(`/v1/me/blocks/${id}`);
        if (rewinds || !('status' in heard) || heard.status >= 500) return;
        const { note, version } = heard.body as SeenBlock;
        if (heard.status !== 200 || note !== known.marker || version !== known.version)
          ledger.misread(
            `${known.marker} (version ${known.version}) reads ${heard.status} ${note} (version ${version})`,
          );
      }
      /** Another user's block: its id is no secret worth keeping, so it must not open anything. */
      async function readForeign(): Promise<void> {
        const id = random.pick(everybody).sharedRow;
        if (id === undefined) return;
        const heard = await current.read(`/v1/me/blocks/${id}`);
        if ('status' in heard && heard.status === 200)
          ledger.saw(person.index, (heard.body as SeenBlock).note);
      }
      async function changeShared(id: string): Promise<void> {
        const heard = await current.read(`/v1/me/blocks/${id}`);
        if (!('status' in heard) || heard.status !== 200) return;
        const { note, version } = heard.body as SeenBlock;
        ledger.saw(person.index, note);
        await current.begin(changeNote(naming(), id, version));
      }
      async function changeMine(remove: boolean): Promise<void> {
        const [id, { version }] = random.pick([...mine]);
        mine.delete(id);
        await current.begin((remove ? unblock : changeNote)(naming(), id, version));
      }
      async function step(): Promise<void> {
        const dice = random.next();
        const shared = person.sharedRow;
        if (dice < 0.35) {
          const artistId = artistIds[nextArtist++ % artistIds.length] ?? '';
          await current.begin(blockArtist(naming(), artistId));
        } else if (dice < 0.5) await current.begin(give(naming(), campaignId));
        else if (dice < 0.68) await (mine.size > 0 ? changeMine(false) : undefined);
        else if (dice < 0.74) await (mine.size > 3 ? changeMine(true) : undefined);
        else if (dice < 0.8) await (shared === undefined ? undefined : changeShared(shared));
        else {
          ledger.reads++;
          if (dice < 0.86) sawAll(await current.read('/v1/me/blocks?limit=20'), 'note');
          else if (dice < 0.9) sawAll(await current.read('/v1/me/contributions?limit=20'), 'message');
          else if (dice < 0.94) await readForeign();
          else if (mine.size > 0) await readOwn();
        }
      }

      while (!stopped()) {
        const troubles = ledger.troubles.length;
        if (!(random.chance(0.3) && (await current.again()))) await step();
        const [low, high] = ledger.troubles.length > troubles ? BACKOFF_MS : THINK_MS;
        await sleep(random.between(low, high));
      }
    },
    settle: (limitMs) => writer?.settle(limitMs) ?? Promise.resolve([]),
    close: () => http.close(),
  };
}
