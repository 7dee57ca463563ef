/**
 * All unit tests of the domain as one suite, for `npm run mutate` alone: thousands of runs load everything once, not
 * once a file.
 */
const { readdirSync } = require('node:fs');

for (const file of readdirSync(__dirname, { recursive: true })) {
  if (file.endsWith('.test.ts')) require(`./${file}`);
}
