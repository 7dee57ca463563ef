/** Every rare transition is featured, and the list of impossible ones names only what the definitions have. */
import { FEATURES } from '../../../fault-simulation/scenario/coverage-plan';
import {
  IMPOSSIBLE,
  impossiblyTaken,
  TRANSITION_FEATURES,
  untakenTransitions,
} from '../../../fault-simulation/scenario/transition-plan';
import { nameOf, TRANSITIONS } from '../../../fault-simulation/scenario/transitions';

const possible = TRANSITIONS.filter(
  (each) =>
    !IMPOSSIBLE.some(
      ({ machine, from, by }) => machine === each.machine && from === each.from && (by ?? each.by) === each.by,
    ),
);

test.each(IMPOSSIBLE.map((each) => [`${each.machine}: ${each.from}: ${each.by ?? 'everything'}`, each] as const))(
  'the definitions have what is impossible: %s',
  (_name, { machine, from, by, because }) => {
    const named = TRANSITIONS.filter((each) => each.machine === machine && each.from === from);
    expect(named.some((each) => by === undefined || each.by === by)).toBe(true);
    expect(because.length).toBeGreaterThan(10);
  },
);

test('no impossible transition is listed twice', () => {
  const entries = IMPOSSIBLE.map(({ machine, from, by }) => `${machine}: ${from}: ${by ?? ''}`);
  expect(new Set(entries).size).toBe(entries.length);
  const wholeStates = IMPOSSIBLE.filter(({ by }) => by === undefined);
  for (const { machine, from } of wholeStates) {
    expect(IMPOSSIBLE.filter((each) => each.machine === machine && each.from === from)).toHaveLength(1);
  }
});

test('every possible catcher and retrier is featured once', () => {
  const rare = possible.filter(({ by }) => /^(catch|retry) /.test(by));
  const featured = TRANSITION_FEATURES.map(({ transition }) => transition);
  expect(featured).toEqual(expect.arrayContaining(rare));
  expect(featured.filter(({ by }) => !/^(catch|retry) /.test(by)).map(nameOf)).toEqual([
    'Is the node ours to operate on?: rule 1 -> Nothing to do',
    'Drain the old instance: Next -> Is the old instance to be terminated first?',
    'Cold: what did the launch come to?: rule 1 -> Cold: ensure the ENI',
    'Has the interface been made?: rule 1 -> Apply the settings',
    'Is the node ours to operate on?: rule 1 -> Nothing to do',
  ]);
  expect(new Set(featured).size).toBe(featured.length);
  expect(FEATURES).toEqual(expect.arrayContaining([...TRANSITION_FEATURES]));
});

test('what no execution has taken is listed, except for what is impossible', () => {
  expect(untakenTransitions({})).toEqual(possible);
  const [first, ...others] = possible;
  expect(untakenTransitions({ [first!.machine]: { [nameOf(first!)]: 1 } })).toEqual(others);
});

test('an impossible transition that was taken is named', () => {
  const counts = { launch: { 'Adopt the instance: Next -> Prepare the ENI': 1, 'Wind up: end': 1 } };
  expect(impossiblyTaken(counts)).toEqual(['launch: Adopt the instance: Next -> Prepare the ENI']);
});
