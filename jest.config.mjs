// One runner for the whole repository: two workers share two cores, and one summary closes the run.
export default {
  testMatch: [
    '<rootDir>/packages/*/test/**/*.test.ts',
    '<rootDir>/tools/test/**/*.test.ts',
    '<rootDir>/bench/test/**/*.test.ts',
    '<rootDir>/faults/test/**/*.test.ts',
  ],
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['plinth-source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  globalSetup: '<rootDir>/tools/jest/global-setup.mjs',
  globalTeardown: '<rootDir>/tools/jest/global-teardown.mjs',
  reporters: ['default', '<rootDir>/tools/jest/summary-reporter.mjs'],
  maxWorkers: 2,
  testTimeout: 300_000,
};
