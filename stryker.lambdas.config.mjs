/**
 * Mutation testing of the functions' code between the domain and the adapters: the steps, the reconciler and the API's
 * services. Does a unit test on the in-memory ports notice when it is changed? How to run it, the score, and what
 * survives: docs/mutation.md.
 */
import domain from './stryker.config.mjs';

export default {
  ...domain,
  // What acts on the ports. Left out are the handlers, which only connect it to Lambda and the SDK, the schema of their
  // events, and what the API makes of requests and responses.
  mutate: [
    'lambdas/{steps,operation,reconciler,wake-waiter}/*.ts',
    'lambdas/api/create-*-service.ts',
    'lambdas/api/{address-claims,node-costs,node-volumes,start-intent,table-ownership,validate-node}.ts',
    '!lambdas/*/handler.ts',
    '!lambdas/steps/step-event.ts',
  ],
  // Only the tests on the in-memory ports. The others load the SDK or a database, and take longer than all of these.
  ignorePatterns: [
    '/*',
    '!/domain',
    '!/lambdas',
    '!/test',
    '/test/*',
    '!/test/domain',
    '!/test/lambdas',
    '/test/domain/**/*.test.ts',
    '/test/lambdas/adapters',
    '/test/lambdas/runtime.test.ts',
    '/test/lambdas/*/handler.test.ts',
    '/test/lambdas/api/{authentication,failures,migration-routes,openapi,paging,routes}.test.ts',
    '!/jest.config.cjs',
    '!/tsconfig.json',
  ],
  jest: { ...domain.jest, config: { ...domain.jest.config, testMatch: ['<rootDir>/test/lambdas/on-ports.cjs'] } },
  incrementalFile: '.stryker/lambdas/incremental.json',
  tempDirName: '.stryker/lambdas/sandbox',
  htmlReporter: { fileName: '.stryker/lambdas/report.html' },
  jsonReporter: { fileName: '.stryker/lambdas/report.json' },
  thresholds: { high: 95, low: 88, break: 88 },
};
