import { h } from '../dom.js';

/**
 * One of a few, side by side.
 * @param {string} name also the change that it reports (data-change)
 * @param {string} legend what is chosen, for who cannot see where it stands
 * @param {string | number} chosen
 * @param {readonly (readonly [value: string | number, text: string])[]} options
 */
export const choice = (name, legend, chosen, options) =>
  h(
    'fieldset',
    { class: 'segments' },
    h('legend', { class: 'visually-hidden' }, legend),
    ...options.map(([value, text]) =>
      h(
        'label',
        { key: value },
        h('input', { type: 'radio', name, value, checked: chosen === value, 'data-change': name }),
        text,
      ),
    ),
  );
