/** Scenarios for tests: one plain node in a plain world, and what a test adds. */
import type { Happening, NodePlan, Scenario } from '../../simulation/scenario';

export function scenarioWith(happenings: readonly Happening[], node: Partial<NodePlan> = {}): Scenario {
  return {
    seed: 1,
    world: {
      elasticIpSurvivesTermination: false,
      interfaceInUseCode: 'InvalidNetworkInterface.InUse',
      latencies: 'measured',
      promptEvents: false,
      shortPageShare: 0.1,
      coldStarts: false,
      clockErrorMs: 0,
      tableLatencyMs: 0,
    },
    nodes: [
      {
        atSeconds: 0,
        attachment: 'cold',
        hasElasticIp: true,
        privateIp: '10.0.0.40',
        persistPrivateIp: true,
        subnets: 1,
        fallbackToOd: true,
        drainingSeconds: 0,
        rebalance: 'ignore',
        ...node,
      },
    ],
    happenings,
  };
}
