/** Reduces a failing scenario as far as it still fails in the same way. */
import { PLAIN_WORLD } from './plain-scenario';
import type { Happening, NodePlan, Scenario, WorldPlan } from './scenario';

/** Whether the scenario fails in the same way as the original one. */
export type Fails = (scenario: Scenario) => Promise<boolean>;

export interface MinimiseLimits {
  /** The most scenarios that may be run. */
  readonly tries: number;
}

/**
 * Removes happenings (first halves, then smaller parts: delta debugging), then nodes, then special settings of the
 * world and the nodes. https://www.st.cs.uni-saarland.de/papers/tse2002/
 */
export async function minimise(scenario: Scenario, fails: Fails, { tries }: MinimiseLimits): Promise<Scenario> {
  let left = tries;
  let smallest = scenario;
  const tryOut = async (candidate: Scenario): Promise<boolean> => {
    if (left <= 0) return false;
    left -= 1;
    if (!(await fails(candidate))) return false;
    smallest = candidate;
    return true;
  };
  await dropHappenings(() => smallest, tryOut);
  await dropNodes(() => smallest, tryOut);
  for (const simplify of SIMPLER) {
    const simpler = simplify(smallest);
    if (JSON.stringify(simpler) !== JSON.stringify(smallest)) await tryOut(simpler);
  }
  await dropHappenings(() => smallest, tryOut);
  return smallest;
}

async function dropHappenings(
  current: () => Scenario,
  tryOut: (candidate: Scenario) => Promise<boolean>,
): Promise<void> {
  for (let size = Math.ceil(current().happenings.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < current().happenings.length;) {
      const happenings = current().happenings.filter((_, index) => index < from || index >= from + size);
      // After a removal, the next part starts at the same index.
      if (!(await tryOut({ ...current(), happenings }))) from += size;
    }
  }
}

/** Drops the last half of the nodes, then smaller parts, each time from the last node to the first. */
async function dropNodes(current: () => Scenario, tryOut: (candidate: Scenario) => Promise<boolean>): Promise<void> {
  for (let size = Math.floor(current().nodes.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let until = current().nodes.length; until > 0 && current().nodes.length > size; until -= size) {
      await tryOut(withoutNodes(current(), Math.max(0, until - size), until));
    }
  }
}

/** Without the nodes from one index up to, but not including, another. Later nodes get lower indexes. */
function withoutNodes(scenario: Scenario, from: number, until: number): Scenario {
  const isDropped = (index: number): boolean => index >= from && index < until;
  const happenings = scenario.happenings.flatMap((each): Happening[] => {
    if (!('node' in each) || each.node < from) return [each];
    return isDropped(each.node) ? [] : [{ ...each, node: each.node - (until - from) }];
  });
  return { ...scenario, nodes: scenario.nodes.filter((_, index) => !isDropped(index)), happenings };
}

const worldWith = (part: Partial<WorldPlan>) => (scenario: Scenario) => ({
  ...scenario,
  world: { ...scenario.world, ...part },
});
const nodesWith = (part: Partial<NodePlan>) => (scenario: Scenario) => ({
  ...scenario,
  nodes: scenario.nodes.map((node) => ({ ...node, ...part })),
});

const SIMPLER: readonly ((scenario: Scenario) => Scenario)[] = [
  worldWith(PLAIN_WORLD),
  ...(Object.keys(PLAIN_WORLD) as (keyof WorldPlan)[]).map((name) => worldWith({ [name]: PLAIN_WORLD[name] })),
  nodesWith({ subnets: 1 }),
  nodesWith({ drainingSeconds: 0 }),
  nodesWith({ persistPrivateIp: true }),
  nodesWith({ persistPrivateIp: true, hasElasticIp: false }),
  nodesWith({ attachment: 'cold' }),
  nodesWith({ fallbackToOd: true }),
  nodesWith({ atSeconds: 0 }),
];
