/** Runs a few of the thousands of seeds that CI runs, and checks that a seed always gives the same run. */
import { runSeed } from '../../fault-simulation/batch';
import { playTwice } from '../../fault-simulation/play-twice';
import { featureOf, FEATURES } from '../../fault-simulation/scenario/coverage-plan';
import { generateScenario } from '../../fault-simulation/scenario/generate';
import { runScenario } from '../../fault-simulation/run';
import { nameOf } from '../../fault-simulation/scenario/transitions';
import { synthesize } from '../../local/synthesize';

const SEEDS = Array.from({ length: 25 }, (_, index) => 9_001 + index);

test.each(SEEDS)('seed %i passes', async (seed) => {
  const { violations, minimised } = await runSeed(seed, await synthesize());
  expect({ violations, trace: minimised?.trace ?? [] }).toEqual({ violations: [], trace: [] });
});

test.each([3, 14, 15])('seed %i gives the same run twice', async (seed) => {
  const template = await synthesize();
  const [one, other] = [
    await runScenario(generateScenario(seed), template),
    await runScenario(generateScenario(seed), template),
  ];
  expect(one.trace.length).toBeGreaterThan(50);
  expect(other).toEqual(one);
});

/** Some of the errors whose circumstances must meet a step at the right time. */
test.each([
  'launch: Cold: reassociate the EIP and launch the replacement: catch InterfaceMissing -> Cold: ensure the ENI',
  'replace: Confirm the node: catch ReplacementLost -> How is the interface carried?',
  'replace: Record the cancellation: catch OwnershipLost -> Wind up',
  'adjust: Attach the ENI: retry InterfaceNotFree',
  'delete: Record the failure: catch OwnershipLost -> Wind up after the failure',
])('the seed that features a transition leads to it: %s', async (name) => {
  const seed = FEATURES.findIndex((_, index) => {
    const feature = featureOf(index);
    return 'transition' in feature && `${feature.transition.machine}: ${nameOf(feature.transition)}` === name;
  });
  const { transitions, violations } = await runScenario(generateScenario(seed), await synthesize());
  const [machine = '', transition = ''] = name.split(/: (.*)/s);
  expect({ violations, count: transitions[machine]?.[transition] }).toEqual({
    violations: [],
    count: expect.any(Number),
  });
});

test('a planted dependency on something outside of the seed is found', async () => {
  const template = await synthesize();
  const { world, ...scenario } = generateScenario(4);
  let runs = 0;
  const play = (): ReturnType<typeof runScenario> => {
    runs += 1;
    return runScenario({ ...scenario, world: { ...world, latencies: runs === 1 ? 'steady' : 'quick' } }, template);
  };
  const { violations } = await playTwice(play);
  expect(violations).toContainEqual(expect.objectContaining({ invariant: 'the same seed gives the same run' }));
});
