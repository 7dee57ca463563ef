/** Scenarios are data, the same for the same seed, and their features leave nothing to chance. */
import { EXCLUSIONS, featureOf, FEATURES } from '../../../fault-simulation/scenario/coverage-plan';
import { generateScenario } from '../../../fault-simulation/scenario/generate';
import { ALL_PHASES, KINDS } from '../../../fault-simulation/scenario/happenings';
import { kindOf } from '../../../fault-simulation/scenario/scenario';

const SEEDS = Array.from({ length: 150 }, (_, index) => index);

test('a scenario survives being written down', () => {
  for (const seed of SEEDS) {
    const scenario = generateScenario(seed);
    expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario);
  }
});

test('the same seed draws the same scenario, another one another', () => {
  const texts = SEEDS.map((seed) => JSON.stringify(generateScenario(seed)));
  expect(SEEDS.map((seed) => JSON.stringify(generateScenario(seed)))).toEqual(texts);
  expect(new Set(texts).size).toBe(SEEDS.length);
});

test('happenings come in the order of their times, and name nodes that there are', () => {
  for (const seed of SEEDS) {
    const { nodes, happenings } = generateScenario(seed);
    const times = happenings.map(({ atSeconds }) => atSeconds);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    for (const each of happenings) if ('node' in each) expect(nodes[each.node]).toBeDefined();
  }
});

test('as many seeds as there are features feature every one of them', () => {
  const met = FEATURES.map((_, seed) => featureOf(seed));
  expect(new Set(met).size).toBe(FEATURES.length);
});

test('a seed holds what it features', () => {
  for (const seed of SEEDS) {
    const { kind } = featureOf(seed);
    expect(generateScenario(seed).happenings.map(kindOf)).toContain(kind);
  }
});

test('every exclusion leaves out a pair, and says why', () => {
  const pairs = KINDS.flatMap((kind) => ALL_PHASES.map((phase) => ({ kind, phase })));
  for (const { applies, because } of EXCLUSIONS) {
    expect({ because, count: pairs.filter(applies).length }).toEqual({ because, count: expect.any(Number) });
    expect(pairs.some(applies)).toBe(true);
    expect(because.length).toBeGreaterThan(10);
  }
});
