#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { createAsTyped } from './command-name.js';
import { type Config, parseConfig } from './config.js';
import type { CommandContext } from './context.js';
import { type ExitCode, exitCodes } from './exit-codes.js';
import { describeFailure, ExitWith } from './failure.js';
import { createOutput } from './output.js';
import { createRedact } from './redact.js';

/** Every command, in the order `--help` lists them. Only the one that is asked for is loaded: the others' libraries cost time. */
const commands: Record<string, () => Promise<(program: Command, context: CommandContext) => void>> = {
  up: async () => (await import('./commands/up.js')).registerUp,
  down: async () => (await import('./commands/down.js')).registerDown,
  worker: async () => (await import('./commands/worker.js')).registerWorker,
  db: async () => (await import('./commands/db.js')).registerDb,
  migrate: async () => (await import('./commands/migrate.js')).registerMigrate,
  validate: async () => (await import('./commands/validate.js')).registerValidate,
  seed: async () => (await import('./commands/seed.js')).registerSeed,
  backup: async () => (await import('./commands/backup.js')).registerBackup,
  health: async () => (await import('./commands/health.js')).registerHealth,
  monitor: async () => (await import('./commands/monitor.js')).registerMonitor,
  audit: async () => (await import('./commands/audit.js')).registerAudit,
  users: async () => (await import('./commands/users.js')).registerUsers,
  keys: async () => (await import('./commands/keys.js')).registerKeys,
};

/** npm, a terminal and our starter may each pass on the same Ctrl-C: signals this close together are one. */
const SAME_SIGNAL_MS = 1_000;

const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url));
if (existsSync(join(repositoryRoot, '.env'))) process.loadEnvFile(join(repositoryRoot, '.env'));
const env = Object.freeze({ ...process.env });

const json = process.argv.includes('--json');
const output = createOutput({
  json,
  stdout: process.stdout,
  stderr: process.stderr,
  redact: createRedact(env),
  asTyped: createAsTyped(import.meta.filename.endsWith('.ts')),
});
const cancellation = new AbortController();
const hurry = new AbortController();
const deferred: (() => Promise<void>)[] = [];
let config: Config | undefined;
/** What commander writes for --help, in pieces. */
let help = '';
const context: CommandContext = {
  env,
  get config() {
    config ??= parseConfig(env, repositoryRoot);
    return config;
  },
  output,
  repositoryRoot,
  nodeFlags: process.execArgv,
  signal: cancellation.signal,
  hurry: hurry.signal,
  defer: (work) => deferred.push(work),
};

const interrupted = whenInterrupted();
const finished = runCommand().catch((thrown: unknown) => report(thrown));
const exitCode = await Promise.race([interrupted, finished]);
const cleaned = await runDeferred();
if (cancellation.signal.aborted) output.cancelled();
process.exit(exitCode === exitCodes.ok ? cleaned : exitCode);

async function runCommand(): Promise<ExitCode> {
  const program = new Command('plinth')
    .description('A PostgreSQL data foundation: database, migrations, seeds, backups, monitoring')
    .option('--json', 'print exactly one JSON document on stdout')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help for what can be given)')
    .configureOutput({
      writeOut: (text) => {
        if (json) help += text;
        else process.stdout.write(text);
      },
      writeErr: (text) => json || process.stderr.write(text),
    });
  // Anything but the name of a command needs all of them: to be listed, or to say which one may have been meant.
  const asked = process.argv.slice(2).find((word) => !word.startsWith('-')) ?? '';
  const wanted = Object.hasOwn(commands, asked) ? commands[asked] : undefined;
  for (const load of wanted ? [wanted] : Object.values(commands)) (await load())(program, context);
  throwInsteadOfExit(program);
  await program.parseAsync();
  return exitCodes.ok;
}

/** Commander would end the process itself; only this file does. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  command.copyInheritedSettings(command.parent ?? command);
  command.commands.forEach(throwInsteadOfExit);
}

function report(thrown: unknown): ExitCode {
  if (thrown instanceof ExitWith) return thrown.exitCode;
  if (thrown instanceof CommanderError) return reportUsage(thrown);
  // What fails because of the cancellation is not worth a word: the signal's exit code says it.
  if (cancellation.signal.aborted) return exitCodes.interrupted;
  const { exitCode, error, stack } = describeFailure(thrown);
  output.fail(error, stack);
  return exitCode;
}

function reportUsage(thrown: CommanderError): ExitCode {
  if (thrown.exitCode === 0) {
    if (json) output.answer({ help }, '');
    return exitCodes.ok;
  }
  const message = thrown.message.replace(/^error: /, '');
  // Without --json commander has already said it, with a hint.
  if (json) {
    const asked = thrown.code === 'commander.help' ? 'no command was given' : message;
    output.fail({ code: 'usage', message: asked, fix: 'add --help for what can be given' });
  }
  return exitCodes.usage;
}

function whenInterrupted(): Promise<ExitCode> {
  return new Promise((resolve) => {
    let lastAt = Number.NEGATIVE_INFINITY;
    const onSignal = (exitCode: ExitCode) => {
      if (Date.now() - lastAt < SAME_SIGNAL_MS) return;
      lastAt = Date.now();
      if (hurry.signal.aborted) process.exit(exitCode);
      if (cancellation.signal.aborted) hurry.abort();
      cancellation.abort();
      resolve(exitCode);
    };
    process.on('SIGINT', () => onSignal(exitCodes.interrupted));
    process.on('SIGTERM', () => onSignal(exitCodes.terminated));
    process.on('SIGHUP', () => onSignal(exitCodes.terminated));
  });
}

async function runDeferred(): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  for (let work = deferred.pop(); work !== undefined; work = deferred.pop()) {
    await work().catch((thrown: unknown) => {
      const failure = describeFailure(thrown);
      output.say(`error: ${failure.error.message}`);
      if (failure.error.fix !== undefined) output.say(`fix: ${failure.error.fix}`);
      exitCode = failure.exitCode;
    });
  }
  return exitCode;
}
