import { act } from './actions.js';
import { draw } from './dom.js';
import { follow, loadView } from './follow.js';
import { frame } from './frame.js';
import { dialog } from './parts/signal-dialog.js';
import { signInPage } from './sign-in.js';
import { state, update, watchState } from './state.js';
import { viewAt } from './views/views.js';

const page = /** @type {HTMLElement} */ (document.getElementById('page'));
const said = /** @type {HTMLElement} */ (document.getElementById('said'));

/** The title of the tab, the page, the open dialog: everything as the state has it now. */
function show() {
  const view = viewAt(state.view);
  document.title = state.access === 'needed' ? 'Sign in · Plinth' : `${view.title} · Plinth`;
  const content = state.access === 'needed' ? [signInPage()] : [frame(view.draw()), dialog()];
  draw(
    page,
    content.filter((node) => node !== null),
  );
  const verdict = document.querySelector('[data-say]')?.getAttribute('data-say') ?? '';
  const words = [state.done, verdict].filter((one) => one !== '').join(' ');
  // Only what changed is read out: the text of a live region that stays the same is silent.
  if (said.textContent !== words) said.textContent = words;
}

/** The view that the address names. */
function readAddress() {
  update({ view: location.pathname.replace(/^\/dashboard\/?/, '').replace(/\/$/, ''), done: '' });
}

watchState(show);
addEventListener('popstate', () => {
  readAddress();
  if (state.access === 'open') loadView();
});
for (const type of ['click', 'submit', 'input', 'change', 'cancel'])
  document.addEventListener(type, act, true);
readAddress();
follow();
