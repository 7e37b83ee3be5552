import { describe, expect, test } from '@jest/globals';
import { createAsTyped } from '../src/command-name.js';
import { createOutput, formatTable } from '../src/output.js';
import { createRedact } from '../src/redact.js';

function capture(options: { json?: boolean; isTTY?: boolean; fromSource?: boolean } = {}) {
  const written = { stdout: '', stderr: '', nowMs: 0 };
  const output = createOutput({
    json: options.json ?? false,
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text), isTTY: options.isTTY ?? false },
    redact: createRedact({ FIELD_KEYS: 'k1:abcdefgh' }),
    asTyped: createAsTyped(options.fromSource ?? false),
    nowMs: () => written.nowMs,
  });
  return { output, written };
}

describe('what goes where', () => {
  test('people read stderr, the answer alone is on stdout', () => {
    const { output, written } = capture();
    output.say('working');
    output.answer({ url: 'x' }, 'x');
    expect(written).toMatchObject({ stdout: 'x\n', stderr: 'working\n' });
  });

  test('with --json stdout is exactly one document, also when the command fails after its answer', () => {
    const { output, written } = capture({ json: true });
    output.answer({ ok: true }, 'fine');
    output.fail({ code: 'failed', message: 'later' });
    expect(JSON.parse(written.stdout)).toEqual({ ok: true });
    expect(written.stderr).toBe('error: later\n');
  });

  test('a cancelled command leaves one document with --json, after its answer nothing more, and no word to people', () => {
    const programs = capture({ json: true });
    programs.output.cancelled();
    expect(JSON.parse(programs.written.stdout).error.code).toBe('cancelled');
    const answered = capture({ json: true });
    answered.output.answer({ ok: true }, 'fine');
    answered.output.cancelled();
    expect(JSON.parse(answered.written.stdout)).toEqual({ ok: true });
    const failed = capture({ json: true });
    failed.output.fail({ code: 'failed', message: 'no' });
    failed.output.cancelled();
    expect(JSON.parse(failed.written.stdout).error.code).toBe('failed');
    const people = capture();
    people.output.cancelled();
    expect(people.written).toMatchObject({ stdout: '', stderr: '' });
  });

  test('an error is a document with --json and two lines without', () => {
    const programs = capture({ json: true });
    programs.output.fail({ code: 'refused', message: 'no', fix: 'yes' });
    expect(JSON.parse(programs.written.stdout)).toEqual({
      error: { code: 'refused', message: 'no', fix: 'yes' },
    });
    const people = capture();
    people.output.fail({ code: 'refused', message: 'no', fix: 'yes' });
    expect(people.written).toMatchObject({ stdout: '', stderr: 'error: no\nfix: yes\n' });
  });
});

describe('commands in a text are written as the reader has to type them', () => {
  const fix = 'run: plinth backup create, then `plinth validate`; psql "$(plinth db url --role admin)"';
  const note = 'session "plinth backup" of plinth is running';

  test('from source, in a checkout, through pnpm: in what is said, in the answer and in its advice, not in its data', () => {
    const typed = fix.replaceAll(/plinth (?=backup c|val|db)/g, 'pnpm plinth ');
    const people = capture({ fromSource: true });
    people.output.answer({}, `${note}: ${fix}`);
    people.output.fail({ code: 'failed', message: 'no', fix: `pnpm plinth down, or ${fix}` });
    expect(people.written).toMatchObject({
      stdout: `${note}: ${typed}\n`,
      stderr: `error: no\nfix: pnpm plinth down, or ${typed}\n`,
    });
    const programs = capture({ fromSource: true, json: true });
    programs.output.answer({ note: fix, checks: [{ fix, command: null }] }, '');
    expect(JSON.parse(programs.written.stdout)).toEqual({
      note: fix,
      checks: [{ fix: typed, command: null }],
    });
  });

  test('compiled, as in the image, they stay', () => {
    const { output, written } = capture();
    output.fail({ code: 'failed', message: note, fix });
    expect(written.stderr).toBe(`error: ${note}\nfix: ${fix}\n`);
  });
});

describe('secrets', () => {
  test.each([
    ['postgresql://app:pass@host/db', 'postgresql://app:***@host/db'],
    ['see redis://:pa:ss@word@host:6379 now', 'see redis://:***@host:6379 now'],
    ['host=h password=abc dbname=d', 'host=h password=*** dbname=d'],
    ['PGPASSWORD=abc psql', 'PGPASSWORD=*** psql'],
    ['the key k1:abcdefgh is wrong', 'the key *** is wrong'],
    ['http://127.0.0.1:8080/docs and user@example.com', 'http://127.0.0.1:8080/docs and user@example.com'],
  ])('%s', (given, expected) => {
    const { output, written } = capture({ json: true });
    output.fail({ code: 'failed', message: given }, `stack ${given}`);
    expect(written.stderr).toBe(`stack ${expected}\nerror: ${expected}\n`);
    expect(JSON.parse(written.stdout).error.message).toBe(expected);
  });
});

describe('progress', () => {
  test('without a terminal it is a line every few seconds', () => {
    const { output, written } = capture();
    const progress = output.progress('restoring', 10, 'tables');
    for (written.nowMs = 0; written.nowMs <= 7_000; written.nowMs += 500)
      progress.update(written.nowMs / 700);
    progress.end();
    expect(written.stderr.trim().split('\n')).toHaveLength(3);
    expect(written.stderr).not.toContain('\r');
  });

  test('on a terminal it is one bar that is redrawn and removed', () => {
    const { output, written } = capture({ isTTY: true });
    const progress = output.progress('restoring', 4);
    progress.update(1);
    written.nowMs += 200;
    progress.update(4);
    expect(written.stderr).toContain('██████░░');
    expect(written.stderr).toContain('4/4');
    progress.end();
    expect(written.stderr.endsWith('\r\x1b[Krestoring: 4 in 0.2 s\n')).toBe(true);
  });

  test('on a terminal what is said in the middle wipes the bar away first, and a failure as well', () => {
    const { output, written } = capture({ isTTY: true });
    const progress = output.progress('restoring', 4);
    progress.update(1);
    written.stderr = '';
    output.say('a note');
    expect(written.stderr).toBe('\r\x1b[Ka note\n');
    written.nowMs += 200;
    progress.update(2);
    written.stderr = '';
    output.fail({ code: 'failed', message: 'no' });
    expect(written.stderr).toBe('\r\x1b[Kerror: no\n');
  });
});

test('a table lines up, numbers to the right, missing cells as a dash', () => {
  const table = formatTable(
    ['name', 'rows'],
    [
      ['users', 3],
      ['artists', 1200],
    ],
  );
  expect(table.split('\n')).toEqual(['name     rows', 'users       3', 'artists  1200']);
  expect(formatTable(['a', 'b'], [['x', null]])).toBe('a  b\nx  -');
});
