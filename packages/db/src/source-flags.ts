/** The flags with which Node runs a TypeScript file of this repository, from whatever folder: see bin/source.mjs. */
export const SOURCE_FLAGS: readonly string[] = [
  '--import',
  new URL('../bin/source.mjs', import.meta.url).href,
];
