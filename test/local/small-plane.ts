/** A small control plane for tests: one state machine, two functions that the test writes, and their events. */
import type { EC2Client } from '@aws-sdk/client-ec2';
import {
  startControlPlane,
  type ControlPlane,
  type ControlPlaneOptions,
  type Ec2Hooks,
} from '../../local/control-plane';
import type { CreateHandler } from '../../lambdas/runtime';
import { VirtualClock } from '../../simulator/time/clock';
import { definitionOf, type States } from './workflow';

const STEPS = { 'Fn::GetAtt': ['Steps', 'Arn'] };

/** One state machine that an event starts, and one function that wakes it on another event. */
export function template(states: States): object {
  const withFunction = definitionOf(states).replaceAll(/"FunctionName":"[^"]*"/g, '"FunctionName":"${StepsArn}"');
  const rule = (detailType: string, Arn: object): object => ({
    Type: 'AWS::Events::Rule',
    Properties: { EventPattern: { 'detail-type': [detailType] }, State: 'ENABLED', Targets: [{ Arn, Id: 'T' }] },
  });
  return {
    Resources: {
      Steps: { Type: 'AWS::Lambda::Function', Properties: { Timeout: 5 }, Metadata: { 'holdfast:entry': 'steps' } },
      Waker: { Type: 'AWS::Lambda::Function', Properties: { Timeout: 5 }, Metadata: { 'holdfast:entry': 'waker' } },
      Machine: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: { DefinitionString: withFunction, DefinitionSubstitutions: { StepsArn: STEPS } },
      },
      Warning: rule('warning', { Ref: 'Machine' }),
      StateChange: rule('change', { 'Fn::GetAtt': ['Waker', 'Arn'] }),
    },
  };
}

/** The same, with another rule whose target is the waker. */
export function templateWith(states: States, properties: object): object {
  const Targets = [{ Arn: { 'Fn::GetAtt': ['Waker', 'Arn'] }, Id: 'T' }];
  const Extra = { Type: 'AWS::Events::Rule', Properties: { State: 'ENABLED', Targets, ...properties } };
  return { Resources: { ...(template(states) as { Resources: object }).Resources, Extra } };
}

export interface Ec2 {
  readonly client: Pick<EC2Client, 'send'>;
}

export async function start(
  states: States,
  handlers: { steps: CreateHandler; waker?: CreateHandler },
  ec2: (hooks: Ec2Hooks) => Ec2 = () => ({ client: { send: async () => ({}) } }),
  more: Partial<ControlPlaneOptions<Ec2>> = {},
): Promise<{ plane: ControlPlane<Ec2>; clock: VirtualClock; settle: () => Promise<void> }> {
  const clock = new VirtualClock(0);
  const plane = await startControlPlane<Ec2>({
    clock,
    seed: 1,
    ec2,
    template: template(states),
    loadEntry: async (entry) => ({ createHandler: entry === 'steps' ? handlers.steps : handlers.waker! }),
    ...more,
  });
  return { plane, clock, settle: () => clock.run(() => !plane.isBusy()).then(() => undefined) };
}

export const warning = { 'detail-type': 'warning', detail: { 'instance-id': 'i-1' } };
export const idle: CreateHandler = () => async () => null;
