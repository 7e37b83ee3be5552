import type { HealthCheckMap } from '@godaddy/terminus';
import type { ProbeAnswer } from './answers.js';

/** An answer on its way through terminus. */
class Answered extends Error {
  readonly statusCode: number;
  readonly statusResponse: object;

  constructor({ status, body }: ProbeAnswer) {
    super('probe answered');
    this.statusCode = status;
    this.statusResponse = body;
  }
}

/** Whether what terminus calls a failed check is an answer of ours. */
export const isAnswered = (error: unknown): boolean => error instanceof Answered;

/**
 * A probe as terminus runs it. Every answer goes out as a "failure" with status and body of its own: terminus
 * sends exactly those, where its success path merges each answer into one object that all routes share.
 */
const toCheck = (answer: () => ProbeAnswer | Promise<ProbeAnswer>) => async (): Promise<never> => {
  throw new Answered(await answer());
};

/** The probes as terminus wants them. */
export function toHealthChecks(
  probes: Readonly<Record<string, () => ProbeAnswer | Promise<ProbeAnswer>>>,
): HealthCheckMap {
  return Object.fromEntries(
    Object.entries(probes).map(([path, answer]) => [path, toCheck(answer)]),
  ) as HealthCheckMap;
}
