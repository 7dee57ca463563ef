/** `npm ci` warns of every package whose `engines` exclude the Node that runs it. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('npm ci warns of no package on the Node that runs this', () => {
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(ROOT, name), join(folder, name));
  const options = ['ci', '--dry-run', '--ignore-scripts', '--offline', '--no-audit'];
  const { status, stderr } = spawnSync('npm', options, { cwd: folder, encoding: 'utf8' });
  expect({ status, warnings: stderr.split('\n').filter((line) => line.includes('EBADENGINE')) }).toEqual({
    status: 0,
    warnings: [],
  });
});

// It wants Node 22 for Promise.withResolvers only, which simulator/step-functions/asl-engine.ts gives it. So the lock file
// leaves its engines out. If npm has put them back, take them out again.
test('the state-machine engine does not say which Node it needs', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, object> };
  expect(packages['node_modules/aws-local-stepfunctions']).not.toHaveProperty('engines');
});

test('README.md names what package.json promises', () => {
  expect((JSON.parse(read('package.json')) as { engines: object }).engines).toEqual({
    node: '^20.20 || ^22.13 || >=24',
  });
  expect(read('README.md')).toContain('Node.js 20.20, 22.13 or 24');
});
