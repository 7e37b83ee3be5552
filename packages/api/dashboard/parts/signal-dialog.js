import { h } from '../dom.js';
import { duration } from '../format.js';
import { state } from '../state.js';

const acts = {
  cancel: {
    title: 'Cancel the statement',
    button: 'Cancel the statement',
    effect:
      'Its running statement ends with an error. The session stays, and so do the locks of its transaction, until its program rolls back.',
  },
  terminate: {
    title: 'End the session',
    button: 'End the session',
    effect:
      'Its connection is closed, its transaction rolled back, its locks are freed. What it has not committed is lost; its program sees a broken connection.',
  },
};

/** The dialog that ends a statement or a session; null while nobody asked for it. */
export function dialog() {
  if (state.dialog === null) return null;
  const { kind, pid, session, error, busy } = state.dialog;
  const { title, button, effect } = acts[kind];
  return h(
    'modal-dialog',
    { key: 'dialog' },
    h(
      'dialog',
      { 'aria-labelledby': 'dialog-title' },
      h(
        'form',
        { class: 'form', 'data-submit': 'signal', novalidate: true },
        h('h2', { id: 'dialog-title' }, `${title}: ${pid}`),
        h('p', {}, effect),
        h(
          'p',
          { class: 'fine' },
          `${session.role} · ${session.application || 'no application name'} · ${session.state}`,
          session.transactionMs === null ? '' : ` · in a transaction for ${duration(session.transactionMs)}`,
        ),
        session.query === '' ? null : h('div', { class: 'code' }, h('pre', {}, h('code', {}, session.query))),
        field('Why (kept in the security log)', {
          name: 'reason',
          type: 'text',
          maxlength: 500,
          required: true,
          autocomplete: 'off',
        }),
        field(`Type ${pid} to confirm`, {
          name: 'pid',
          type: 'text',
          inputmode: 'numeric',
          required: true,
          autocomplete: 'off',
        }),
        h('p', { class: 'error-text', role: 'alert' }, error),
        h(
          'div',
          { class: 'dialog-actions' },
          h('button', { type: 'button', class: 'quiet-button', 'data-action': 'close-dialog' }, 'Leave it'),
          h('button', { type: 'submit', class: 'button danger', disabled: busy }, button),
        ),
      ),
    ),
  );
}

/** Opens its dialog as a modal one when it appears, which keeps the focus within and gives it back at the end. */
class ModalDialog extends HTMLElement {
  connectedCallback() {
    const inside = this.querySelector('dialog');
    if (inside && !inside.open) inside.showModal();
  }
  disconnectedCallback() {
    this.querySelector('dialog')?.close();
  }
}
customElements.define('modal-dialog', ModalDialog);

/**
 * @param {string} label
 * @param {Record<string, string | number | boolean>} attributes
 */
const field = (label, attributes) =>
  h('label', { class: 'field' }, h('span', {}, label), h('input', attributes));
