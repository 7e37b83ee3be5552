// Everything the page knows, in one object. Who changes it calls update(); the page is drawn anew with the next frame.

/** @import { Bodies, Name, Point, Session } from './bodies.js' */

/**
 * @typedef {object} Loaded an answer of the API, kept when a later one fails
 * @property {any} body undefined before the first
 * @property {number} at milliseconds since 1970, by the server's clock
 * @property {import('./ask.js').Refusal | null} refusal of the last try
 *
 * @typedef {object} TableView how somebody wants to see a table
 * @property {string} sort key of a column, with `-` before it for the highest first
 * @property {string} filter
 * @property {number} shown rows
 */

export const state = {
  /** Path of the view that is shown; '' is the overview. */
  view: '',
  /** `asking`: whether data is open is not known yet. */
  access: /** @type {'asking' | 'open' | 'needed'} */ ('asking'),
  signInError: '',
  /** Whether there is a page to go back to from the form. */
  canGoBack: false,
  link: {
    /** `broken`: Plinth cannot be reached; `refused`: it answers, and has nothing to tell now. */
    status: /** @type {'connecting' | 'live' | 'broken' | 'refused'} */ ('connecting'),
    reason: '',
    retryAt: 0,
    /** When the API was last heard of; by the server's clock. */
    heardAt: 0,
  },
  loaded: /** @type {Partial<Record<Name, Loaded>>} */ ({}),
  history: /** @type {Point[]} */ ([]),
  /** Minutes that the charts show. */
  span: 60,
  /** Which statements are shown. */
  ranking: /** @type {'top' | 'slow'} */ ('top'),
  showIdle: true,
  tables: /** @type {Record<string, TableView>} */ ({}),
  plans: /** @type {Record<string, { plan?: any, error?: string, loading?: boolean }>} */ ({}),
  dialog:
    /** @type {{ kind: 'cancel' | 'terminate', pid: number, session: Session, error: string, busy: boolean } | null} */ (
      null
    ),
  /** What somebody did last, said until they go on. */
  done: '',
};

/** Forgets everything that was answered: it was for whoever asked. */
export const forgetAnswers = () =>
  Object.assign(state, { loaded: {}, history: [], plans: {}, dialog: null, done: '' });

/** @type {() => void} */
let onChange = () => {};
let due = false;

/** @param {() => void} listener */
export function watchState(listener) {
  onChange = listener;
}

/**
 * Sets fields of the state and has the page drawn anew.
 * @param {Partial<typeof state>} [fields]
 */
export function update(fields = {}) {
  Object.assign(state, fields);
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    onChange();
  });
}

/**
 * What was answered under this name, undefined before the first answer.
 * @template {Name} N
 * @param {N} name
 * @returns {Bodies[N] | undefined}
 */
export const bodyOf = (name) => state.loaded[name]?.body;
