import { h } from '../dom.js';
import { icon } from '../icons.js';

const words = { critical: 'Critical', warning: 'Warning', info: 'Remark', ok: 'Fine' };

/** @typedef {keyof typeof words} Level */

/**
 * A severity as colour, shape and word: no one of them alone.
 * @param {Level} level
 * @param {string} [word] instead of its own
 */
export const severityMark = (level, word = words[level]) =>
  h('span', { class: `mark mark-${level}` }, icon(level), h('span', {}, word));
