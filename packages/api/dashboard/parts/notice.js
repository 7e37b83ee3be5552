import { h } from '../dom.js';
import { icon } from '../icons.js';

/**
 * A sentence that stands out.
 * @param {'ok' | 'info' | 'warning' | 'critical'} level
 * @param {...(Node | string | null)} content
 */
export const notice = (level, ...content) =>
  h('div', { class: `notice notice-${level}` }, icon(level), h('div', {}, ...content));

/**
 * What stands where there is nothing to show, and why that is.
 * @param {...(Node | string)} content
 */
export const nothing = (...content) => h('p', { class: 'nothing' }, ...content);

/**
 * A part of a page with its heading.
 * @param {string} title
 * @param {{ aside?: Node | string | null }} options
 * @param {...(Node | null | undefined)} content
 */
export function section(title, { aside = null }, ...content) {
  const id = `about-${title.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`;
  return h(
    'section',
    { class: 'section', 'aria-labelledby': id, key: id },
    h(
      'header',
      { class: 'section-head' },
      h('h2', { id }, title),
      aside && h('div', { class: 'aside' }, aside),
    ),
    ...content,
  );
}
