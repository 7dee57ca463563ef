/**
 * Mutation testing of the domain's decisions: does a test notice when one of them is changed? How to run it, the
 * score, and what survives: docs/mutation.md.
 */
export default {
  // What decides: from records and observations to the next thing to do. Left out is what only states something: types,
  // the schemas with their descriptions, the tables of fields and of EC2's error codes, the names of errors.
  mutate: [
    'domain/node/validate-against-account.ts',
    'domain/config/validate-config.ts',
    'domain/node/claims.ts',
    'domain/config/config-update.ts',
    'domain/costs/cost-range.ts',
    'domain/costs/costs.ts',
    'domain/reconciliation/deployment.ts',
    'domain/operation/elastic-ip.ts',
    'domain/operation/apply-settings.ts',
    'domain/operation/confirm-node.ts',
    'domain/operation/fail-operation.ts',
    'domain/operation/seen-node.ts',
    'domain/operation/settle-pause.ts',
    'domain/operation/failure-reason.ts',
    'domain/operation/given-up.ts',
    'domain/reconciliation/healing.ts',
    'domain/import/import.ts',
    'domain/import/import-document.ts',
    'domain/operation/intents.ts',
    'domain/operation/launch.ts',
    'domain/operation/network-interface.ts',
    'domain/operation/ownership.ts',
    'domain/operation/pacing.ts',
    'domain/operation/pausing.ts',
    'domain/reconciliation/rebuild.ts',
    'domain/reconciliation/reconciliation.ts',
    'domain/operation/requests.ts',
    'domain/operation/restarts.ts',
    'domain/operation/retry-policy.ts',
    'domain/operation/status-change.ts',
    'domain/operation/trigger.ts',
    'domain/reconciliation/unknown.ts',
    'domain/costs/usage.ts',
    'domain/node/volumes.ts',
    'domain/operation/await-instance.ts',
  ],
  // Only the unit tests of the domain: what a whole-system test notices by chance says little about a decision. Those of
  // what is not mutated would only take time.
  ignorePatterns: [
    '/*',
    '!/domain',
    '!/test',
    '/test/*',
    '!/test/domain',
    '/test/domain/**/{config-fields,ec2-error-codes,errors,node-config}.test.ts',
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
