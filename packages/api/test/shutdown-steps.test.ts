import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { parseConfig } from '../src/config.js';
import type { Lifecycle } from '../src/probes/state.js';
import { createShutdown, SHUTDOWN_TIMES, type ShutdownTimes } from '../src/shutdown.js';
import { SETTINGS } from './support/settings.js';

function setUp(options: { times?: Partial<ShutdownTimes>; close?: () => Promise<void> }) {
  const lifecycle: Lifecycle = { startedAt: new Date(), draining: false };
  const listeners: Record<string, () => void> = {};
  const exits: number[] = [];
  const shutdown = createShutdown({
    lifecycle,
    drainDelayMs: 0,
    close: options.close ?? (() => Promise.resolve()),
    exit: (code) => exits.push(code),
    on: (signal, listener) => {
      listeners[signal] = listener;
    },
    logger: pino({ level: 'silent' }),
    times: { ...SHUTDOWN_TIMES, ...options.times },
  });
  return { lifecycle, listeners, exits, shutdown };
}

describe('an orderly end', () => {
  test('drains before it does anything else', async () => {
    const { lifecycle, shutdown } = setUp({});
    const draining = shutdown.beforeShutdown();
    expect(lifecycle.draining).toBe(true);
    await draining;
  });

  test('that hangs is ended with 1 at its deadline', async () => {
    const { exits, shutdown } = setUp({
      times: { deadlineMs: 50, closeMs: 90 },
      close: () => new Promise(() => {}),
    });
    await shutdown.beforeShutdown();
    void shutdown.onSignal();
    expect(exits).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(exits).toEqual([1]);
  });

  test('does not wait for connections that are not given back', async () => {
    const { exits, shutdown } = setUp({ times: { closeMs: 10 }, close: () => new Promise(() => {}) });
    await shutdown.beforeShutdown();
    await shutdown.onSignal();
    expect(exits).toEqual([]);
  });

  test('has time for each of its steps before the deadline, and the deadline comes before an orchestrator’s kill', () => {
    const { inFlightMs, closeMs, deadlineMs } = SHUTDOWN_TIMES;
    const { drainDelayMs } = parseConfig({
      ...SETTINGS,
      NODE_ENV: 'production',
      DATABASE_URL: 'postgresql://plinth_app:x@localhost/plinth',
    });
    expect(drainDelayMs + inFlightMs + closeMs).toBeLessThan(deadlineMs);
    expect(deadlineMs).toBeLessThan(30_000);
  });

  test('is cut short by a second signal, whichever it is', () => {
    for (const [first, second, code] of [
      ['SIGTERM', 'SIGINT', 130],
      ['SIGINT', 'SIGTERM', 143],
    ] as const) {
      const { exits, listeners } = setUp({});
      listeners[first]?.();
      expect(exits).toEqual([]);
      listeners[second]?.();
      expect(exits).toEqual([code]);
    }
  });
});
