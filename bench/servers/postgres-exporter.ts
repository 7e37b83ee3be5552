import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@plinth/db/testing';

const PROGRAM = '/usr/bin/prometheus-postgres-exporter';
const EXAMPLES = '/usr/share/doc/prometheus-postgres-exporter/examples/queries.yaml';

/** Debian's exporter, listening. */
export interface Exporter {
  /** One scrape: the whole text. Throws when it could not ask its database. */
  scrape(): Promise<string>;
  stop(): Promise<void>;
}

/** Whether Debian's package prometheus-postgres-exporter is installed. */
export const hasExporter = (): boolean => existsSync(PROGRAM);
/** Whether its example queries are, which look at every table and statement. */
export const hasExampleQueries = (): boolean => existsSync(EXAMPLES);

/** Starts it with its defaults, or with its example queries beside them. */
export async function startExporter(url: string, { examples }: { examples: boolean }): Promise<Exporter> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-exporter-'));
  const queries = join(folder, 'queries.yaml');
  await writeFile(queries, examples ? forToday(await readFile(EXAMPLES, 'utf8')) : '');
  const port = await freePort();
  const args = [
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
    ...(examples ? [`--extend.query-path=${queries}`] : []),
  ];
  const child = spawn(PROGRAM, args, {
    env: { DATA_SOURCE_NAME: url },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors = (errors + chunk).slice(-4_000);
  });
  const stop = async () => {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
    }
    await rm(folder, { recursive: true });
  };
  const scrape = async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    if (!/^pg_up 1$/m.test(text) || !/^pg_exporter_last_scrape_error 0$/m.test(text))
      throw new Error(`the exporter could not ask its database: ${errors}`);
    return text;
  };
  for (let attempt = 0; ; attempt++) {
    const answers = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (answers !== undefined) return { scrape, stop };
    if (child.exitCode !== null || attempt > 200) {
      await stop();
      throw new Error(`the exporter did not start: ${errors}`);
    }
    await sleep(50);
  }
}

/** The example asks pg_stat_statements for columns that PostgreSQL 13 renamed; without that the scrape fails. */
function forToday(yaml: string): string {
  return yaml.replaceAll(/\b(total|min|max|mean|stddev)_time \/ 1000/g, '$1_exec_time / 1000');
}
