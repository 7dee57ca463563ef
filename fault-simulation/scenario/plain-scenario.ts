/** A scenario with one plain node in a plain world, to which a test adds what it needs. */
import type { Happening, NodePlan, Scenario, WorldPlan } from './scenario';

export const PLAIN_WORLD: WorldPlan = {
  elasticIpSurvivesTermination: false,
  interfaceInUseCode: 'InvalidNetworkInterface.InUse',
  latencies: 'measured',
  promptEvents: false,
  shortPageShare: 0.1,
  coldStarts: false,
  modelledTime: false,
  clockErrorMs: 0,
  tableLatencyMs: 0,
  trail: false,
  describeLagMs: 0,
  shuffledLists: false,
};

const PLAIN_NODE: NodePlan = {
  atSeconds: 0,
  attachment: 'cold',
  lifeCycle: 'spot',
  hasElasticIp: true,
  privateIp: '10.0.0.40',
  persistPrivateIp: true,
  subnets: 1,
  fallbackToOd: true,
  drainingSeconds: 0,
  rebalance: 'ignore',
  keepsVolumes: false,
  skipsOsShutdown: false,
};

export function plainScenario(
  happenings: readonly Happening[],
  node: Partial<NodePlan> = {},
  world: Partial<WorldPlan> = {},
): Scenario {
  return { seed: 1, world: { ...PLAIN_WORLD, ...world }, nodes: [{ ...PLAIN_NODE, ...node }], happenings };
}
