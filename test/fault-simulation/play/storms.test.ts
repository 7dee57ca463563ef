/** What a storm's scenario consists of, on a few nodes. */
import { runScenario } from '../../../fault-simulation/run';
import { plainScenario } from '../../../fault-simulation/scenario/plain-scenario';
import type { Happening, Scenario } from '../../../fault-simulation/scenario/scenario';
import { synthesize } from '../../../local/synthesize';

const AT_SECONDS = 240;

/** Hot nodes launch at once. Cold ones wait until their instances have ended, which takes different times. */
function stormOn(attachment: 'cold' | 'hot', nodes: number, ...others: readonly Happening[]): Scenario {
  const happenings: readonly Happening[] = [...others, { kind: 'storm', atSeconds: AT_SECONDS }];
  const plan = { attachment, hasElasticIp: false };
  const { nodes: plain, ...scenario } = plainScenario(happenings, plan, { modelledTime: true });
  const planned = Array.from({ length: nodes }, (_, index) => ({
    ...plain[0]!,
    atSeconds: index,
    privateIp: `10.0.0.${140 + index}`,
  }));
  return { ...scenario, nodes: planned };
}

const play = async (scenario: Scenario) => runScenario(scenario, await synthesize());
const seconds = (line: string): number => Number.parseFloat(line);
const refusedLaunches = (trace: readonly string[]): readonly string[] =>
  trace.filter((line) => / > launch-instance: RunInstances .*RequestLimitExceeded$/.test(line));

test('all nodes are interrupted within a second, and replaced one after the other', async () => {
  const { violations, trace } = await play(stormOn('hot', 8));
  expect(violations).toEqual([]);
  expect(trace).toContainEqual(expect.stringMatching(/240\.\d+ ! storm: 8 nodes$/));
  const launches = trace.filter((line) => / launch launched /.test(line) && seconds(line) > AT_SECONDS).map(seconds);
  expect(launches).toHaveLength(8);
  // Four go at once, and the others every 505 ms.
  expect(launches.at(-1)! - launches[0]!).toBeGreaterThan(4 * 0.505 - 1);
  expect(refusedLaunches(trace)).toEqual([]);
});

describe('another program uses half of the rate of RunInstances', () => {
  const neighbour: Happening = { kind: 'noisy-neighbour', seconds: 120, atSeconds: AT_SECONDS - 30 };

  test('EC2 refuses launches of cold nodes', async () => {
    const { violations, trace } = await play(stormOn('cold', 30, neighbour));
    expect(violations).toEqual([]);
    expect(refusedLaunches(trace)).not.toEqual([]);
  });

  test('hot nodes are launched by fleets, and none is refused', async () => {
    const { violations, trace } = await play(stormOn('hot', 14, neighbour));
    expect(violations).toEqual([]);
    expect(refusedLaunches(trace)).toEqual([]);
    expect(trace.filter((line) => / > launch-instance: CreateFleet /.test(line)).length).toBeGreaterThan(3);
  });
});

test('while the turns cannot be read, launches go at once', async () => {
  const unreadable: Happening = { kind: 'unreadable-turns', seconds: 60, atSeconds: AT_SECONDS - 1 };
  const { violations, trace } = await play(stormOn('hot', 10, unreadable));
  expect(violations).toEqual([]);
  expect(refusedLaunches(trace)).not.toEqual([]);
});
