/**
 * All unit tests of the functions that run on the in-memory ports as one suite, for `npm run mutate:lambdas` alone:
 * thousands of runs load everything once, not once a file. Stryker's configuration says which of the files it sees.
 */
const { readdirSync } = require('node:fs');

for (const file of readdirSync(__dirname, { recursive: true })) {
  if (file.endsWith('.test.ts')) require(`./${file}`);
}
