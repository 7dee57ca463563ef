/** What `--twice` does with a run that is not the same the second time. The runs are planted, so nothing is simulated. */
import { main } from '../../scripts/simulate/main';

const INVARIANT = 'the same seed gives the same run';

let runs = 0;
jest.mock('../../fault-simulation/run', () => ({
  runScenario: async () => {
    runs += 1;
    return { violations: [], trace: [`     1.000 # run ${runs}`], coverage: {}, transitions: {}, virtualSeconds: 60 };
  },
}));
jest.mock('../../local/synthesize', () => ({ synthesize: async () => ({}) }));

beforeEach(() => {
  runs = 0;
});

async function simulate(...argv: string[]): Promise<{ status: number; out: string }> {
  let out = '';
  const status = await main(argv, { write: (text) => (out += text), complain: (text) => (out += text) });
  return { status, out };
}

test('one seed fails, with the first line that differs', async () => {
  expect(await simulate('--seed', '4', '--twice')).toEqual({
    status: 1,
    out:
      'Seed 4 fails, after 1 virtual minutes.\n' +
      `  1.000 s: ${INVARIANT}: line 1 of the trace is "1.000 # run 1" in the first run and "1.000 # run 2" in the second\n`,
  });
});

test('a batch fails, and its replay command plays the seed twice', async () => {
  const { status, out } = await simulate('--from', '4', '--seeds', '2', '--workers', '1', '--twice', '--json');
  expect(status).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    passed: 0,
    failed: 2,
    failures: [
      { seed: 4, command: 'npm run simulate -- --seed 4 --trace --twice', violations: [{ invariant: INVARIANT }] },
      { seed: 5, command: 'npm run simulate -- --seed 5 --trace --twice', violations: [{ invariant: INVARIANT }] },
    ],
  });
});

test.each([
  ['one seed', ['--seed', '4'], 1],
  ['a batch', ['--seeds', '2', '--workers', '1'], 2],
])('without --twice, %s is played once', async (_name, argv, expected) => {
  expect((await simulate(...argv)).status).toBe(0);
  expect(runs).toBe(expected);
});
