import { describe, expect, test } from '@jest/globals';
import { checkEvents } from '../ledger/check-events.js';
import { checkRows } from '../ledger/check-rows.js';
import { createLedger } from '../ledger/ledger.js';
import { change, creation, logged, stored, USERS } from './planted.js';

const [one, two, three] = ['r1.u0.c0.o1', 'r1.u0.c0.o2', 'r1.u0.c1.o3'];
const kinds = (found: { kind: string }[]) => [...new Set(found.map(({ kind }) => kind))];
const insert = logged(`${one}.a0`, 'a');
const update = logged(`${two}.a0`, 'a', 'update');
const remove = logged(`${three}.a0`, 'a', 'delete');
const created = creation(one, 'a', ['acknowledged']);

describe('rows against the audit log and the clients', () => {
  test('a row that was made, changed and removed leaves nothing to say at any of these moments', () => {
    const [changed, removed] = [change(two, 'update', 'a', 2), change(three, 'delete', 'a')];
    const check = (
      operations: (typeof created)[],
      rows: ReturnType<typeof stored>[],
      audit: (typeof insert)[],
    ) => checkRows(operations, { rows, audit }, USERS);
    expect(check([created], [stored(one, 'a')], [insert])).toEqual([]);
    expect(check([created, changed], [stored(two, 'a', 2)], [insert, update])).toEqual([]);
    expect(check([created, changed, removed], [], [insert, update, remove])).toEqual([]);
  });

  test('an acknowledged row that is missing is lost; the log about it has no row', () => {
    const found = checkRows([created], { rows: [], audit: [insert] }, USERS);
    expect(kinds(found)).toEqual(['audit', 'lost']);
  });

  test('where a restore turned time back only row and log are compared', () => {
    expect(checkRows([created], { rows: [], audit: [] }, USERS, { acknowledged: false })).toEqual([]);
    const found = checkRows([created], { rows: [], audit: [insert] }, USERS, { acknowledged: false });
    expect(kinds(found)).toEqual(['audit']);
  });

  test('two rows of one operation are a duplicate', () => {
    const audit = [insert, logged(`${one}.a1`, 'b')];
    const found = checkRows([created], { rows: [stored(one, 'a'), stored(one, 'b')], audit }, USERS);
    expect(kinds(found)).toEqual(['duplicated']);
  });

  test('a row without its log, and a version without its changes, are audit gaps', () => {
    expect(kinds(checkRows([created], { rows: [stored(one, 'a')], audit: [] }, USERS))).toEqual(['audit']);
    expect(kinds(checkRows([created], { rows: [stored(one, 'a', 2)], audit: [insert] }, USERS))).toEqual([
      'audit',
    ]);
  });

  test("a row with another user's marker is foreign", () => {
    const foreign = { ...stored(one, 'a'), userId: 'user-1' };
    expect(kinds(checkRows([created], { rows: [foreign], audit: [insert] }, USERS))).toEqual(['foreign']);
  });

  test('an acknowledged change that is not in the row is lost: overwritten, undone, or made twice', () => {
    const changed = change(two, 'update', 'a', 2);
    const audit = [insert, update];
    const overwritten = checkRows([created, changed], { rows: [stored(three, 'a', 2)], audit }, USERS);
    expect(kinds(overwritten)).toEqual(['lost']);
    const undone = checkRows([created, changed], { rows: [stored(one, 'a')], audit: [insert] }, USERS);
    expect(kinds(undone)).toEqual(['lost']);
    const both = [changed, change(three, 'update', 'a', 2)];
    expect(kinds(checkRows([created, ...both], { rows: [stored(two, 'a', 2)], audit }, USERS))).toEqual([
      'lost',
    ]);
  });

  test('two acknowledged changes to one version are a lost update, whatever came after them', () => {
    const last = change('r1.u0.c0.o4', 'update', 'a', 3);
    const operations = [created, change(two, 'update', 'a', 2), change(three, 'update', 'a', 2), last];
    const audit = [insert, update, logged('r1.u0.c0.o4.a0', 'a', 'update')];
    const found = checkRows(operations, { rows: [stored(last.marker, 'a', 3)], audit }, USERS);
    expect(found.map(({ detail }) => detail)).toEqual([
      expect.stringContaining(`${two} and ${three} both made`),
    ]);
  });

  test('a removed row that is there is lost, too', () => {
    const removed = change(three, 'delete', 'a');
    expect(
      kinds(checkRows([created, removed], { rows: [stored(one, 'a')], audit: [insert] }, USERS)),
    ).toEqual(['lost']);
  });
});

test("showing a user another one's row is noted, by the marker alone", () => {
  const ledger = createLedger(1);
  ledger.saw(0, one);
  expect(ledger.violations()).toEqual([]);
  ledger.saw(1, one);
  expect(ledger.violations()).toEqual([{ kind: 'foreign', detail: `user 1 was shown ${one}` }]);
});

test('a row that reads otherwise than its only writer left it is lost', () => {
  const ledger = createLedger(1);
  ledger.misread(one);
  expect(ledger.violations()).toEqual([{ kind: 'lost', detail: one }]);
});

describe('events of new blocks', () => {
  const made = { ...insert, table: 'user_artist_blocks' as const };
  const events = [{ rowId: 'a', status: 'pending' }];
  const check = (audit: (typeof made)[], told: typeof events) =>
    kinds(checkEvents({ rows: [], audit, events: told }, 'user-0'));

  test('are there once with the row, and not for rows of somebody who listens to nothing', () => {
    expect(check([made], events)).toEqual([]);
    expect(check([{ ...made, userId: 'user-1' }], [])).toEqual([]);
  });

  test('a row without, an event without a row, and two events are found', () => {
    expect(check([made], [])).toEqual(['event']);
    expect(check([], events)).toEqual(['event']);
    expect(check([made], [...events, ...events])).toEqual(['event']);
  });
});
