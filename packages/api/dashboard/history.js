import { now } from './clock.js';
import { state } from './state.js';

/** @import { Point } from './bodies.js' */

/** What is kept of it here; the server keeps as much unless told (MAX_METRICS_STORED). */
const MOST = 2_000;

/**
 * Adds the measurements of an answer or an event; those that are known already are left out.
 * @param {{ history?: Point[], point?: Point | null } | undefined} body
 */
export function addHistory(body) {
  const points = [...(body?.history ?? []), ...(body?.point ? [body.point] : [])];
  const known = new Set(state.history.map(({ at }) => at));
  const fresh = points.filter(({ at }) => !known.has(at) && known.add(at));
  if (fresh.length > 0)
    state.history = [...state.history, ...fresh].toSorted((a, b) => (a.at < b.at ? -1 : 1)).slice(-MOST);
}

/**
 * The measurements of the span that is shown, as columns. Where the monitor could not look for a while, an empty
 * measurement stands, so that no line is drawn across.
 * @returns {{ at: number[], points: (Point | null)[], span: [number, number] }}
 */
export function shownHistory() {
  const to = now() / 1_000;
  const shown = state.history.filter(({ at }) => Date.parse(at) / 1_000 >= to - state.span * 60);
  const first = shown[0] ? Date.parse(shown[0].at) / 1_000 : to;
  // A history that is shorter than what was asked for fills the chart, from three minutes on.
  const span = /** @type {[number, number]} */ ([
    Math.max(to - state.span * 60, Math.min(first, to - 180)),
    to,
  ]);
  const longest = Math.max(usualStep(shown) * 3.5, 60);
  /** @type {number[]} */
  const at = [];
  /** @type {(Point | null)[]} */
  const points = [];
  for (const point of shown) {
    const second = Date.parse(point.at) / 1_000;
    const before = at.at(-1);
    if (before !== undefined && second - before > longest) {
      at.push((before + second) / 2);
      points.push(null);
    }
    at.push(second);
    points.push(point);
  }
  return { at, points, span };
}

/** @param {readonly Point[]} points */
function usualStep(points) {
  const steps = points
    .slice(1)
    .map(({ at }, index) => (Date.parse(at) - Date.parse(points[index]?.at ?? at)) / 1_000);
  return steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 30;
}
