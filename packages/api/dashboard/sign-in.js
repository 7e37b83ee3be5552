import { h } from './dom.js';
import { state } from './state.js';

/** What stands in place of the page while data is closed to it. */
export function signInPage() {
  return h(
    'main',
    { id: 'content', class: 'sign-in', tabindex: -1, key: 'sign-in' },
    h('h1', {}, 'Plinth'),
    h('p', { class: 'muted' }, 'Sign in to see this database. It is forgotten when the tab is closed.'),
    state.signInError === '' ? null : h('p', { class: 'error-text', role: 'alert' }, state.signInError),
    h(
      'form',
      { class: 'form', 'data-submit': 'sign-in', 'aria-label': 'As a person' },
      field('E-mail', { name: 'email', type: 'email', autocomplete: 'username', required: true }),
      field('Password', {
        name: 'password',
        type: 'password',
        autocomplete: 'current-password',
        required: true,
      }),
      h('button', { type: 'submit', class: 'button' }, 'Sign in'),
    ),
    h(
      'form',
      { class: 'form', 'data-submit': 'use-token', 'aria-label': 'With a token' },
      field('Or a token: OPS_TOKEN, or an API key', {
        name: 'token',
        type: 'password',
        autocomplete: 'off',
        required: true,
      }),
      h('button', { type: 'submit', class: 'quiet-button' }, 'Use the token'),
    ),
    state.canGoBack
      ? h(
          'p',
          { key: 'back' },
          h('button', { type: 'button', class: 'quiet-button', 'data-action': 'go-back' }, 'Go back'),
        )
      : null,
  );
}

/**
 * @param {string} label
 * @param {Record<string, string | boolean>} attributes
 */
const field = (label, attributes) =>
  h('label', { class: 'field' }, h('span', {}, label), h('input', attributes));
