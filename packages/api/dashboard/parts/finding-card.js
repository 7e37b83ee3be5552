import { agoTime } from '../clock.js';
import { h } from '../dom.js';
import { bytes, duration, exact, moment, NOTHING, percent } from '../format.js';
import { bodyOf } from '../state.js';
import { codeBlock } from './code-block.js';
import { severityMark } from './severity-mark.js';

/** @import { Finding } from '../bodies.js' */

/**
 * A finding: one line when it is closed; opened, how that is known, why it matters and what repairs it.
 * @param {Finding} finding
 */
function findingCard(finding) {
  const alert = bodyOf('findings')?.alerts.find(
    ({ rule, object }) => rule === finding.check && object === finding.object,
  );
  const { check, severity, object, summary, why, repair } = finding;
  return h(
    'li',
    { class: `finding finding-${severity}`, key: `${check} ${object}` },
    h(
      'details',
      { open: severity === 'critical' },
      h(
        'summary',
        {},
        severityMark(severity),
        h(
          'span',
          { class: 'finding-summary' },
          summary,
          alert ? h('span', { class: 'alert-mark' }, 'Alert told ', agoTime(alert.startedAt)) : null,
        ),
        h('span', { class: 'finding-check' }, check),
      ),
      h(
        'div',
        { class: 'finding-body' },
        h('p', {}, sentence(why)),
        evidenceOf(finding),
        ...repairOf(repair),
      ),
    ),
  );
}

/** @param {Finding} finding */
function evidenceOf({ evidence, window }) {
  const facts = Object.entries(evidence).filter(([, value]) => value !== null && value !== '');
  const isLong = (/** @type {unknown} */ value) => String(value).length > 40;
  const measured =
    window.from === null ? 'at the last look' : `since ${moment(window.from)} (${window.basis})`;
  return h(
    'dl',
    { class: 'evidence' },
    ...facts
      .filter(([, value]) => !isLong(value))
      .map(([name, value]) => fact(name, shownValue(name, value))),
    fact('measured', measured, window.from !== null),
    ...facts
      .filter(([, value]) => isLong(value))
      .map(([name, value]) => fact(name, shownValue(name, value), true)),
  );
}

/**
 * @param {string} name
 * @param {string | Node} value
 * @param {boolean} [long] has a line of its own
 */
const fact = (name, value, long = false) =>
  h(
    'div',
    { key: name, class: long ? 'long' : null },
    h('dt', {}, wordsOf(name)),
    h('dd', {}, /query$/i.test(name) ? h('code', {}, value) : value),
  );

/** @param {Finding['repair']} repair */
function* repairOf({ sql, prisma, command, lock }) {
  if (sql.length > 0) yield h('h3', {}, 'Repair');
  if (sql.length > 0)
    yield codeBlock(sql.map((text) => (text.includes('--') ? text : `${text};`)).join('\n'), 'the repair');
  if (sql.length > 0 && lock !== 'none')
    yield h(
      'p',
      { class: 'fine' },
      lock === 'restart' ? 'Needs a restart of the server.' : `Takes a ${lock} lock.`,
    );
  if (prisma !== null) yield h('h3', {}, 'In schema.prisma');
  if (prisma !== null) yield codeBlock(prisma, 'the line for schema.prisma');
  if (command !== null) yield h('h3', {}, sql.length > 0 ? 'Or by command' : 'Repair');
  if (command !== null) yield codeBlock(command, 'the command');
}

/**
 * @param {string} name
 * @param {number | string | boolean | null} value
 */
function shownValue(name, value) {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string')
    return /At$/.test(name) && !Number.isNaN(Date.parse(value)) ? agoTime(value) : value;
  if (value === null) return NOTHING;
  if (/Ms$/.test(name)) return duration(value);
  if (/bytes$/i.test(name)) return bytes(value);
  if (/(ratio|share)$/i.test(name) && value <= 1) return percent(value);
  return Number.isInteger(value)
    ? /pid$/i.test(name)
      ? String(value)
      : exact(value)
    : exact(Math.round(value * 100) / 100);
}

/**
 * `oldestWaitMs` as `oldest wait`: units are with the values.
 * @param {string} name
 */
const wordsOf = (name) =>
  name
    .replace(/(Ms|At)$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();

/** @param {string} text */
const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/**
 * Findings, the worst first; remarks behind one line, so that they do not hide what is urgent.
 * @param {readonly Finding[]} findings
 */
export function findingList(findings) {
  const urgent = findings.filter(({ severity }) => severity !== 'info');
  const remarks = findings.filter(({ severity }) => severity === 'info');
  return h(
    'div',
    { class: 'findings' },
    urgent.length === 0 ? null : h('ul', { class: 'plain-list', key: 'urgent' }, ...urgent.map(findingCard)),
    remarks.length === 0
      ? null
      : h(
          'details',
          { class: 'remarks', key: 'remarks', open: urgent.length === 0 && remarks.length < 4 },
          h('summary', {}, `${remarks.length} ${remarks.length === 1 ? 'remark' : 'remarks'}`),
          h('ul', { class: 'plain-list' }, ...remarks.map(findingCard)),
        ),
  );
}
