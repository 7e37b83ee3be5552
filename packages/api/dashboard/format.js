// Numbers for people: at most three digits that say something, units with a space, one locale for everybody.
const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const moments = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });
const times = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** What stands for a value that is not known. */
export const NOTHING = '–';

/** @typedef {number | null | undefined} Maybe */

/**
 * 1,234 or 12.3k or 4.5M.
 * @param {Maybe} value
 */
export function count(value) {
  if (value === null || value === undefined) return NOTHING;
  const size = Math.abs(value);
  if (size >= 1e9) return `${oneDigit.format(value / 1e9)}G`;
  if (size >= 1e6) return `${oneDigit.format(value / 1e6)}M`;
  if (size >= 1e4) return `${oneDigit.format(value / 1e3)}k`;
  return size < 10 ? oneDigit.format(value) : plain.format(value);
}

/**
 * With all digits.
 * @param {Maybe} value
 */
export const exact = (value) =>
  value === null || value === undefined ? NOTHING : value.toLocaleString('en');

/**
 * Bytes in PostgreSQL's units, which are powers of 1024.
 * @param {Maybe} value
 */
export function bytes(value) {
  if (value === null || value === undefined) return NOTHING;
  let size = value;
  for (const unit of ['B', 'kB', 'MB', 'GB']) {
    if (Math.abs(size) < 1024) return `${threeDigits(size)} ${unit}`;
    size /= 1024;
  }
  return `${threeDigits(size)} TB`;
}

/**
 * Milliseconds in the unit that fits.
 * @param {Maybe} ms
 */
export function duration(ms) {
  if (ms === null || ms === undefined) return NOTHING;
  if (ms < 1) return ms === 0 ? '0 ms' : `${Math.max(0.1, Math.round(ms * 10) / 10)} ms`;
  if (ms < 1_000) return `${threeDigits(ms)} ms`;
  if (ms < 60_000) return `${threeDigits(ms / 1_000)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return pair(minutes, 'min', Math.floor((ms % 60_000) / 1_000), 's', minutes < 10);
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return pair(hours, 'h', minutes % 60, 'min', hours < 10);
  return `${Math.floor(hours / 24)} days`;
}

/**
 * A share from 0 to 1.
 * @param {Maybe} ratio
 */
export function percent(ratio) {
  if (ratio === null || ratio === undefined) return NOTHING;
  // 99.97 % is not 100 %: the last digits are what matters there.
  if (ratio > 0.99 && ratio < 1) return `${(Math.floor(ratio * 10_000) / 100).toFixed(2)} %`;
  return ratio === 0 || ratio === 1 ? `${ratio * 100} %` : `${(ratio * 100).toFixed(1)} %`;
}

/**
 * How long ago, in whole units.
 * @param {number} ms
 */
export function ago(ms) {
  if (ms < 1_500) return 'just now';
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s ago`;
  return `${duration(ms)} ago`;
}

/** @param {string | number | Date} at */
export const moment = (at) => moments.format(new Date(at));

/** @param {number} at milliseconds since 1970 */
export const timeOfDay = (at) => times.format(new Date(at));

/**
 * `1 session`, `2 sessions`.
 * @param {number} n
 * @param {string} one
 * @param {string} [many]
 */
export const plural = (n, one, many = `${one}s`) => `${exact(n)} ${n === 1 ? one : many}`;

/** @param {number} value */
const threeDigits = (value) => (Math.abs(value) < 10 ? oneDigit : plain).format(value);

/**
 * @param {number} big
 * @param {string} bigUnit
 * @param {number} small
 * @param {string} smallUnit
 * @param {boolean} both
 */
const pair = (big, bigUnit, small, smallUnit, both) =>
  both && small > 0 ? `${big} ${bigUnit} ${small} ${smallUnit}` : `${big} ${bigUnit}`;
