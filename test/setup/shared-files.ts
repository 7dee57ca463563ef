/**
 * Each test file has modules of its own, so each would make the same things again. Here the first file of a run that needs one
 * makes it, and the others read it. The next run makes it again, from the sources of then.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The environment variable with the folder of one test run. */
export const SHARED_FOLDER = 'HOLDFAST_TEST_SHARED_FOLDER';

export function readOrMake<T>(name: string, make: () => T): T {
  const folder = process.env[SHARED_FOLDER];
  if (folder === undefined) throw new Error(`${SHARED_FOLDER} is not set: jest.config.cjs names no globalSetup`);
  const file = join(folder, `${name}.json`);
  if (!existsSync(file)) {
    // Two processes may make it at the same time. Each moves a whole file into place.
    const own = join(folder, `${name}.${process.pid}`);
    writeFileSync(own, JSON.stringify(make()));
    renameSync(own, file);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
