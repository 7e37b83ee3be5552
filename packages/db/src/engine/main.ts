import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runCliCommand } from './cli.js';
import { createEngine } from './engine.js';
import { serveRpc } from './rpc.js';
import { type EngineTarget, parseEngineUrl } from './target.js';
import { loadEngine, takePanic } from './wasm.js';

/** The command line of Prisma's native schema engine, as far as Prisma 7's CLI uses it. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    datasource: { type: 'string' },
    datamodels: { type: 'string', multiple: true, short: 'd' },
    'enabled-preview-features': { type: 'string' },
    'extension-types': { type: 'string' },
    version: { type: 'boolean', short: 'V' },
  },
});

interface Datasource {
  readonly url?: string;
  readonly shadowDatabaseUrl?: string;
}

const datasource: Datasource = typeof values.datasource === 'string' ? JSON.parse(values.datasource) : {};

process.exitCode = await main();
// The engine's timers and a peer that does not close its end must not keep the process.
process.exit();

async function main(): Promise<number> {
  if (values.version === true) {
    const { version } = await loadEngine();
    process.stdout.write(`schema-engine-wasm ${version()}\n`);
    return 0;
  }
  if (positionals[0] === 'cli') {
    return runCliCommand(positionals[1] ?? '', () => parseEngineUrl(datasource.url ?? ''), process.stderr);
  }
  return serve();
}

async function serve(): Promise<number> {
  const files = (values.datamodels ?? []) as string[];
  const engine = createEngine({
    target: parseTarget(datasource.url),
    shadowTarget: parseTarget(datasource.shadowDatabaseUrl),
    datamodels: files.map((file) => [file, readFileSync(file, 'utf8')] as const),
    log: (line) => process.stderr.write(`${line.trimEnd()}\n`),
  });
  const stopped = new Promise<number>((stop) => {
    process.once('SIGTERM', () => stop(143));
    process.once('SIGINT', () => stop(130));
    process.once('SIGHUP', () => stop(129));
  });
  // A panic inside a promise never settles it. 101 is how the native engine ends after a panic.
  process.once('uncaughtException', async (error) => {
    const fields = { message: takePanic(error) ?? `${error.message}`, backtrace: error.stack };
    process.stderr.write(`${JSON.stringify({ level: 'ERROR', target: 'schema_engine', fields })}\n`);
    await engine.close();
    process.exit(101);
  });
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  const code = await Promise.race([serveRpc(engine, process.stdin, process.stdout).then(() => 0), stopped]);
  await engine.close();
  return code;
}

function parseTarget(url: string | undefined): EngineTarget | undefined {
  return url ? parseEngineUrl(url) : undefined;
}
