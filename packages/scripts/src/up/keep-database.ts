import { setTimeout as sleep } from 'node:timers/promises';
import { PlinthError } from '@plinth/db';
import { type EmbeddedServer, embeddedStatus } from '@plinth/db/embedded';
import type { CommandContext } from '../context.js';
import { startServer } from '../target.js';

const LOOK_MS = 500;
/** So often within so long it is started again; a server that ends faster than that does not get well by it. */
const MOST = 5;
const WITHIN_MS = 10 * 60_000;
/** Between one try and the next. */
const PAUSE_MS = 1_000;

/**
 * Looks after the embedded server until the command ends: one that has crashed is started again, on its port, so that
 * API and worker find it. One that somebody stopped is left alone. Throws `database_failed` when it crashes too often, or
 * does not start any more.
 */
export async function keepDatabase(context: CommandContext, server: EmbeddedServer): Promise<void> {
  const { config, output, signal } = context;
  let restarting: Promise<unknown> = Promise.resolve();
  // A server that is just being started is waited for, so that it can be stopped.
  context.defer(async () => void (await restarting.catch(() => {})));
  let stopped = false;
  let failure: unknown;
  const tries: number[] = [];
  while (!signal.aborted) {
    const status = await embeddedStatus({ home: config.home });
    if (status.running) {
      stopped = false;
    } else if (!status.crashed) {
      if (!stopped)
        output.say('postgresql was stopped: `plinth db start` starts it again, Ctrl-C ends the rest');
      stopped = true;
    } else {
      const now = Date.now();
      while (tries[0] !== undefined && tries[0] < now - WITHIN_MS) tries.shift();
      if (tries.length === MOST) throw givenUp(config.home, failure);
      if (tries.length > 0) await pause(PAUSE_MS, signal);
      if (signal.aborted) return;
      tries.push(now);
      output.say(`postgresql ended by itself: starting it again, try ${tries.length} of ${MOST}`);
      const starting = startServer(context);
      restarting = starting;
      failure = await starting.then(
        (started) => mustBeAt(server.port, started.port),
        (error: unknown) => error,
      );
      if (failure instanceof Error) output.say(`postgresql does not start: ${failure.message}`);
    }
    await pause(LOOK_MS, signal);
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => {});

/** API and worker know one port alone. */
function mustBeAt(wanted: number, port: number): undefined {
  if (port === wanted) return;
  throw new PlinthError('database_failed', `postgresql came back on port ${port}, ${wanted} is taken`, {
    fix: 'run `plinth up` again: API and worker then use the new port',
  });
}

function givenUp(home: string, cause: unknown): PlinthError {
  const why =
    cause instanceof Error
      ? `it does not start any more: ${cause.message}`
      : `${MOST} times within 10 minutes`;
  return new PlinthError('database_failed', `postgresql ended by itself, ${why}`, {
    cause,
    fix: `read ${home}/postgres.log; \`plinth db start\` tries again`,
  });
}
