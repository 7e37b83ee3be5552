import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';

/** The parts of WebAssembly used here; its types come with TypeScript's DOM library, which a server does not want. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, object>,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

type EngineClass = typeof SchemaEngine;
interface Bindings {
  readonly SchemaEngine: EngineClass;
  readonly version: () => string;
  readonly __wbg_set_wasm: (exports: object) => void;
}

let panicMessage = '';
let loading: Promise<Bindings> | undefined;

/** Loads Prisma's schema engine from its npm package, once per process, and again after a panic. */
export function loadEngine(): Promise<Bindings> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Bindings> {
  panicMessage = '';
  // The module calls this by name before it aborts; without it a panic reads `unreachable`.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message: (message: string) => {
        panicMessage = message;
      },
    },
  });
  const specifier = '@prisma/schema-engine-wasm/schema_engine_bg';
  const file = createRequire(import.meta.url)
    .resolve(specifier)
    .replace(/\.js$/, '.wasm');
  const [bindings, bytes] = await Promise.all([import(specifier) as Promise<Bindings>, readFile(file)]);
  const { instance } = await WebAssembly.instantiate(bytes, {
    './schema_engine_bg.js': withUnrefTimers(bindings),
  });
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return bindings;
}

/** The engine leaves its lock's 10 s timer behind; it must not keep a finished process alive. */
function withUnrefTimers(bindings: Bindings): object {
  const timers = Object.keys(bindings).filter((name) => name.startsWith('__wbg_setTimeout'));
  const setUnref = (run: () => void, ms: number) => setTimeout(run, ms).unref();
  return { ...bindings, ...Object.fromEntries(timers.map((name) => [name, setUnref])) };
}

/** The words of a panic that ended in this error, or undefined. The module is unusable then and is loaded anew next time. */
export function takePanic(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'RuntimeError') return undefined;
  loading = undefined;
  return panicMessage || error.message;
}
