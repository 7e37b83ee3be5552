import { svg } from './dom.js';

/** Paths of 20 × 20, drawn with lines. */
const shapes = {
  overview: 'M3 13a7 7 0 1 1 14 0M10 13l3.2-4M3 16.5h14',
  sessions: 'M4 5h6M4 10h12M4 15h9M13 5h3',
  queries: 'M8.5 14a5.5 5.5 0 1 1 0-11 5.5 5.5 0 0 1 0 11ZM13 13l4 4',
  tables: 'M3 4h14v12H3zM3 8h14M8.5 8v8',
  application: 'M7 3.5 3 7.5v5l4 4M13 3.5l4 4v5l-4 4M11.5 6l-3 8',
  backups:
    'M4 6c0-1.4 2.7-2.5 6-2.5s6 1.1 6 2.5-2.7 2.5-6 2.5S4 7.4 4 6ZM4 6v8c0 1.4 2.7 2.5 6 2.5s6-1.1 6-2.5V6M4 10c0 1.4 2.7 2.5 6 2.5s6-1.1 6-2.5',
  ok: 'm5 10.5 3.3 3.3L15 6.5',
  critical: 'M10 5.5v5.5M10 14.2v.1M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15Z',
  warning: 'M10 7.5v4M10 14.3v.1M10 3 2.5 16.5h15L10 3Z',
  info: 'M10 9.5V14M10 6.2v.1M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15Z',
  copy: 'M7 7h9v9H7zM4 13V4h9',
  theme: 'M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15ZM10 2.5v15M10 6a4 4 0 0 1 0 8',
};

/** @typedef {keyof typeof shapes} Icon */

/** @param {Icon} name */
export function icon(name) {
  return svg(
    'svg',
    { viewBox: '0 0 20 20', class: `icon icon-${name}`, 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: shapes[name] }),
  );
}
