/** Scenarios are plain data, a seed always gives the same scenario, and the seeds cover every feature. */
import { EXCLUSIONS, featureOf, FEATURES } from '../../../fault-simulation/scenario/coverage-plan';
import { generateScenario } from '../../../fault-simulation/scenario/generate';
import { ALL_PHASES, KINDS } from '../../../fault-simulation/scenario/happenings';
import { kindOf, type Scenario } from '../../../fault-simulation/scenario/scenario';

const SEEDS = Array.from({ length: 150 }, (_, index) => index);

test('a scenario survives JSON', () => {
  for (const seed of SEEDS) {
    const scenario = generateScenario(seed);
    expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario);
  }
});

test('the same seed gives the same scenario, another seed another one', () => {
  const texts = SEEDS.map((seed) => JSON.stringify(generateScenario(seed)));
  expect(SEEDS.map((seed) => JSON.stringify(generateScenario(seed)))).toEqual(texts);
  expect(new Set(texts).size).toBe(SEEDS.length);
});

test('happenings are in the order of their times and name existing nodes', () => {
  for (const seed of SEEDS) {
    const { nodes, happenings } = generateScenario(seed);
    const times = happenings.map(({ atSeconds }) => atSeconds);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    for (const each of happenings) if ('node' in each) expect(nodes[each.node]).toBeDefined();
  }
});

test('as many seeds as features cover every feature', () => {
  const met = FEATURES.map((_, seed) => featureOf(seed));
  expect(new Set(met).size).toBe(FEATURES.length);
});

test('a scenario contains the happening that its seed features', () => {
  for (const seed of SEEDS) {
    const { kind } = featureOf(seed);
    expect(generateScenario(seed).happenings.map(kindOf)).toContain(kind);
  }
});

test('one seed in six has a world in which everything takes time', () => {
  const seeds = Array.from({ length: 1_500 }, (_, index) => index + 1).filter(
    (seed) => !('transition' in featureOf(seed)),
  );
  const share = seeds.filter((seed) => generateScenario(seed).world.modelledTime).length / seeds.length;
  expect(share).toBeGreaterThan(1 / 8);
  expect(share).toBeLessThan(1 / 5);
});

describe('storms', () => {
  const stormsIn = (from: number, count: number): number[] =>
    Array.from({ length: count }, (_, index) => from + index).filter((seed) => isStorm(generateScenario(seed)));
  const isStorm = ({ happenings }: Scenario): boolean => happenings.some(({ kind }) => kind === 'storm');

  test('take no seed of the first round, which features everything, and one in a hundred of all', () => {
    expect(stormsIn(1, FEATURES.length)).toEqual([]);
    const later = stormsIn(FEATURES.length + 1, FEATURES.length).length;
    expect(later / (2 * FEATURES.length)).toBeGreaterThan(0.005);
    expect(later / (2 * FEATURES.length)).toBeLessThan(0.015);
  });

  test('interrupt 50 to 100 nodes in modelled time, each time in another way', () => {
    const storms = SEEDS.map((seed) => generateScenario(seed, { storms: true }));
    for (const { nodes, world, happenings } of storms) {
      expect(happenings.filter(({ kind }) => kind === 'storm')).toHaveLength(1);
      expect(nodes.length).toBeGreaterThanOrEqual(50);
      expect(nodes.length).toBeLessThanOrEqual(100);
      expect(world).toMatchObject({ modelledTime: true, coldStarts: true });
    }
    const kinds = new Set(storms.flatMap(({ happenings }) => happenings.map(({ kind }) => kind)));
    expect([...kinds].sort()).toEqual([
      'call-fault',
      'event-fault',
      'no-capacity',
      'noisy-neighbour',
      'storm',
      'throttled',
      'unreadable-turns',
    ]);
    const attachments = storms.map(({ nodes }) =>
      [...new Set(nodes.map(({ attachment }) => attachment))].sort().join(),
    );
    expect(new Set(attachments)).toEqual(new Set(['cold', 'hot', 'cold,hot']));
  });

  test('survive JSON', () => {
    const scenario = generateScenario(1, { storms: true });
    expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario);
  });
});

test('every exclusion applies to a pair and gives a reason', () => {
  const pairs = KINDS.flatMap((kind) => ALL_PHASES.map((phase) => ({ kind, phase })));
  for (const { applies, because } of EXCLUSIONS) {
    expect({ because, count: pairs.filter(applies).length }).toEqual({ because, count: expect.any(Number) });
    expect(pairs.some(applies)).toBe(true);
    expect(because.length).toBeGreaterThan(10);
  }
});
