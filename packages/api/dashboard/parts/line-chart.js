import '../language.js';
import { h } from '../dom.js';
import { duration, plural, timeOfDay } from '../format.js';
import uPlot from '../vendor/uplot.js';

/**
 * @typedef {{ label: string, values: (number | null)[], quiet?: boolean }} Line `quiet`: beside the one that matters
 * @typedef {object} Chart
 * @property {string} title
 * @property {number[]} at seconds since 1970, ascending
 * @property {[number, number]} span the seconds that are shown, the same for all charts of a page
 * @property {Line[]} lines
 * @property {(value: number) => string} format
 * @property {number} [atLeast] the value that the scale reaches at least
 * @property {[number, number]} [range] a scale that does not begin at 0
 */

const HEIGHT = 128;

/** The picture of a chart. What it shows is in the table beside it, too. */
class LineChart extends HTMLElement {
  /** @type {Chart | undefined} */
  chart;
  /** @type {uPlot | undefined} */
  #plot;
  #readout = h('div', { class: 'chart-readout', 'aria-hidden': 'true' });
  #resized = new ResizeObserver(() => this.#plot?.setSize({ width: this.clientWidth, height: HEIGHT }));
  #rebuild = () => this.#build();

  connectedCallback() {
    this.append(this.#readout);
    this.#build();
    this.#resized.observe(this);
    window.addEventListener('theme', this.#rebuild);
  }
  disconnectedCallback() {
    this.#resized.disconnect();
    window.removeEventListener('theme', this.#rebuild);
    this.#plot?.destroy();
    this.#plot = undefined;
  }
  /** @param {LineChart} successor */
  take(successor) {
    const before = this.chart;
    this.chart = successor.chart;
    const sameLines = before?.lines.length === this.chart?.lines.length;
    if (this.#plot && sameLines) this.#plot.setData(this.#data());
    else this.#build();
  }
  /** @returns {uPlot.AlignedData} */
  #data() {
    const { at = [], lines = [] } = this.chart ?? {};
    return [at, ...lines.map(({ values }) => values)];
  }
  #build() {
    this.#plot?.destroy();
    if (!this.isConnected || this.chart === undefined) return;
    const style = getComputedStyle(this);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
    const axis = { stroke: colour('muted'), ticks: { show: false }, font: '11px system-ui, sans-serif' };
    this.#plot = new uPlot(
      {
        width: this.clientWidth,
        height: HEIGHT,
        padding: [10, 18, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, sync: { key: 'time' }, points: { size: 6 } },
        scales: {
          x: { range: () => this.chart?.span ?? [0, 1] },
          y: { range: (_plot, _min, max) => scaleOf(this.chart, max) },
        },
        axes: [
          {
            ...axis,
            grid: { show: false },
            size: 22,
            gap: 4,
            space: 64,
            values: (_plot, splits) => splits.map((at) => timeOfDay(at * 1_000)),
          },
          {
            ...axis,
            grid: { stroke: colour('hairline'), width: 1 },
            size: 54,
            gap: 6,
            space: 34,
            values: (_plot, splits) => splits.map((value) => this.chart?.format(value) ?? ''),
          },
        ],
        series: [
          {},
          ...this.chart.lines.map(({ quiet }) => ({
            stroke: colour(quiet ? 'line-quiet' : 'accent'),
            fill: quiet ? 'transparent' : colour('line-fill'),
            width: quiet ? 1.25 : 1.75,
            points: { show: false },
          })),
        ],
        hooks: {
          setCursor: [(plot) => this.#say(plot.cursor.idx)],
          // A line of one point has no length: a dot, then.
          draw: [(plot) => drawLonePoints(plot, colour('accent'))],
        },
      },
      this.#data(),
      this,
    );
  }
  /** @param {number | null | undefined} index */
  #say(index) {
    const { chart } = this;
    const at = index === null || index === undefined ? undefined : chart?.at[index];
    const parts = chart?.lines.flatMap(({ label, values }) => {
      const value = values[index ?? -1];
      return value === null || value === undefined ? [] : [`${chart.format(value)} ${label}`];
    });
    this.#readout.textContent =
      at === undefined || parts === undefined ? '' : [timeOfDay(at * 1_000), ...parts].join(' · ');
  }
}
customElements.define('line-chart', LineChart);

/**
 * @param {Chart | undefined} chart
 * @param {number | null} max
 * @returns {[number, number]}
 */
function scaleOf(chart, max) {
  if (chart?.range) return chart.range;
  return [0, Math.max(chart?.atLeast ?? 1, (max ?? 0) * 1.15)];
}

/**
 * @param {uPlot} plot
 * @param {string} colour
 */
function drawLonePoints({ ctx, data: [at, values = []], valToPos }, colour) {
  for (const [index, value] of values.entries()) {
    if (value === null || value === undefined) continue;
    if (!missing(values[index - 1]) || !missing(values[index + 1])) continue;
    ctx.fillStyle = colour;
    ctx.beginPath();
    ctx.arc(valToPos(at[index] ?? 0, 'x', true), valToPos(value, 'y', true), 2.5 * devicePixelRatio, 0, 7);
    ctx.fill();
  }
}

/** @param {number | null | undefined} value */
const missing = (value) => value === null || value === undefined;

/**
 * A chart with its title, the last value, and the table behind it.
 * @param {Chart} chart
 */
export function lineChart(chart) {
  const picture = /** @type {LineChart} */ (document.createElement('line-chart'));
  picture.chart = chart;
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', describe(chart));
  const [main] = chart.lines;
  const last = main?.values.findLast((value) => value !== null) ?? null;
  return h(
    'figure',
    { class: 'chart', key: `chart-${chart.title}` },
    h(
      'figcaption',
      {},
      h('h3', {}, chart.title),
      h('span', { class: 'chart-last' }, last === null ? '' : chart.format(last)),
      chart.lines.length < 2
        ? null
        : h(
            'span',
            { class: 'chart-legend' },
            ...chart.lines.map(({ label, quiet }) => h('span', { class: quiet ? 'quiet' : 'main' }, label)),
          ),
    ),
    chart.at.length === 0 ? h('p', { class: 'chart-empty' }, 'Nothing measured yet') : picture,
    tableOf(chart),
  );
}

/** @param {Chart} chart */
function describe({ title, lines, at, format }) {
  const [main] = lines;
  const known = /** @type {number[]} */ (main?.values.filter((value) => !missing(value)) ?? []);
  if (known.length === 0) return `${title}: nothing measured yet`;
  const coveredMs = ((at.at(-1) ?? 0) - (at[0] ?? 0)) * 1_000;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return `${title}: ${format(known.at(-1) ?? 0)} now, between ${format(low)} and ${format(high)} in ${duration(coveredMs)}`;
}

const MOST_ROWS = 30;

/** @param {Chart} chart */
function tableOf({ title, at, lines, format }) {
  const step = Math.max(1, Math.ceil(at.length / MOST_ROWS));
  const shown = at.map((_, index) => index).filter((index) => (at.length - 1 - index) % step === 0);
  return h(
    'details',
    { class: 'chart-table' },
    h('summary', {}, 'Table', h('span', { class: 'visually-hidden' }, `: ${title}`)),
    h(
      'table',
      {},
      h(
        'caption',
        {},
        step === 1 ? 'every measurement' : `every ${step}th of ${plural(at.length, 'measurement')}`,
      ),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, 'Time'),
          ...lines.map(({ label }) => h('th', { scope: 'col', class: 'number' }, label)),
        ),
      ),
      h(
        'tbody',
        {},
        ...shown.toReversed().map((index) =>
          h(
            'tr',
            { key: at[index] ?? 0 },
            h('th', { scope: 'row' }, timeOfDay((at[index] ?? 0) * 1_000)),
            ...lines.map(({ values }) => {
              const value = values[index];
              return h(
                'td',
                { class: 'number' },
                value === null || value === undefined ? '–' : format(value),
              );
            }),
          ),
        ),
      ),
    ),
  );
}
