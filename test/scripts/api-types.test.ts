/** The generator is an ES module, which Jest cannot load, so it runs in a process of its own. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

test("the types of the command line's client are those of the OpenAPI document: if not, `npm run api-types`", () => {
  const argv = ['--import', 'tsx', 'scripts/api-types.ts', '--check'];
  const { status, stderr } = spawnSync(process.execPath, argv, { cwd: join(__dirname, '../..'), encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
