/**
 * Scenarios that have failed once, by what went wrong. They are kept as data: what a seed draws changes when there is
 * more to draw from.
 */
import { plainScenario } from './plain';
import type { Scenario } from './scenario';

export interface Regression {
  readonly name: string;
  readonly scenario: Scenario;
}

const update = { kind: 'update', node: 0, change: { field: 'tag', value: 'blue' } } as const;

export const REGRESSIONS: readonly Regression[] = [
  {
    name: 'a warning that arrives while settings are applied is not taken for one that is being answered',
    scenario: plainScenario([
      { ...update, atSeconds: 120 },
      { kind: 'interrupt', node: 0, atSeconds: 110, during: 'apply-settings', afterMs: 50 },
    ]),
  },
  {
    name: 'a change of the settings of a node in ERROR leaves its reason',
    scenario: plainScenario(
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
    scenario: plainScenario([
      { ...update, atSeconds: 120 },
      { kind: 'resume', node: 0, atSeconds: 110, during: 'apply-settings', afterMs: 50 },
    ]),
  },
  {
    name: 'an interface that a person deletes before the launch is made again at once, and not waited for',
    scenario: plainScenario([
      { kind: 'recycle', node: 0, atSeconds: 120 },
      { kind: 'meddle', how: 'delete-interface', node: 0, atSeconds: 110, during: 'associate-eip', afterMs: 0 },
    ]),
  },
  {
    name: 'an Elastic IP that EC2 shows late on the interface of a paused node is taken off all the same',
    scenario: {
      ...plainScenario([
        {
          ...{ kind: 'update', node: 0, change: { field: 'elastic-ip', value: 'none' } },
          ...{ atSeconds: 120, during: 'settle-pause', afterMs: 80 },
        },
        { kind: 'pause', node: 0, atSeconds: 121 },
      ]),
      seed: 3335,
    },
  },
];
