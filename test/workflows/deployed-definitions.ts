/** The definitions as they are deployed, by machine and state, for the tests that compare them with the code. */
import { resourcesOf } from '../infra/synthesized-stack';

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly ResultPath?: string;
  readonly Next: string;
}

interface Choice {
  readonly Variable?: string;
  readonly And?: readonly unknown[];
  readonly StringEquals?: string;
  readonly Next: string;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts: number;
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds?: number;
}

export interface State {
  readonly Type: string;
  readonly Choices?: readonly Choice[];
  readonly Default?: string;
  readonly Resource?: string;
  readonly Parameters?: { readonly Payload: { readonly step: string } & Readonly<Record<string, unknown>> };
  readonly TimeoutSeconds?: number;
  readonly TimeoutSecondsPath?: string;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly ResultPath?: string | null;
  readonly ResultSelector?: Readonly<Record<string, unknown>>;
  readonly SecondsPath?: string;
  readonly ErrorPath?: string;
  readonly CausePath?: string;
  readonly Next?: string;
}

export const DEFINITIONS = Object.values(resourcesOf('AWS::StepFunctions::StateMachine'))
  .map(({ Properties: { StateMachineName, DefinitionString, DefinitionSubstitutions } }) => {
    const text = (DefinitionString as string).replaceAll('${Operation}', DefinitionSubstitutions.Operation as string);
    const { States } = JSON.parse(text) as { States: Record<string, State> };
    return { machine: (StateMachineName as string).replace('Holdfast-', ''), states: Object.entries(States) };
  })
  .sort((a, b) => a.machine.localeCompare(b.machine));
export const TASKS = DEFINITIONS.flatMap(({ machine, states }) =>
  states.filter(([, { Type }]) => Type === 'Task').map(([name, state]) => ({ machine, name, state })),
);
