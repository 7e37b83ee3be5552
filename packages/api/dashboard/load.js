import { ask, attempt, Refusal, readJson } from './ask.js';
import { now } from './clock.js';
import { hasPerson } from './credentials.js';
import { state, update } from './state.js';

/** Where each thing that views show is read. */
const places = {
  metrics: '/v1/database/metrics',
  findings: '/v1/database/findings',
  sessions: '/v1/database/sessions',
  statements: '/v1/database/statements?limit=100',
  slow: '/v1/database/statements?limit=100&slow=true',
  tables: '/v1/database/tables',
  backupRuns: '/v1/backup-runs?limit=20',
  alerts: '/v1/alerts?limit=20',
  permissions: '/v1/me/permissions',
  health: '/health',
  ready: '/ready',
  startup: '/startup',
};

/** @import { Name } from './bodies.js' */

/** Probes say what they have to say with 503 as well. */
const probes = new Set(['health', 'ready', 'startup']);

/** What is for persons alone: a refusal there says nothing of the rest. */
const optional = new Set(['backupRuns', 'alerts', 'permissions']);

/** @type {Map<Name, Promise<void>>} */
const underWay = new Map();
/** @type {Set<Name>} */
const wantedAgain = new Set();

/**
 * Reads the named things anew; what cannot be read keeps what was known. What is being read already is read once more
 * after that: the answer under way may be older than what made somebody ask. Never throws.
 * @param {readonly Name[]} names
 */
export async function load(names) {
  await Promise.all(
    names.map((name) => {
      const running = underWay.get(name);
      if (running) wantedAgain.add(name);
      const reading = running ?? read(name).finally(() => underWay.delete(name));
      underWay.set(name, reading);
      return reading;
    }),
  );
}

/** @param {Name} name */
async function read(name) {
  do {
    wantedAgain.delete(name);
    await loadOne(name);
  } while (wantedAgain.has(name));
}

/** @param {Name} name */
async function loadOne(name) {
  const before = state.loaded[name];
  try {
    if (optional.has(name) && !hasPerson()) throw new Refusal(401, 'unauthenticated', 'nobody is signed in');
    const body = probes.has(name) ? await probe(places[name]) : await ask(places[name]);
    state.loaded[name] = { body, at: now(), refusal: null };
    state.link.heardAt = now();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    state.loaded[name] = { body: before?.body, at: before?.at ?? 0, refusal: error };
    if (optional.has(name)) return update();
    if (error.status === 401) state.access = 'needed';
    if (error.status === 403) {
      state.access = 'needed';
      state.signInError = 'That is not enough: it needs the permission database:read.';
    }
  }
  update();
}

/** @param {string} path */
async function probe(path) {
  const response = await attempt(path);
  return { ...(await readJson(response)), http: response.status };
}
