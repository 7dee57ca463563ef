/**
 * Scenarios that have failed once, by what went wrong. They are kept as data: what a seed draws changes when there is
 * more to draw from.
 */
import type { Happening, NodePlan, Scenario, WorldPlan } from './scenario';

export interface Regression {
  readonly name: string;
  readonly scenario: Scenario;
}

const WORLD: WorldPlan = {
  elasticIpSurvivesTermination: false,
  interfaceInUseCode: 'InvalidNetworkInterface.InUse',
  latencies: 'measured',
  promptEvents: false,
  shortPageShare: 0.1,
  coldStarts: false,
  clockErrorMs: 0,
  tableLatencyMs: 0,
};

const NODE: NodePlan = {
  atSeconds: 0,
  attachment: 'cold',
  hasElasticIp: true,
  privateIp: '10.0.0.40',
  persistPrivateIp: true,
  subnets: 1,
  fallbackToOd: true,
  drainingSeconds: 0,
  rebalance: 'ignore',
};

const alone = (
  happenings: readonly Happening[],
  node: Partial<NodePlan> = {},
  world: Partial<WorldPlan> = {},
): Scenario => ({
  seed: 1,
  world: { ...WORLD, ...world },
  nodes: [{ ...NODE, ...node }],
  happenings,
});

const update = { kind: 'update', node: 0, change: { field: 'tag', value: 'blue' } } as const;

export const REGRESSIONS: readonly Regression[] = [
  {
    name: 'a warning that arrives while settings are applied is not taken for one that is being answered',
    scenario: alone([
      { ...update, atSeconds: 120 },
      { kind: 'interrupt', node: 0, atSeconds: 110, during: 'apply-settings', afterMs: 50 },
    ]),
  },
  {
    name: 'a change of the settings of a node in ERROR leaves its reason',
    scenario: alone(
      [
        { kind: 'no-capacity', of: 'all', seconds: 1_200, atSeconds: 0 },
        { kind: 'recycle', node: 0, atSeconds: 60 },
        { ...update, atSeconds: 900 },
      ],
      { fallbackToOd: false },
    ),
  },
  {
    name: 'a resume that meets the applying of settings asks for nothing more',
    scenario: alone([
      { ...update, atSeconds: 120 },
      { kind: 'resume', node: 0, atSeconds: 110, during: 'apply-settings', afterMs: 50 },
    ]),
  },
  {
    name: 'an interface that a person deletes before the launch is made again at once, and not waited for',
    scenario: alone([
      { kind: 'recycle', node: 0, atSeconds: 120 },
      { kind: 'meddle', how: 'delete-interface', node: 0, atSeconds: 110, during: 'associate-eip', afterMs: 0 },
    ]),
  },
];
