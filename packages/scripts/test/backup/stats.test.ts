import { expect, test } from '@jest/globals';
import { computeStats } from '../../src/backup/inventory.js';
import type { StoredSet, Verification } from '../../src/backup/store.js';

const now = new Date('2026-03-01T00:00:00Z');

/** A set as far as numbers go: how old it is, and its bytes. */
const setOf = (hoursOld: number, plainBytes: number, verifications: Partial<Verification>[] = []) =>
  ({
    manifest: {
      createdAt: new Date(now.getTime() - hoursOld * 3_600_000).toISOString(),
      stats: { plainBytes, storedBytes: plainBytes / 4, durationMs: 2_000 },
    },
    verifications,
  }) as unknown as StoredSet;

test('of no backup at all there are no numbers', () => {
  expect(computeStats([], 1, now)).toEqual({
    sets: 0,
    unreadable: 1,
    storedBytes: 0,
    newestAgeMs: null,
    ratio: null,
    bytesPerSecond: null,
    growthBytesPerDay: null,
    provenAgeMs: null,
    recoveryMs: null,
  });
});

test('size, ratio, throughput and growth go by the oldest and the newest set, the proof by the newest that was drilled', () => {
  const drill = { at: '2026-02-27T01:00:00Z', level: 3, ok: true, report: { restoreMs: 5_000 } } as const;
  expect(computeStats([setOf(72, 4_000), setOf(48, 6_000, [drill]), setOf(24, 8_000)], 0, now)).toEqual({
    sets: 3,
    unreadable: 0,
    storedBytes: 4_500,
    newestAgeMs: 24 * 3_600_000,
    ratio: 4,
    bytesPerSecond: 4_000,
    growthBytesPerDay: 2_000,
    provenAgeMs: 48 * 3_600_000,
    recoveryMs: 5_000,
  });
});

test('two backups of one day tell nothing of a growth per day', () => {
  expect(computeStats([setOf(23, 4_000), setOf(0, 8_000)], 0, now).growthBytesPerDay).toBeNull();
});
