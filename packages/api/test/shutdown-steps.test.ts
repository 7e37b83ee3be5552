import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { Lifecycle } from '../src/probes/state.js';
import { createShutdown } from '../src/shutdown.js';

function setUp(options: { deadlineMs?: number; close?: () => Promise<void> }) {
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
    ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
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
    const { exits, shutdown } = setUp({ deadlineMs: 50, close: () => new Promise(() => {}) });
    await shutdown.beforeShutdown();
    void shutdown.onSignal();
    expect(exits).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(exits).toEqual([1]);
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
