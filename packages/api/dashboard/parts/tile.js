import { h } from '../dom.js';

/**
 * One number with its name. A `level` other than ok colours it, `noteLevel` the note below it; `share` (0 to 1) is drawn as a bar.
 * @param {{ label: string, value: string | Node, note?: string | Node | null, share?: number | null,
 *           level?: 'ok' | 'warning' | 'critical', noteLevel?: 'ok' | 'warning' | 'critical' }} tile
 */
export function tile({ label, value, note, share, level = 'ok', noteLevel = 'ok' }) {
  return h(
    'div',
    { class: `tile tile-${level}`, key: label },
    h('dt', {}, label),
    h(
      'dd',
      {},
      h(
        'span',
        { class: 'tile-value' },
        value,
        level === 'ok' ? null : h('span', { class: 'visually-hidden' }, ` (${level})`),
      ),
      typeof share === 'number' ? bar(share) : null,
      h('span', { class: `tile-note note-${noteLevel}` }, note ?? '\u00a0'),
    ),
  );
}

/** @param {Node[]} tiles */
export const tiles = (...tiles) => h('dl', { class: `tiles tiles-${tiles.length}` }, ...tiles);

/**
 * A bar that is filled up to a share. Drawn as SVG, whose attributes a strict policy allows.
 * @param {number} share
 */
export function bar(share) {
  const meter = h('progress', {
    class: 'bar',
    max: 100,
    value: Math.round(Math.min(1, Math.max(0, share)) * 100),
  });
  meter.setAttribute('aria-hidden', 'true');
  return meter;
}
