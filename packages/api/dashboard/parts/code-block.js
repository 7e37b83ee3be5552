import { h } from '../dom.js';
import { icon } from '../icons.js';

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
