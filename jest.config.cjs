/**
 * Tests are transpiled, not type-checked: `npm run check` does that for the whole project at once, and a test
 * run stays fast.
 */
// The SDK's reminder of Node 20's age, once a worker: it says nothing about the tests.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // By default one core is left idle, which on two is half of them.
  maxWorkers: '100%',
  // Only to end a test that hangs: no test waits for wall time, and a slow machine must not fail one.
  testTimeout: 600_000,
  globalSetup: '<rootDir>/test/setup/begin-run.ts',
  globalTeardown: '<rootDir>/test/setup/end-run.ts',
  // The test files of a run share one template, and validate a definition once. `infra/` itself is tested with templates of its own.
  moduleNameMapper: {
    '^(\\./|(\\.\\./)+local/)synthesize$': '<rootDir>/test/setup/shared-template.ts',
    '^\\./asl-validation$': '<rootDir>/test/setup/shared-validation.ts',
  },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // A synthesised cloud assembly holds bundled copies of the code, with package names of their own.
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/dist', '<rootDir>/.holdfast', '<rootDir>/.stryker'],
  transform: {
    '^.+\\.ts$': [
      'ts-jest',
      {
        diagnostics: false,
        tsconfig: {
          target: 'ES2022',
          module: 'commonjs',
          esModuleInterop: true,
          isolatedModules: true,
          sourceMap: true,
          inlineSources: true,
        },
      },
    ],
  },
};
