/** Exports are named one by one, and index.ts is only the front door of a package: a reader can follow every name. */
export function* check({ code }) {
  for (const [file, { imports }] of code) {
    for (const { star, specifier, line } of imports) {
      // What a generator writes is named by its source, the schema.
      if (star && !specifier.includes('/generated/'))
        yield { file, line, message: 'export * hides what is exported: name each export' };
    }
    if (/(^|\/)index\.[mc]?[tj]sx?$/.test(file) && !/^packages\/[^/]+\/src\/index\.ts$/.test(file)) {
      yield {
        file,
        line: 1,
        message: 'index files are only packages/<name>/src/index.ts: name the file for its topic',
      };
    }
  }
}
