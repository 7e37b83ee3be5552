import { h } from '../dom.js';
import { NOTHING } from '../format.js';
import { icon } from '../icons.js';

/**
 * SQL among other things: its first two lines, and all of it when it is opened.
 * @param {string} text
 * @param {...(Node | null)} more what is shown with it when it is opened
 */
export const sqlText = (text, ...more) =>
  text === ''
    ? NOTHING
    : text.length < 90 && more.length === 0
      ? h('code', {}, text)
      : h(
          'details',
          { class: 'statement' },
          h('summary', {}, text),
          h('div', { class: 'statement-body' }, codeBlock(text, 'the statement'), ...more),
        );

/**
 * SQL or a command, wrapped, with a button that copies it.
 * @param {string} text
 * @param {string} [label] what it is, for who cannot see where it stands
 */
export function codeBlock(text, label = 'SQL') {
  return h(
    'div',
    { class: 'code' },
    h('pre', {}, h('code', {}, text)),
    h(
      'button',
      { type: 'button', class: 'quiet-button copy', 'data-action': 'copy', 'aria-label': `Copy ${label}` },
      icon('copy'),
      h('span', {}, 'Copy'),
    ),
  );
}
