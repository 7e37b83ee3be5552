import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import {
  isOverdue,
  parseSchedule,
  postEvent,
  runSchedule,
  type ScheduleEvent,
  systemdUnit,
} from '../../src/backup/schedule.js';

const daily = parseSchedule('30 2 * * *');

/** Runs a schedule on a clock that jumps to each due time, for so many rounds. */
async function play(options: {
  newest?: Date;
  from: string;
  rounds: number;
  fail?: (round: number) => boolean;
}) {
  let clock = new Date(options.from);
  let round = 0;
  const runs: string[] = [];
  const events: ScheduleEvent[] = [];
  const cancel = new AbortController();
  await runSchedule({
    schedule: daily,
    newestAt: async () => options.newest,
    run: async () => {
      runs.push(clock.toISOString());
      if (options.fail?.(round)) throw new Error('disk full');
      return `set-${runs.length}`;
    },
    notify: async (event) => void events.push(event),
    say: () => {},
    signal: cancel.signal,
    now: () => clock,
    sleepUntil: async (at) => {
      clock = at;
      if (++round > options.rounds) {
        cancel.abort();
        throw cancel.signal.reason;
      }
    },
  }).catch((error: Error) => {
    if (!cancel.signal.aborted) throw error;
  });
  return { runs, events };
}

describe('schedule', () => {
  test('a time zone moves the due time, and clock changes neither skip nor double a run', () => {
    const berlin = parseSchedule('CRON_TZ=Europe/Berlin 30 2 * * *');
    expect(berlin.next(new Date('2026-01-10T00:00:00Z')).toISOString()).toBe('2026-01-10T01:30:00.000Z');
    for (const [from, days] of [
      ['2026-03-27T12:00:00Z', 4],
      ['2026-10-23T12:00:00Z', 4],
    ] as const) {
      let at = new Date(from);
      const dates = new Set<string>();
      for (let day = 0; day < days; day++) {
        at = berlin.next(at);
        dates.add(at.toLocaleDateString('en-CA', { timeZone: 'Europe/Berlin' }));
      }
      expect(dates.size).toBe(days);
    }
  });

  test('nonsense is refused with the setting named', () => {
    expect(() => parseSchedule('every day')).toThrow(/BACKUP_SCHEDULE/);
    expect(() => parseSchedule('CRON_TZ=Mars/Base 0 2 * * *')).toThrow(/BACKUP_SCHEDULE/);
    expect(() => parseSchedule('0 0 30 2 *')).toThrow(/BACKUP_SCHEDULE/);
  });

  test('a missed run is made up for at once and reported; then the clock decides', async () => {
    const { runs, events } = await play({
      newest: new Date('2026-01-01T02:30:00Z'),
      from: '2026-01-05T10:00:00Z',
      rounds: 2,
    });
    expect(runs).toEqual([
      '2026-01-05T10:00:00.000Z',
      '2026-01-06T02:30:00.000Z',
      '2026-01-07T02:30:00.000Z',
    ]);
    expect(events.map(({ event }) => event)).toEqual([
      'backup.missed',
      'backup.succeeded',
      'backup.succeeded',
      'backup.succeeded',
    ]);
  });

  test('with a fresh backup it waits for the next time', async () => {
    const { runs } = await play({
      newest: new Date('2026-01-05T02:30:10Z'),
      from: '2026-01-05T10:00:00Z',
      rounds: 1,
    });
    expect(runs).toEqual(['2026-01-06T02:30:00.000Z']);
    expect(isOverdue(daily, new Date('2026-01-05T02:30:10Z'), new Date('2026-01-06T02:29:00Z'))).toBe(false);
  });

  test('a failed run is reported and does not end the service', async () => {
    const { runs, events } = await play({
      newest: new Date('2026-01-05T03:00:00Z'),
      from: '2026-01-05T10:00:00Z',
      rounds: 3,
      fail: (round) => round === 2,
    });
    expect(runs).toHaveLength(3);
    expect(events.map(({ event }) => event)).toEqual([
      'backup.succeeded',
      'backup.failed',
      'backup.succeeded',
    ]);
    expect(events[1]).toMatchObject({ id: null, message: 'disk full' });
  });

  test('the webhook gets the event as JSON; one that fails is told and nothing more', async () => {
    const bodies: string[] = [];
    let status = 204;
    const server = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (part: string) => bodies.push(part));
      request.on('end', () => response.writeHead(status).end());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    const event: ScheduleEvent = {
      event: 'backup.failed',
      at: '2026-01-01T00:00:00.000Z',
      id: null,
      message: 'disk full',
    };
    const said: string[] = [];
    await postEvent(url, event, (line) => said.push(line));
    expect([JSON.parse(bodies[0] as string), said]).toEqual([event, []]);
    status = 500;
    await postEvent(url, event, (line) => said.push(line));
    server.close();
    server.closeAllConnections();
    await postEvent(url, event, (line) => said.push(line));
    expect(said).toEqual([expect.stringContaining('500'), expect.stringContaining('cannot be reached')]);
  });

  test('the systemd unit names the folder, the program and the command', () => {
    const unit = systemdUnit({
      repositoryRoot: '/srv/plinth/',
      node: '/usr/bin/node',
      program: 'tools/run.mjs',
      user: 'plinth',
    });
    expect(unit).toContain('ExecStart=/usr/bin/node tools/run.mjs backup schedule run\n');
    expect(unit).toContain('WorkingDirectory=/srv/plinth\n');
    expect(unit).toContain('EnvironmentFile=/srv/plinth/.env\n');
  });
});
