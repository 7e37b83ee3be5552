import { agoTime } from './clock.js';
import { readCredentials } from './credentials.js';
import { h, svg } from './dom.js';
import { icon } from './icons.js';
import { bodyOf, state } from './state.js';
import { views } from './views/views.js';

/**
 * The page around a view: name, navigation, what is known of the connection, and the view itself.
 * @param {(Node | null)[]} content
 */
export function frame(content) {
  return h(
    'div',
    { class: 'frame', key: 'frame' },
    h(
      'header',
      { class: 'side' },
      h('a', { class: 'brand', href: '/dashboard', 'data-action': 'go', 'data-view': '' }, mark(), 'Plinth'),
      h('nav', { 'aria-label': 'Views' }, h('ul', { class: 'nav' }, ...views.map(navLink))),
      h('div', { class: 'side-foot' }, linkState(), themeButton(), who()),
    ),
    h('main', { id: 'content', class: 'content', tabindex: -1 }, ...content),
  );
}

/** @param {import('./views/views.js').View} view */
function navLink({ path, title, icon: shape }) {
  const count = path === '' ? urgent() : path === 'sessions' ? blocked() : null;
  return h(
    'li',
    { key: path },
    h(
      'a',
      {
        class: 'nav-link',
        href: path === '' ? '/dashboard' : `/dashboard/${path}`,
        'data-action': 'go',
        'data-view': path,
        'aria-current': state.view === path ? 'page' : null,
      },
      icon(shape),
      h('span', {}, title),
      count,
    ),
  );
}

/** How many findings want somebody's attention. */
function urgent() {
  const findings = bodyOf('findings')?.report.findings ?? [];
  const critical = findings.filter(({ severity }) => severity === 'critical').length;
  const all = critical + findings.filter(({ severity }) => severity === 'warning').length;
  return all === 0 ? null : countMark(all, critical > 0, all === 1 ? 'finding' : 'findings');
}

function blocked() {
  const waiting = bodyOf('metrics')?.locks.blocked ?? 0;
  return waiting === 0 ? null : countMark(waiting, true, 'waiting');
}

/**
 * @param {number} count
 * @param {boolean} critical
 * @param {string} what
 */
const countMark = (count, critical, what) =>
  h(
    'span',
    { class: critical ? 'nav-count critical' : 'nav-count' },
    count,
    h('span', { class: 'visually-hidden' }, ` ${what}`),
  );

function linkState() {
  const { status, heardAt } = state.link;
  const words = { connecting: 'Connecting', live: 'Live', broken: 'No answer', refused: 'Not live' };
  return h(
    'div',
    { class: `link-state link-${status}`, key: 'link' },
    h('span', {}, words[status]),
    (status === 'broken' || status === 'refused') && heardAt > 0 ? agoTime(heardAt) : null,
  );
}

function themeButton() {
  const chosen = localStorage.getItem('plinth.theme') ?? 'system';
  return h(
    'button',
    {
      type: 'button',
      class: 'quiet-button plain-button',
      'data-action': 'theme',
      key: 'theme',
      'aria-label': `Colours: ${chosen}`,
    },
    icon('theme'),
    h('span', { class: 'word' }, `Colours: ${chosen}`),
  );
}

function who() {
  const credentials = readCredentials();
  return credentials === null
    ? null
    : h(
        'button',
        { type: 'button', class: 'quiet-button plain-button who', 'data-action': 'sign-out', key: 'who' },
        credentials.kind === 'person' ? 'Sign out' : 'Forget the token',
        credentials.kind === 'person' ? h('span', { class: 'word' }, credentials.email) : null,
      );
}

/** A plinth: what carries the rest. */
const mark = () =>
  svg(
    'svg',
    { viewBox: '0 0 32 32', class: 'brand-mark', 'aria-hidden': 'true' },
    svg('rect', { width: 32, height: 32, rx: 7, class: 'brand-ground' }),
    svg('path', { d: 'M7 22h18v3H7zM9 18h14v3H9zM12 7h8v10h-8z', class: 'brand-figure' }),
  );
