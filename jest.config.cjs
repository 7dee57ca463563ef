/**
 * Tests are transpiled, not type-checked: `npm run check` does that for the whole project at once, and a test
 * run stays fast.
 */
/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // Only to end a test that hangs: no test waits for wall time, and a slow machine must not fail one.
  testTimeout: 120_000,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // A synthesised cloud assembly holds bundled copies of the code, with package names of their own.
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.holdfast'],
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
