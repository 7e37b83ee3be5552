import { ask, Refusal } from './ask.js';
import { load } from './load.js';
import { bodyOf, state, update } from './state.js';

/**
 * Opens the dialog that ends a statement or a session, as that session is known now.
 * @param {'cancel' | 'terminate'} kind
 * @param {number} pid
 */
export function openDialog(kind, pid) {
  const session = bodyOf('sessions')?.sessions.find((/** @type {{ pid: number }} */ one) => one.pid === pid);
  if (session) update({ done: '', dialog: { kind, pid, session, error: '', busy: false } });
}

export function closeDialog() {
  update({ dialog: null });
}

/**
 * Sends it, once the pid was typed and a reason given. The session is named by its start as well: its pid may be another's
 * by now.
 * @param {string} reason
 * @param {string} typedPid
 */
export async function confirmSignal(reason, typedPid) {
  const { dialog } = state;
  if (dialog === null || dialog.busy) return;
  const say = (/** @type {string} */ error) => update({ dialog: { ...dialog, error, busy: false } });
  if (typedPid !== String(dialog.pid)) return say(`Type ${dialog.pid} to confirm.`);
  if (reason === '') return say('Give a reason: it is kept in the security log.');
  update({ dialog: { ...dialog, error: '', busy: true } });
  const { kind, pid, session } = dialog;
  try {
    await ask(`/v1/database/sessions/${pid}/${kind}`, {
      method: 'POST',
      body: { backendStart: session.backendStart, confirm: pid, reason },
    });
    update({
      dialog: null,
      done: `${kind === 'cancel' ? 'Cancelled the statement of' : 'Ended'} session ${pid}.`,
    });
    await load(['sessions', 'metrics', 'findings']);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say(
      error.status === 403
        ? 'You may not do this: it needs the permission database:signal.'
        : `Refused: ${error.message}.`,
    );
  }
}
