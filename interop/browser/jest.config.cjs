/** The tests in a browser: `npm run interop -- browser`. They take wall time, so they are no part of `npm test`. */
const base = require('../../jest.config.cjs');

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/interop/browser/**/*.test.ts'],
  // A server and a browser for each file: two at once would slow each other down.
  maxWorkers: 1,
  testTimeout: 300_000,
};
