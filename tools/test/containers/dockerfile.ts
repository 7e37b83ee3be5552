import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join, matchesGlob, relative } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One stage as a folder that stands for its root directory. */
export interface Stage {
  root: string;
  /** As the image would have them at its end. */
  workdir: string;
  env: Record<string, string>;
  command: string[];
  user: string;
}

/** Steps that change the machine rather than the folder: what they install is there already, or is asked for apart. */
const ofTheMachine = [/^npm install --global pnpm@/, /^apt-get /, /^install --directory --owner=node/];

/**
 * Runs a Dockerfile without Docker, each stage in a folder of its own under `into`: COPY copies what .dockerignore
 * lets through, RUN runs in the stage's WORKDIR. Answers the last stage, and the RUN steps that were left out.
 */
export async function runDockerfile(
  context: string,
  into: string,
): Promise<{ stage: Stage; leftOut: string[] }> {
  const text = await readFile(join(context, 'Dockerfile'), 'utf8');
  const ignored = await readIgnore(context);
  const stages = new Map<string, Stage>();
  const leftOut: string[] = [];
  let stage: Stage | undefined;
  for (const line of instructions(text)) {
    const [, word = '', rest = ''] = /^(\w+)\s+(.*)$/s.exec(line) ?? [];
    if (word === 'FROM') {
      const name = / AS (\w+)$/.exec(rest)?.[1] ?? 'final';
      stage = { root: join(into, name), workdir: '/', env: {}, command: [], user: 'root' };
      stages.set(name, stage);
      continue;
    }
    if (stage === undefined) continue;
    if (word === 'WORKDIR') stage.workdir = rest;
    else if (word === 'USER') stage.user = rest;
    else if (word === 'CMD') stage.command = JSON.parse(rest) as string[];
    else if (word === 'ENV')
      for (const [, name = '', value = ''] of rest.matchAll(/(\w+)=(\S+)/g)) stage.env[name] = value;
    else if (word === 'COPY') await copy(stage, rest.split(/\s+/), { context, stages, ignored });
    else if (word === 'RUN' && ofTheMachine.some((pattern) => pattern.test(rest))) leftOut.push(rest);
    else if (word === 'RUN') await runStep(stage, rest);
  }
  if (stage === undefined) throw new Error('the Dockerfile has no stage');
  return { stage, leftOut };
}

/** A path of the image as a path of this machine. */
export const inStage = (stage: Stage, path: string): string => join(stage.root, path);

/** Lines put together where they end with a backslash, without comments. */
function instructions(text: string): string[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#') && line.trim() !== '');
  return lines.join('\n').replaceAll('\\\n', ' ').split('\n');
}

async function runStep(stage: Stage, command: string): Promise<void> {
  const cwd = inStage(stage, stage.workdir);
  await mkdir(cwd, { recursive: true });
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, CI: 'true', ...stage.env };
  await run('sh', ['-c', command], { cwd, env, maxBuffer: 64_000_000 }).catch(
    (error: { stdout: string; stderr: string }) => {
      throw new Error(`RUN ${command} failed:\n${error.stdout}\n${error.stderr}`);
    },
  );
}

async function copy(
  stage: Stage,
  words: string[],
  from: { context: string; stages: Map<string, Stage>; ignored: (path: string) => boolean },
): Promise<void> {
  const flag = words[0]?.startsWith('--from=') ? words.shift()?.slice('--from='.length) : undefined;
  const source = flag === undefined ? undefined : from.stages.get(flag);
  const target = join(stage.root, stage.workdir, words.at(-1) ?? '');
  const many = words.length > 2 || (words.at(-1) ?? '').endsWith('/');
  for (const word of words.slice(0, -1)) {
    const origin = source === undefined ? join(from.context, word) : inStage(source, word);
    const isFile = (await readdir(origin).catch(() => undefined)) === undefined;
    const destination = isFile && many ? join(target, word.split('/').at(-1) ?? '') : target;
    await mkdir(dirname(destination), { recursive: true });
    if (source !== undefined && process.platform === 'linux') {
      // Tens of thousands of files that nobody changes any more: links are enough.
      await mkdir(isFile ? dirname(destination) : destination, { recursive: true });
      await run('cp', ['--archive', '--link', isFile ? origin : `${origin}/.`, destination]);
      continue;
    }
    await cp(origin, destination, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => source !== undefined || !from.ignored(relative(from.context, path)),
    });
  }
}

/** .dockerignore: later lines win, `!` lets through again, a matching parent counts. */
async function readIgnore(context: string): Promise<(path: string) => boolean> {
  const text = await readFile(join(context, '.dockerignore'), 'utf8');
  const rules = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keep: line.startsWith('!'), pattern: line.replace(/^!/, '') }));
  return (path) => {
    if (path === '') return false;
    const parts = path.split('/');
    const paths = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    let ignored = false;
    for (const { keep, pattern } of rules) {
      // A folder on the way to something that is let through has to be entered.
      const hit = paths.some((it) => matchesGlob(it, pattern)) || (keep && pattern.startsWith(`${path}/`));
      if (hit) ignored = !keep;
    }
    return ignored;
  };
}
