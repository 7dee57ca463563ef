/** The simulation from its options to its exit status, partly in child processes. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { main } from '../../scripts/simulate/main';

const ROOT = join(__dirname, '../..');

function simulate(...argv: string[]): { status: number | null; out: string; complaints: string } {
  const command = ['--import', 'tsx', join(ROOT, 'scripts/simulate.ts'), ...argv];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: ROOT, encoding: 'utf8' });
  return { status, out: stdout, complaints: stderr };
}

async function simulateHere(...argv: string[]): Promise<{ status: number; out: string; complaints: string }> {
  let [out, complaints] = ['', ''];
  const status = await main(argv, { write: (text) => (out += text), complain: (text) => (complaints += text) });
  return { status, out, complaints };
}

test('a seed has the same trace in another process', async () => {
  const [here, there] = [await simulateHere('--seed', '4', '--trace'), simulate('--seed', '4', '--trace')];
  expect(here.out).toMatch(/^ +\d+\.\d{3} [!#=] .*\n/);
  expect(there.out).toBe(here.out);
});

test('a batch has the same outcome with one worker and with two', () => {
  const [one, two] = [1, 2].map((workers) => simulate('--json', '--seeds', '4', '--workers', String(workers)));
  const { seconds: _one, ...ofOne } = JSON.parse(one!.out) as { seconds: number; passed: number; failed: number };
  const { seconds: _two, ...ofTwo } = JSON.parse(two!.out) as { seconds: number };
  expect(ofTwo).toEqual(ofOne);
  expect(ofOne.passed + ofOne.failed).toBe(4);
  expect([one!.status, two!.status]).toEqual(ofOne.failed === 0 ? [0, 0] : [1, 1]);
});

test('a wrong option is refused, with the usage', async () => {
  const { status, out, complaints } = await simulateHere('--seeds', 'many');
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(complaints).toContain('  - --seeds must be a whole number from 1, not many\n\nUsage: npm run simulate');
});

test('--help prints the usage', async () => {
  const { status, out } = await simulateHere('--help');
  expect(status).toBe(0);
  expect(out).toMatch(/^Usage: npm run simulate/);
});
