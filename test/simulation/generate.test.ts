/** Scenarios are data, the same for the same seed, and their features leave nothing to chance. */
import { EXCLUSIONS, featureOf, features } from '../../simulation/features';
import { generateScenario } from '../../simulation/generate';
import { ALL_PHASES, KINDS } from '../../simulation/repertoire';
import { kindOf, needsReconciler } from '../../simulation/scenario';

const SEEDS = Array.from({ length: 300 }, (_, index) => index);

test('a scenario survives being written down', () => {
  for (const seed of SEEDS) {
    const scenario = generateScenario(seed, { reconciler: true });
    expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario);
  }
});

test('the same seed draws the same scenario, another one another', () => {
  const texts = SEEDS.map((seed) => JSON.stringify(generateScenario(seed, { reconciler: true })));
  expect(SEEDS.map((seed) => JSON.stringify(generateScenario(seed, { reconciler: true })))).toEqual(texts);
  expect(new Set(texts).size).toBe(SEEDS.length);
});

test('happenings come in the order of their times, and name nodes that there are', () => {
  for (const seed of SEEDS) {
    const { nodes, happenings } = generateScenario(seed, { reconciler: true });
    const times = happenings.map(({ atSeconds }) => atSeconds);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    for (const each of happenings) if ('node' in each) expect(nodes[each.node]).toBeDefined();
  }
});

test('without the reconciler nothing is drawn that needs it', () => {
  const drawn = SEEDS.flatMap((seed) => generateScenario(seed, { reconciler: false }).happenings);
  expect(drawn.filter(needsReconciler)).toEqual([]);
  const withIt = SEEDS.flatMap((seed) => generateScenario(seed, { reconciler: true }).happenings);
  expect(withIt.some(needsReconciler)).toBe(true);
});

test('as many seeds as there are features feature every one of them', () => {
  const all = features(true);
  const met = all.map((_, seed) => featureOf(seed, true));
  expect(new Set(met).size).toBe(all.length);
});

test('a seed holds what it features', () => {
  for (const seed of SEEDS) {
    const { kind } = featureOf(seed, true);
    expect(generateScenario(seed, { reconciler: true }).happenings.map(kindOf)).toContain(kind);
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
