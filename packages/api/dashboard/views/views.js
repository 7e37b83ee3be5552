import { application } from './application.js';
import { backups } from './backups.js';
import { overview } from './overview.js';
import { queries } from './queries.js';
import { sessions } from './sessions.js';
import { tables } from './tables.js';

/**
 * @typedef {object} View
 * @property {string} path below /dashboard
 * @property {string} title
 * @property {import('../icons.js').Icon} icon
 * @property {readonly import('../bodies.js').Name[]} needs what it shows, besides metrics and findings
 * @property {() => (Node | null)[]} draw what it looks like now; everything it shows is in the state
 */

/** @type {readonly View[]} */
export const views = [overview, sessions, queries, tables, application, backups];

/** @param {string} path */
export const viewAt = (path) => views.find((view) => view.path === path) ?? overview;
