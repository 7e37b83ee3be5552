import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface SuiteOptions {
  readonly help: boolean;
  /** Names of faults; empty: all. */
  readonly only: readonly string[];
  readonly seed: number;
  /** Random rounds go on until this much time has passed; the first pass through all faults is never cut short. */
  readonly minutes: number;
  /** Systems that are broken at the same time, each with its own faults. */
  readonly worlds: number;
  readonly json: boolean;
  readonly report: boolean;
}

const MAX_SEED = 2 ** 32 - 1;
/** Each has a server, an API and a worker. */
const MOST_WORLDS = 8;

/** Reads the arguments. Throws Error with a message for people. */
export function parseOptions(
  args: readonly string[],
  faults: readonly string[],
  anySeed: number,
): SuiteOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      seed: { type: 'string' },
      minutes: { type: 'string', default: '4' },
      worlds: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
    },
  });
  const only = values.only.flatMap((names) => names.split(',')).filter((name) => name !== '');
  const unknown = only.find((name) => !faults.includes(name));
  if (unknown !== undefined) throw new Error(`no fault "${unknown}"; there are ${faults.join(', ')}`);
  const seed = values.seed === undefined ? anySeed : Number(values.seed);
  if (!(Number.isInteger(seed) && seed >= 0 && seed <= MAX_SEED))
    throw new Error(`--seed ${values.seed} is not a whole number from 0 to ${MAX_SEED}`);
  const minutes = Number(values.minutes);
  if (!(minutes >= 0 && minutes <= 1_440))
    throw new Error(`--minutes ${values.minutes} is not a number from 0 to 1440`);
  const worlds = Number(values.worlds);
  if (!(Number.isInteger(worlds) && worlds >= 1 && worlds <= MOST_WORLDS))
    throw new Error(`--worlds ${values.worlds} is not a whole number from 1 to ${MOST_WORLDS}`);
  if (values.report && worlds > 1)
    throw new Error(
      '--report wants one world: its numbers are those of a system that has the machine to itself',
    );
  if (values.report && only.length > 0)
    throw new Error('--report wants a run of all faults: leave --only out');
  return { help: values.help, only, seed, minutes, worlds, json: values.json, report: values.report };
}
