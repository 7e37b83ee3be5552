import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { embeddedStatus, startEmbedded, stopEmbedded } from '@plinth/db/embedded';
import { SERVER_SETTINGS } from './settings.js';

/** A PostgreSQL of the suite's own, which can be ill-treated. */
export interface Postgres {
  readonly port: number;
  /** Starts it where it does not run, and waits until it takes connections. */
  start(): Promise<void>;
  /** Fast shutdown. */
  stop(): Promise<void>;
  /** kill -9 of its first process; the others end when they notice. */
  kill(): Promise<void>;
  /** kill -9 of one session's process: all others are ended too, and the log is replayed. */
  killBackend(pid: number): void;
  /** SIGSTOP to all of its processes. */
  freeze(): Promise<void>;
  /** SIGCONT. */
  thaw(): Promise<void>;
}

/** Starts the server of this home. */
export async function openPostgres(home: string): Promise<Postgres> {
  const { port } = await startEmbedded({ home, settings: SERVER_SETTINGS });
  let frozen: number[] = [];
  const pidNow = async () => {
    const status = await embeddedStatus({ home });
    if (!status.running) throw new Error('postgresql does not run');
    return status.pid;
  };
  return {
    port,
    async start() {
      // After a crash it may be ending itself, or be short of disk for a moment longer.
      for (let attempt = 0; ; attempt++) {
        try {
          const server = await startEmbedded({ home, settings: SERVER_SETTINGS });
          if (server.port !== port)
            throw new Error(`postgresql came back on port ${server.port}, not ${port}`);
          return;
        } catch (error) {
          if (attempt === 5) throw error;
          await sleep(300);
        }
      }
    },
    async stop() {
      await stopEmbedded({ home });
    },
    async kill() {
      process.kill(await pidNow(), 'SIGKILL');
    },
    killBackend(pid) {
      process.kill(pid, 'SIGKILL');
    },
    async freeze() {
      const first = await pidNow();
      // The first one first: it would otherwise start new ones meanwhile.
      process.kill(first, 'SIGSTOP');
      const others = (await readFile(`/proc/${first}/task/${first}/children`, 'utf8'))
        .split(' ')
        .filter(Boolean);
      frozen = [first, ...others.map(Number)];
      for (const pid of frozen) signalIfThere(pid, 'SIGSTOP');
    },
    async thaw() {
      for (const pid of frozen) signalIfThere(pid, 'SIGCONT');
      frozen = [];
    },
  };
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
