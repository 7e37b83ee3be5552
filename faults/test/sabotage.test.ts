import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import { COMPILED } from '@plinth/db/testing';
import type { Fault } from '../cases/fault.js';
import { allViolations } from '../report/result.js';
import { runSuite } from '../suite.js';

/** What no fault may do, done by hand: a row removed past the log, one doubled, one given away. */
const DAMAGE = `
  set session_replication_role = replica;
  delete from contributions where id = (select id from contributions where message like 'r1.u1.%' order by id limit 1);
  insert into contributions (campaign_id, contributor_id, amount_minor, currency, message)
    select campaign_id, contributor_id, amount_minor, currency, message from contributions where message like 'r1.u2.%' order by id limit 1;
  update user_artist_blocks set user_id = (select id from users where email = 'person0@example.com'),
    artist_id = (select id from artists order by id desc limit 1)
   where id = (select id from user_artist_blocks where note like 'r1.u3.%' order by id limit 1)`;

/** Several rows of each of the three users whose rows are damaged. */
const ENOUGH = `
  select (select count(*) from contributions where message like 'r1.u1.%') > 3
     and (select count(*) from contributions where message like 'r1.u2.%') > 3
     and (select count(*) from user_artist_blocks where note like 'r1.u3.%') > 3 as yes`;

const sabotage: Fault = {
  name: 'sabotage',
  what: 'what no fault may do',
  boundMs: 60_000,
  async inject({ adminUrl }) {
    await withClient(adminUrl, async (client) => {
      // What is damaged has to be there: how long that takes is up to the machine.
      for (let isThere = false; !isThere; await new Promise((resolve) => setTimeout(resolve, 200)))
        isThere = (await client.query<{ yes: boolean }>(ENOUGH)).rows[0]?.yes === true;
      await client.query(DAMAGE);
    });
    return 1;
  },
};

test('a run in which rows are lost, doubled and given away behind the API says so of each', async () => {
  const { PATH = '' } = process.env;
  const result = await runSuite({
    root: join(import.meta.dirname, '../..'),
    faults: [sabotage],
    seed: 1,
    minutes: 0,
    worlds: 1,
    env: { PATH, ...COMPILED },
    log: () => {},
    onRound: () => {},
  });
  const found = allViolations(result);
  const about = (user: number) => [
    ...new Set(found.filter(({ detail }) => detail.includes(`r1.u${user}.`)).map(({ kind }) => kind)),
  ];
  expect(about(1)).toContain('lost');
  expect(about(2)).toContain('duplicated');
  expect(about(3)).toContain('foreign');
  expect(result.rounds[0]?.acknowledged).toBeGreaterThan(10);
}, 300_000);
