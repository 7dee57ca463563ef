import { minimise } from '../../../fault-simulation/scenario/minimise';
import type { Happening, Scenario } from '../../../fault-simulation/scenario/scenario';
import { plainScenario } from '../../../fault-simulation/scenario/plain-scenario';

const interrupt = (atSeconds: number): Happening => ({ kind: 'interrupt', node: 0, atSeconds });
const noise = (count: number): Happening[] => Array.from({ length: count }, (_, index) => interrupt(100 + index));
const pause: Happening = { kind: 'pause', node: 0, atSeconds: 5 };
const resume: Happening = { kind: 'resume', node: 0, atSeconds: 500 };

const holds = (scenario: Scenario, ...kinds: string[]) =>
  kinds.every((kind) => scenario.happenings.some((each) => each.kind === kind));

test('only the happenings that the failure needs remain', async () => {
  const scenario = plainScenario([pause, ...noise(20), resume]);
  const smallest = await minimise(scenario, async (each) => holds(each, 'pause', 'resume'), { tries: 200 });
  expect(smallest.happenings).toEqual([pause, resume]);
});

test('one happening remains if one is enough', async () => {
  const smallest = await minimise(plainScenario([...noise(9), pause]), async (each) => holds(each, 'pause'), {
    tries: 99,
  });
  expect(smallest.happenings).toEqual([pause]);
});

test('nodes that the failure does not need are removed, and later nodes get lower indexes', async () => {
  const one = plainScenario([]).nodes[0]!;
  const scenario = { ...plainScenario([]), nodes: [one, { ...one, attachment: 'hot' as const }, one] };
  const happenings: Happening[] = [{ kind: 'recycle', node: 1, atSeconds: 9 }];
  const smallest = await minimise(
    { ...scenario, happenings },
    async ({ nodes, happenings: left }) =>
      left.some((each) => 'node' in each && nodes[each.node]?.attachment === 'hot'),
    { tries: 99 },
  );
  expect(smallest.nodes).toHaveLength(1);
  expect(smallest.happenings).toEqual([{ kind: 'recycle', node: 0, atSeconds: 9 }]);
});

test('of a hundred nodes, two remain after a few tries', async () => {
  const [one] = plainScenario([]).nodes;
  const nodes = Array.from({ length: 100 }, (_, atSeconds) => ({ ...one!, atSeconds }));
  const times = ({ nodes: left }: Scenario): readonly number[] => left.map(({ atSeconds }) => atSeconds);
  const fails = async (each: Scenario) => times(each).includes(0) && times(each).includes(60);
  const smallest = await minimise({ ...plainScenario([]), nodes }, fails, { tries: 40 });
  expect(times(smallest)).toEqual([0, 60]);
});

test('special settings of the world and the node are removed unless the failure needs them', async () => {
  const base = plainScenario([pause], { drainingSeconds: 90, subnets: 3 });
  const scenario = { ...base, world: { ...base.world, clockErrorMs: 3_000, coldStarts: true } };
  const smallest = await minimise(scenario, async ({ world }) => world.clockErrorMs > 0, { tries: 99 });
  expect(smallest.world).toEqual({ ...base.world, clockErrorMs: 3_000 });
  expect(smallest.nodes[0]).toMatchObject({ drainingSeconds: 0, subnets: 1 });
});

test('no more scenarios run than the limit allows', async () => {
  let runs = 0;
  await minimise(plainScenario(noise(50)), async () => (runs += 1) < 0, { tries: 7 });
  expect(runs).toBe(7);
});
