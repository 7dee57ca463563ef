import { differenceBetween, playTwice } from '../../fault-simulation/play-twice';

const INVARIANT = 'the same seed gives the same run';
const ONE = [
  '     1.000 ! interrupt node-0',
  '     2.500 # node-0 ACTIVE',
  '     3.000 = node-0 replace: Take the node',
];

test.each([
  ['two empty traces', [], []],
  ['equal traces', ONE, [...ONE]],
])('%s do not differ', (_name, one, other) => {
  expect(differenceBetween(one, other)).toBeUndefined();
});

test.each([
  [
    'another text',
    ONE,
    ONE.with(1, '     2.500 # node-0 ERROR'),
    2.5,
    'line 2 of the trace is "2.500 # node-0 ACTIVE" in the first run and "2.500 # node-0 ERROR" in the second',
  ],
  [
    'another time',
    ONE,
    ONE.with(1, '     2.501 # node-0 ACTIVE'),
    2.5,
    'line 2 of the trace is "2.500 # node-0 ACTIVE" in the first run and "2.501 # node-0 ACTIVE" in the second',
  ],
  [
    'a line less',
    ONE,
    ONE.slice(0, 2),
    3,
    'line 3 of the trace is "3.000 = node-0 replace: Take the node" in the first run and missing in the second',
  ],
  [
    'a line more',
    ONE.slice(0, 2),
    ONE,
    3,
    'line 3 of the trace is missing in the first run and "3.000 = node-0 replace: Take the node" in the second',
  ],
  [
    'an error instead of a trace',
    ['Error: full'],
    ONE.slice(0, 1),
    0,
    'line 1 of the trace is "Error: full" in the first run and "1.000 ! interrupt node-0" in the second',
  ],
])('%s is a violation', (_name, one, other, atSeconds, what) => {
  expect(differenceBetween(one, other)).toEqual({ atSeconds, invariant: INVARIANT, what });
});

test('two equal runs give the outcome of one', async () => {
  let runs = 0;
  const outcome = { violations: [{ atSeconds: 1, invariant: 'nothing is thrown', what: 'thrown' }], trace: ONE };
  const seen = await playTwice(async () => {
    runs += 1;
    return outcome;
  });
  expect({ seen, runs }).toEqual({ seen: outcome, runs: 2 });
});

test('a difference follows the violations of the first run', async () => {
  const before = { atSeconds: 1, invariant: 'nothing is thrown', what: 'thrown' };
  const traces = [ONE, ONE.slice(0, 1)];
  const { violations, trace } = await playTwice(async () => ({ violations: [before], trace: traces.shift() ?? [] }));
  expect(violations.map(({ invariant }) => invariant)).toEqual(['nothing is thrown', INVARIANT]);
  expect(trace).toBe(ONE);
});
