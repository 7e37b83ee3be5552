import { Refusal } from './ask.js';
import { now } from './clock.js';
import { readCredentials } from './credentials.js';
import { followEvents } from './events.js';
import { addHistory } from './history.js';
import { load } from './load.js';
import { bodyOf, state, update } from './state.js';
import { viewAt } from './views/views.js';

/** @type {AbortController | undefined} */
let following;
/** @type {() => void} */
let wakeUp = () => {};

/** Reads what the current view shows, and what the frame around it does. */
export async function loadView() {
  await load([...viewAt(state.view).needs, 'metrics', 'findings']);
  addHistory(bodyOf('metrics'));
}

/**
 * Begins to follow the database; anew where it was followed already, with other credentials. Answers once it is known
 * whether they are enough (state.access).
 */
export async function follow() {
  following?.abort();
  following = new AbortController();
  const { signal } = following;
  update({ canGoBack: false });
  // Where data is closed there is no need to be refused first.
  if (readCredentials() === null && document.documentElement.dataset.open !== 'true')
    return update({ access: 'needed' });
  update({ access: state.access === 'open' ? 'open' : 'asking' });
  await Promise.all([loadView(), load(['permissions'])]);
  // Whoever began anew meanwhile has a stream of their own.
  if (signal.aborted || /** @type {string} */ (state.access) === 'needed') return;
  update({ access: 'open' });
  stream(signal);
}

/** @param {AbortSignal} signal */
async function stream(signal) {
  try {
    await followEvents('/v1/database/events', {
      signal,
      onOpen() {
        update({ link: { status: 'live', reason: '', retryAt: 0, heardAt: now() } });
        // What happened while the line was down.
        loadView();
      },
      onEvent(name, data) {
        if (name !== 'monitor') return;
        state.link.heardAt = now();
        state.loaded.metrics = { body: { ...bodyOf('metrics'), ...data }, at: now(), refusal: null };
        addHistory(data);
        update();
        load([...viewAt(state.view).needs, 'findings']);
      },
      onBreak({ message, status }, retryAt) {
        update({
          link: { ...state.link, status: status === 0 ? 'broken' : 'refused', reason: message, retryAt },
        });
      },
      wake: () =>
        new Promise((resolve) => {
          wakeUp = () => resolve(undefined);
        }),
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (signal.aborted) return;
    const signInError =
      error.status === 403 ? 'That is not enough: it needs the permission database:read.' : '';
    update({ access: 'needed', signInError });
  }
}

/** Tries at once, where the line is down. */
export const retryNow = () => wakeUp();
