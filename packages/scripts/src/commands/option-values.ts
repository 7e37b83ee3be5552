import { parseDurationMs } from '@plinth/db';
import { InvalidArgumentError } from 'commander';

/** A parser of whole numbers from `least` to `most`, for `.option()`. It throws what commander reports with the option's name. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`it is not a whole number from ${least} to ${most}.`);
  };
}

/** Milliseconds of `30s`, `5m`, `2h` or `30d`, for `.option()`. */
export function timeSpan(text: string): number {
  const ms = parseDurationMs(text);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError('it is not a duration such as 500ms, 30s, 5m, 26h or 7d.');
}
