import { PlinthError } from './errors.js';

/** Environment variables as given: strings, or absent. An empty string counts as absent. */
export type Env = Readonly<Record<string, string | undefined>>;

/** One or more settings are wrong; `problems` lists all of them. Exit code 2. */
export class ConfigError extends PlinthError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super('config_invalid', problems.join('; '), {
      fix: 'correct the settings; .env.example explains each one',
    });
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Reads typed values from an environment and collects every problem instead of stopping at the first. */
export interface EnvReader {
  readonly env: Env;
  problem(message: string): void;
  text(name: string): string | undefined;
  text(name: string, fallback: string): string;
  /** A whole number between `min` and `max`, both included. */
  int(name: string, fallback: number, min: number, max: number): number;
  oneOf<T extends string>(name: string, allowed: readonly T[], fallback: T): T;
  /** `1 true yes on` and `0 false no off`. */
  flag(name: string, fallback: boolean): boolean;
  /** Milliseconds from `500ms`, `30s`, `5m`, `2h`, `7d`. A bare number is refused: its unit is a guess. */
  durationMs(name: string, fallback: string): number;
}

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of `500ms`, `30s`, `5m`, `2h` or `7d`; undefined when it is none of these. */
export function parseDurationMs(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim());
  return match ? Number(match[1]) * UNITS_MS[match[2] as keyof typeof UNITS_MS] : undefined;
}

/**
 * Parses settings: calls `parse` with a reader, then throws ConfigError if anything was wrong, else returns
 * the frozen result. The environment is passed in; only entry points read process.env.
 */
export function parseEnv<T extends object>(env: Env, parse: (reader: EnvReader) => T): Readonly<T> {
  const problems: string[] = [];
  const value = (name: string) => (env[name] === undefined || env[name] === '' ? undefined : env[name]);

  const reader: EnvReader = {
    env,
    problem: (message) => problems.push(message),
    text: ((name: string, fallback?: string) => value(name) ?? fallback) as EnvReader['text'],
    int(name, fallback, min, max) {
      const raw = value(name);
      if (raw === undefined) return fallback;
      const number = Number(raw);
      if (!Number.isInteger(number) || number < min || number > max) {
        problems.push(`${name}: "${raw}" is not a whole number between ${min} and ${max}`);
        return fallback;
      }
      return number;
    },
    oneOf(name, allowed, fallback) {
      const raw = value(name);
      if (raw === undefined) return fallback;
      const found = allowed.find((candidate) => candidate === raw);
      if (found === undefined) problems.push(`${name}: "${raw}" is not one of ${allowed.join(', ')}`);
      return found ?? fallback;
    },
    flag(name, fallback) {
      const raw = value(name)?.toLowerCase();
      if (raw === undefined) return fallback;
      if (['1', 'true', 'yes', 'on'].includes(raw)) return true;
      if (['0', 'false', 'no', 'off'].includes(raw)) return false;
      problems.push(`${name}: "${raw}" is neither true nor false`);
      return fallback;
    },
    durationMs(name, fallback) {
      const raw = value(name) ?? fallback;
      const parsed = parseDurationMs(raw);
      if (parsed === undefined)
        problems.push(`${name}: "${raw}" is not a duration such as 500ms, 30s, 5m, 2h or 7d`);
      return parsed ?? 0;
    },
  };

  const result = parse(reader);
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(result);
}
