const entryPoints = [
  /^packages\/[^/]+\/src\/main\.ts$/,
  /^packages\/scripts\/src\/cli\.ts$/,
  /^packages\/db\/src\/engine\/main\.ts$/,
  /^packages\/[^/]+\/bin\//,
  /(^|\/)(prisma|jest)\.config\.(ts|mjs)$/,
  /^packages\/db\/src\/testing\.ts$/,
  /^tools\//,
  /^(bench|faults)\/run\.ts$/,
  /^bench\/servers\/(bare-express|fastify)\.ts$/,
  /^(packages\/[^/]+|bench|faults)\/test\//,
];

/** Only entry points read the environment and end the process; everything else takes values and throws. */
export function* check({ code }) {
  for (const [file, { processUses }] of code) {
    if (entryPoints.some((pattern) => pattern.test(file))) continue;
    for (const { name, line } of processUses) {
      const instead =
        name === 'env' ? 'take the value as a parameter' : 'throw, and let the entry point exit';
      yield { file, line, message: `process.${name} outside an entry point: ${instead}` };
    }
  }
}
