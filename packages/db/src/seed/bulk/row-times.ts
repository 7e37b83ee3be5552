const START_MS = Date.parse('2021-01-01T00:00:00Z');
const STEP_SECONDS = 31;
/** Five years of steps, then from the beginning again: nothing lies in the future. */
const STEPS = Math.floor((5 * 365 * 86_400) / STEP_SECONDS);

const two = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));
const days = new Map<number, string>();

/** The time of row `index` as COPY text: rows arrive one after the other, as they do in life. */
export function rowTime(index: number): string {
  return timeText((index % STEPS) * STEP_SECONDS);
}

/** So many seconds after the first row, as COPY text. */
export function timeText(seconds: number): string {
  const day = Math.floor(seconds / 86_400);
  let date = days.get(day);
  if (date === undefined) {
    date = new Date(START_MS + day * 86_400_000).toISOString().slice(0, 10);
    days.set(day, date);
  }
  const rest = seconds % 86_400;
  const hour = Math.floor(rest / 3_600);
  return `${date} ${two[hour]}:${two[Math.floor(rest / 60) % 60]}:${two[rest % 60]}+00`;
}

/** Seconds of row `index`, for times that follow its own. */
export const rowSeconds = (index: number): number => (index % STEPS) * STEP_SECONDS;
