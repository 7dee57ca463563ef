/**
 * Mutation testing of the domain's decisions: does a test notice when one of them is changed? How to run it, the
 * score, and what survives: docs/mutation.md.
 */
export default {
  // What decides: from records and observations to the next thing to do. Left out is what only states something: types,
  // the schemas with their descriptions, the tables of fields and of EC2's error codes, the names of errors.
  mutate: [
    'domain/account-faults.ts',
    'domain/admission.ts',
    'domain/claims.ts',
    'domain/config-update.ts',
    'domain/cost-range.ts',
    'domain/costs.ts',
    'domain/deployment.ts',
    'domain/elastic-ip.ts',
    'domain/ending.ts',
    'domain/failure-reason.ts',
    'domain/given-up.ts',
    'domain/healing.ts',
    'domain/import.ts',
    'domain/import-document.ts',
    'domain/intents.ts',
    'domain/launch.ts',
    'domain/network-interface.ts',
    'domain/ownership.ts',
    'domain/pacing.ts',
    'domain/pausing.ts',
    'domain/rebuild.ts',
    'domain/reconciliation.ts',
    'domain/requests.ts',
    'domain/restarts.ts',
    'domain/retrying.ts',
    'domain/status-change.ts',
    'domain/trigger.ts',
    'domain/unknown.ts',
    'domain/usage.ts',
    'domain/volumes.ts',
    'domain/waiting.ts',
  ],
  // Only the unit tests of the domain: what a whole-system test notices by chance says little about a decision. Those of
  // what is not mutated would only take time.
  ignorePatterns: [
    '/*',
    '!/domain',
    '!/test',
    '/test/*',
    '!/test/domain',
    '/test/domain/{config-fields,ec2-error-codes,errors,node-config}.test.ts',
    '!/jest.config.cjs',
    '!/tsconfig.json',
  ],
  testRunner: 'jest',
  jest: {
    configFile: 'jest.config.cjs',
    config: { testMatch: ['<rootDir>/test/domain/decisions.cjs'], watchman: false },
    // Which of the tests concern a mutant is known test by test.
    enableFindRelatedTests: false,
  },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // What is read once, when a file is loaded, would take all tests anew for each of its mutants.
  ignoreStatic: true,
  // A worker that has run Jest many hundred times has grown slow.
  maxTestRunnerReuse: 150,
  // A mutant that never ends is told from a machine that is busy with something else.
  timeoutMS: 20_000,
  // Only what has changed in the domain is asked again, or is reached by a test with a new name. After changes inside a
  // test: npm run mutate -- --force.
  incremental: true,
  incrementalFile: '.stryker/incremental.json',
  tempDirName: '.stryker/sandbox',
  reporters: ['clear-text', 'progress', 'html', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: '.stryker/report.html' },
  jsonReporter: { fileName: '.stryker/report.json' },
  thresholds: { high: 95, low: 85, break: 85 },
};
