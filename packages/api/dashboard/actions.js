import { Refusal, signIn, signOut } from './ask.js';
import { forgetCredentials, keepCredentials } from './credentials.js';
import { follow, loadView, retryNow } from './follow.js';
import { load } from './load.js';
import { showPlan } from './plan.js';
import { closeDialog, confirmSignal, openDialog } from './signal.js';
import { forgetAnswers, state, update } from './state.js';

/** @typedef {(element: HTMLElement, event: Event) => void} Action */

/**
 * What buttons and links do, by their data-action.
 * @type {Record<string, Action>}
 */
const clicks = {
  go(link, event) {
    const { ctrlKey, metaKey, shiftKey, button } = /** @type {MouseEvent} */ (event);
    if (ctrlKey || metaKey || shiftKey || button !== 0) return;
    event.preventDefault();
    const view = link.dataset.view ?? '';
    if (view !== state.view) history.pushState(null, '', link.getAttribute('href'));
    update({ view, done: '' });
    loadView();
    scrollTo(0, 0);
    // The view is drawn with the next frame; then it is read from its start.
    requestAnimationFrame(() => document.getElementById('content')?.focus({ preventScroll: true }));
  },
  async copy(button) {
    const text = button.parentElement?.querySelector('pre')?.textContent ?? '';
    const label = button.querySelector('span');
    const done = await copyText(text);
    if (label === null) return;
    label.textContent = done ? 'Copied' : 'Select it';
    setTimeout(() => {
      label.textContent = 'Copy';
    }, 1_600);
  },
  sort({ dataset: { table = '', column = '', first = '' } }) {
    const view = state.tables[table];
    if (view)
      view.sort =
        view.sort === `${first}${column}` ? `${first === '-' ? '' : '-'}${column}` : `${first}${column}`;
    update();
  },
  more({ dataset: { table = '' } }) {
    const view = state.tables[table];
    if (view) view.shown += 100;
    update();
  },
  theme() {
    const order = ['system', 'light', 'dark'];
    const chosen =
      order[(order.indexOf(localStorage.getItem('plinth.theme') ?? 'system') + 1) % 3] ?? 'system';
    if (chosen === 'system') localStorage.removeItem('plinth.theme');
    else localStorage.setItem('plinth.theme', chosen);
    dispatchEvent(new Event('theme-chosen'));
    update();
  },
  async 'sign-out'() {
    await signOut();
    forgetAnswers();
    follow();
  },
  'ask-sign-in': () => update({ access: 'needed', signInError: '', canGoBack: true }),
  'go-back': () => follow(),
  retry: () => retryNow(),
  plan: ({ dataset }) => showPlan(dataset.query ?? ''),
  cancel: ({ dataset }) => openDialog('cancel', Number(dataset.pid)),
  terminate: ({ dataset }) => openDialog('terminate', Number(dataset.pid)),
  'close-dialog': () => closeDialog(),
};

/** @type {Record<string, (form: FormData) => Promise<void>>} */
const submits = {
  async 'sign-in'(form) {
    await enter(() => signIn(String(form.get('email')).trim(), String(form.get('password'))));
  },
  async 'use-token'(form) {
    await enter(async () => keepCredentials({ kind: 'token', token: String(form.get('token')).trim() }));
  },
  signal: (form) => confirmSignal(String(form.get('reason')).trim(), String(form.get('pid')).trim()),
};

/** @type {Record<string, Action>} */
const changes = {
  filter(input) {
    const view = state.tables[input.dataset.table ?? ''];
    if (view) view.filter = /** @type {HTMLInputElement} */ (input).value;
    update();
  },
  span(input) {
    update({ span: Number(/** @type {HTMLInputElement} */ (input).value) });
  },
  ranking(input) {
    update({ ranking: /** @type {'top' | 'slow'} */ (/** @type {HTMLInputElement} */ (input).value) });
    load(['statements', 'slow']);
  },
  'show-idle'(input) {
    update({ showIdle: /** @type {HTMLInputElement} */ (input).checked });
  },
};

/**
 * Handles every event of the page: elements say by data attributes what they do, so that drawing them anew needs no
 * listeners to be moved.
 * @param {Event} event
 */
export function act(event) {
  const target = event.target instanceof Element ? event.target : null;
  if (event.type === 'click') {
    const element = /** @type {HTMLElement | null} */ (target?.closest('[data-action]') ?? null);
    if (element) clicks[element.dataset.action ?? '']?.(element, event);
  } else if (event.type === 'submit') {
    const form = /** @type {HTMLFormElement} */ (target);
    event.preventDefault();
    submits[form.dataset.submit ?? '']?.(new FormData(form));
  } else if (event.type === 'cancel') {
    closeDialog();
  } else {
    const element = /** @type {HTMLElement | null} */ (target);
    const change = changes[element?.dataset.change ?? ''];
    // Texts are followed as they are typed, choices when they are made.
    if (
      element &&
      change &&
      (event.type === 'input') === (element instanceof HTMLInputElement && element.type === 'search')
    )
      change(element, event);
  }
}

/** @param {() => Promise<void>} identify */
async function enter(identify) {
  try {
    await identify();
    forgetAnswers();
    await follow();
    if (state.access !== 'needed') return update({ signInError: '' });
    forgetCredentials();
    update({ signInError: state.signInError || 'That was refused.' });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    forgetCredentials();
    const text =
      error.status === 401 ? 'E-mail or password is wrong.' : `Signing in failed: ${error.message}.`;
    update({ access: 'needed', signInError: text });
  }
}

/**
 * Copies; false where the browser does not let us (plain http on another host).
 * @param {string} text
 */
async function copyText(text) {
  return (
    (await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    )) ?? false
  );
}
