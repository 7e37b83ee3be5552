#!/usr/bin/env node
// Prisma runs this in the place of its native schema engine (PRISMA_SCHEMA_ENGINE_BINARY, see prisma.config.ts).
import { existsSync } from 'node:fs';

const source = new URL('../src/engine/main.ts', import.meta.url);
if (existsSync(source)) {
  await import('./source.mjs');
  await import(source.href);
} else {
  await import(new URL('../dist/engine/main.js', import.meta.url).href);
}
