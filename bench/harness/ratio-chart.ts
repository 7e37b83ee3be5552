import { type GoalReport, reportOn } from './goals.js';
import type { CaseResult } from './result.js';

/** Widths and heights in the SVG's own units. */
const LABEL = 440;
const PLOT = 420;
const ROW = 20;
const TOP = 34;
const TICKS = [0.25, 0.5, 1, 2, 5, 10, 20];
const LOWEST = 0.25;
const HIGHEST = 20;

/**
 * An SVG of every measured ratio on a logarithmic scale: a dot at the median, a line between the quartiles, a tick at
 * the goal. Readable on light and dark ground, without fonts or scripts of its own.
 */
export function ratioChart(
  reported: readonly { result: CaseResult; reports: readonly GoalReport[] }[],
): string {
  const rows = reported.flatMap(({ result, reports }) =>
    result.results.flatMap(({ size, ratios }) =>
      ratios.map(({ rival, ratio }) => ({
        label: `${result.case}, ${size.name}: ${rival}`,
        ratio,
        report: reportOn(reports, size.name, rival),
      })),
    ),
  );
  const bottom = TOP + rows.length * ROW;
  const ticks = TICKS.map(
    (tick) =>
      `<line x1="${x(tick)}" y1="${TOP - 6}" x2="${x(tick)}" y2="${bottom}" stroke="#888" stroke-width="${tick === 1 ? 1.5 : 0.5}"/>` +
      `<text x="${x(tick)}" y="${TOP - 12}" text-anchor="middle" fill="#888">${tick}×</text>`,
  );
  const lines = rows.map(({ label, ratio, report }, index) => {
    const y = TOP + index * ROW + ROW / 2;
    const color = report?.met === false ? '#c2410c' : '#0f766e';
    const goal = report && 'rival' in report.goal ? report.goal.minRatio : undefined;
    return [
      `<text x="${LABEL - 10}" y="${y + 4}" text-anchor="end" fill="#888">${escapeXml(label)}</text>`,
      `<line x1="${x(ratio.q1)}" y1="${y}" x2="${x(ratio.q3)}" y2="${y}" stroke="${color}" stroke-width="3"/>`,
      mark(ratio.median, y, color),
      goal === undefined
        ? ''
        : `<line x1="${x(goal)}" y1="${y - 7}" x2="${x(goal)}" y2="${y + 7}" stroke="#b45309" stroke-width="2"/>`,
    ].join('');
  });
  const width = LABEL + PLOT + 30;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 30}" width="${width}" font-family="sans-serif" font-size="12" role="img">`,
    '<title>How many times Plinth’s time or memory each rival needs</title>',
    ...ticks,
    ...lines,
    `<text x="${width - 15}" y="${bottom + 20}" text-anchor="end" fill="#888">right of 1× Plinth needs less; dot: median (triangle: beyond the scale), bar: quartiles, upright line: goal</text>`,
    '</svg>',
    '',
  ].join('\n');
}

/** A dot; at the ends of the scale a triangle that points to where the ratio would be. */
function mark(ratio: number, y: number, color: string): string {
  if (ratio >= LOWEST && ratio <= HIGHEST)
    return `<circle cx="${x(ratio)}" cy="${y}" r="4.5" fill="${color}"/>`;
  const tip = ratio < LOWEST ? -7 : 7;
  return `<path d="M${x(ratio)} ${y - 5}v10l${tip} -5z" fill="${color}"/>`;
}

/** Where a ratio lies; what is beyond the scale is drawn at its end. */
function x(ratio: number): number {
  const within = Math.min(Math.max(ratio, LOWEST), HIGHEST);
  return Math.round(LABEL + (Math.log(within / LOWEST) / Math.log(HIGHEST / LOWEST)) * PLOT);
}

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
