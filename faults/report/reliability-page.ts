import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../cases/fault.js';
import { allViolations, type SuiteResult } from './result.js';
import { cellsOf } from './table.js';

const INTRO = `# Reliability

Written by \`pnpm test:faults --report\` from the run in faults/results/latest.json; do not edit.

A real API process, a worker, and a PostgreSQL of the suite's own are under load from clients that keep their connections: they block artists and give to a campaign (each with an Idempotency-Key), change and remove their own blocks (with If-Match), change a block that two of them share, and read: their lists, their rows, other people's rows. In the middle of this something is broken and mended again. Then every promise is checked.
`;

const PROMISES = `## What is checked

Every request carries an id that the audit log keeps, so what a client was told is held against what was done, request by request:

- What was acknowledged exists exactly once, in the row and in the audit log, with the version that the answer gave.
- What was reported as failed was not done: every 4xx, and the problems \`unavailable\` (503) and \`timeout\` (504). Only \`outcome_unknown\` (503), \`internal\` (500) and no answer leave it open; the client sends those again with the same key or version until it knows, and that finds out whether the first try was done.
- Rows and audit log agree: one insertion for each row, one change for each version, no entry without a row, none by another user.
- No user is shown another one's row, in lists or by id; no change is overwritten by one that did not see it; what a client wrote it reads.
- A webhook event exists if and only if its row was made, and is delivered in the end, also when workers are killed.
- \`/ready\` tells the truth, asked ten times a second: not "ready" for longer than 8 s in which no write works, not "not ready" for longer than 5 s in which every write does.
- All is well again within the bound, without a restart of anything that was not itself ended. No process ends by itself.
`;

const COLUMNS = `## What the columns mean

| column | |
|---|---|
| injected | how often it struck: signals sent, connections reset, sessions ended, answers cut off |
| operations | writes that clients began in these rounds; each may take several requests |
| acknowledged, failed | how they ended for their clients; the rest are those whose client gave up without an answer |
| unclear | operations with at least one request whose outcome was open, most of them settled later by asking again |
| lost, duplicated | writes for which that promise was broken |
| other | any other broken promise: a failed write that was done, a gap in the audit log, another user's row, an untrue \`/ready\`, a process that ended |
| recovery | seconds from the end of the fault until every client had a write acknowledged, no request sent since met trouble any more, and \`/ready\` said so for good: the median of the rounds, and the longest |
| bound | the longest that is accepted |
`;

const AGAIN = `## Repeating it

\`\`\`
pnpm test:faults                                    # every fault once, then random ones, four minutes in all
pnpm test:faults --only commit-cut,reset --minutes 2
pnpm test:faults --seed 42                          # the same order, the same faults, the same decisions of the clients
pnpm test:faults --worlds 2 --minutes 0             # every fault once, shared out between two systems
pnpm test:faults --minutes 30 --report              # writes this page
\`\`\`

A run prints its seed; what a processor does in between is its own, so a seed repeats what is done, not the microsecond. \`--json\` answers everything that was found. \`npm test\` runs every fault once, on two systems at the same time: which of them takes the next one is up to the machine. \`faults/test/sabotage.test.ts\` damages rows behind the API's back and requires the suite to name each.

A new fault: one file in \`faults/cases\`, its name in \`all.ts\`.
`;

const MISSING = `## What is not covered

- One database server: no replication, no failover to another machine (a server that turns read-only is in \`packages/db/test/faults/server.test.ts\`).
- A machine that loses power: the disk keeps what PostgreSQL had written, since the kernel lives on. \`fsync\`, \`synchronous_commit\` and \`full_page_writes\` are on, but only cutting power would prove them.
- Faults between client and API beyond the API's own end, and clocks that jump.
- Faults of a backup while it is written: \`packages/scripts/test/backup\`. Two \`plinth up\` on an empty folder: \`packages/scripts/test/up.test.ts\`.
- A migration that has to wait for a long transaction: \`migrate up\` gives up and tries again (\`packages/db/test/migrate/locks.test.ts\`), \`prisma migrate deploy\` has no such limit, and everybody behind it waits.
`;

/** docs/reliability.md, from one run. */
export function reliabilityPage(
  result: SuiteResult,
  faults: readonly Pick<Fault, 'name' | 'what'>[],
): string {
  const { seed, machine, clients, durationMs, startedAt, skipped, rounds } = result;
  const [headings = [], ...rows] = cellsOf(
    result,
    faults.map(({ name }) => name),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const operations = rounds.reduce((sum, round) => sum + round.operations, 0);
  const broken = allViolations(result).length;
  const verdict = broken === 0 ? 'No promise was broken.' : `${broken} promises were broken.`;
  return [
    INTRO,
    '## A run',
    '',
    `${rounds.length} rounds, ${clients} clients, ${operations.toLocaleString('en')} operations in ${Math.round(durationMs / 1_000)} s, seed ${seed}, ${startedAt.slice(0, 10)}; Node ${machine.node.slice(1)}, ${machine.cores} cores (${machine.cpu}), ${machine.system}, load average ${machine.load.toFixed(1)} before it began. ${verdict}`,
    '',
    line(headings),
    line(headings.map((_, column) => (column === 0 ? '---' : '--:'))),
    ...rows.map(line),
    '',
    ...skipped.map(({ fault, reason }) => `Skipped: ${fault}, because ${reason}.\n`),
    '## The faults',
    '',
    '| fault | what is done |',
    '|---|---|',
    ...faults.map(({ name, what }) => `| ${name} | ${what} |`),
    '',
    PROMISES,
    COLUMNS,
    AGAIN,
    MISSING,
  ].join('\n');
}

/** Keeps the run and writes its page. */
export async function writeReport(
  root: string,
  result: SuiteResult,
  faults: readonly Pick<Fault, 'name' | 'what'>[],
): Promise<void> {
  await writeFile(join(root, 'faults/results/latest.json'), `${JSON.stringify(result, null, 1)}\n`);
  await writeFile(join(root, 'docs/reliability.md'), reliabilityPage(result, faults));
}
