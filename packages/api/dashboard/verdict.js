import { agoTime } from './clock.js';
import { h } from './dom.js';
import { moment, plural } from './format.js';
import { icon } from './icons.js';
import { notice } from './parts/notice.js';
import { bodyOf, state } from './state.js';

/**
 * One sentence on how the database is. What a page was not told, it does not claim.
 * @returns {{ level: 'ok' | 'warning' | 'critical' | 'info', text: string }}
 */
export function verdict() {
  const metrics = bodyOf('metrics');
  const report = bodyOf('findings')?.report;
  if (metrics === undefined) return { level: 'info', text: 'Looking at the database' };
  if (metrics.state === 'down') return { level: 'critical', text: 'The database cannot be reached' };
  if (report === undefined || metrics.at === null) return { level: 'info', text: 'Looking at the database' };
  /** @param {string} wanted */
  const found = (wanted) =>
    report.findings.filter((/** @type {{ severity: string }} */ { severity }) => severity === wanted).length;
  const [critical, warnings] = [found('critical'), found('warning')];
  if (critical > 0)
    return {
      level: 'critical',
      text: `${plural(critical, 'critical finding')}${warnings > 0 ? `, ${plural(warnings, 'warning')}` : ''}`,
    };
  if (warnings > 0) return { level: 'warning', text: plural(warnings, 'warning') };
  return { level: 'ok', text: 'All is well' };
}

/** The heading of the overview: the sentence, when it was found, by how many checks. */
export function verdictHead() {
  const { level, text } = verdict();
  const checks = /** @type {{ status: string, title: string, skipped: string | null }[]} */ (
    bodyOf('findings')?.report.checks ?? []
  );
  const done = checks.filter(({ status }) => status === 'ok' || status === 'found').length;
  const skipped = checks.filter(({ status }) => status === 'skipped');
  const at = bodyOf('metrics')?.at;
  return h(
    'div',
    { class: `view-head verdict-${level}`, key: 'head', 'data-say': text },
    h('h1', {}, icon(level), text),
    h(
      'p',
      { class: 'view-note' },
      at ? h('span', {}, 'Last look ', agoTime(at)) : 'No look yet',
      done === 0 ? '' : `, ${done} of ${checks.length} checks done`,
      skipped.length === 0
        ? ''
        : h(
            'span',
            { title: skipped.map(({ title, skipped: why }) => `${title}: ${why}`).join('\n') },
            `, ${skipped.length} skipped (${[...new Set(skipped.map(({ skipped: why }) => why))].join(', ')})`,
          ),
    ),
  );
}

/**
 * The heading of any other view.
 * @param {string} title
 * @param {string | Node | null} note
 */
export const viewHead = (title, note = null) =>
  h(
    'div',
    { class: 'view-head', key: 'head', 'data-say': verdict().text },
    h('h1', {}, title),
    note === null ? null : h('p', { class: 'view-note' }, note),
  );

/** What all views say first: that Plinth or the database cannot be reached, and how old everything below is. */
export function connectionNotices() {
  const { status, reason, heardAt } = state.link;
  const metrics = bodyOf('metrics');
  return [
    status !== 'broken' && status !== 'refused'
      ? null
      : h(
          'div',
          { key: 'link-notice' },
          notice(
            'warning',
            status === 'broken' ? 'Plinth does not answer' : 'Plinth has nothing new to tell',
            reason === '' ? '' : ` (${reason})`,
            heardAt > 0 ? ', last heard of ' : null,
            heardAt > 0 ? agoTime(heardAt) : null,
            '. It is asked again by itself. ',
            h('button', { type: 'button', class: 'quiet-button', 'data-action': 'retry' }, 'Ask now'),
          ),
        ),
    metrics?.state !== 'down'
      ? null
      : h(
          'div',
          { key: 'down-notice' },
          notice(
            'critical',
            h('strong', {}, 'The database cannot be reached'),
            ` (${metrics.error}) since `,
            h('time', { datetime: metrics.since, title: moment(metrics.since) }, moment(metrics.since)),
            '. ',
            metrics.at === null
              ? 'It has not been seen yet.'
              : h('span', {}, 'Everything below was last seen ', agoTime(metrics.at), '.'),
          ),
        ),
    state.done === '' ? null : h('div', { key: 'done' }, notice('ok', state.done)),
  ];
}
