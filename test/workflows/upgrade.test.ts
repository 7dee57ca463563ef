/**
 * An upgrade while executions run. A running execution keeps the definition that it began with, and calls the functions
 * that are deployed now. docs/operations.md has the rules.
 *
 * test/fixtures/definitions has the definitions of the last release. The code must carry them to their end.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPERATION_KINDS, type OperationKind } from '../../domain/node/stateful-node';
import * as errors from '../../domain/errors';
import { synthesizeTemplate } from '../../infra/app';
import { stepEvent } from '../../lambdas/steps/step-event';
import { resourcesOf, template, type SynthesizedTemplate } from '../infra/synthesized-stack';
import type { State } from './deployed-definitions';
import { isWhole, WITH_RECONCILER } from './long-play';
import { identityIn, plays } from './play';
import { withReplaced } from './replaced-function';

const open = plays();

const released = (kind: OperationKind): string =>
  readFileSync(join(__dirname, `../fixtures/definitions/${kind}-node.json`), 'utf8').trim();

/** The template of today with the definitions of the last release. */
function withReleasedDefinitions(): unknown {
  const today = synthesizeTemplate() as SynthesizedTemplate;
  for (const { Type, Properties } of Object.values(today.Resources)) {
    if (Type === 'AWS::StepFunctions::StateMachine')
      Properties.DefinitionString = released(Properties.DefinitionSubstitutions.Operation);
  }
  return today;
}

const statesOf = (kind: OperationKind): readonly [string, State][] =>
  Object.entries((JSON.parse(released(kind)) as { States: Record<string, State> }).States);
const states = OPERATION_KINDS.flatMap((kind) => statesOf(kind).map(([name, state]) => ({ kind, name, state })));

describe('the definitions of the last release, on the code of today', () => {
  /** A value of the type that the step's input has at a path. */
  const VALUES: Readonly<Record<string, unknown>> = {
    'generation.$': 1,
    'seconds.$': 1,
    'error.$': { Error: 'NoCapacity', Cause: 'none' },
    operation: 'replace',
  };

  test.each(states.filter(({ state }) => state.Parameters !== undefined))(
    '$kind: $name calls a step that exists, with an input that it takes',
    ({ state }) => {
      const payload = Object.entries(state.Parameters!.Payload);
      const event = Object.fromEntries(
        payload.map(([key, value]) => [key.replace(/\.\$$/, ''), VALUES[key] ?? (key.endsWith('.$') ? 'text' : value)]),
      );
      expect(stepEvent.safeParse(event).error?.issues).toBeUndefined();
    },
  );

  test('they catch and retry only errors that still have these names', () => {
    const names = states
      .flatMap(({ state: { Retry = [], Catch = [] } }) => [...Retry, ...Catch])
      .flatMap(({ ErrorEquals }) => ErrorEquals)
      .filter((name) => !/^(States|Lambda|Runtime|Sandbox)\./.test(name));
    expect(names.length).toBeGreaterThan(0);
    expect([...new Set(names)].filter((name) => !Object.keys(errors).includes(name))).toEqual([]);
  });

  test.each(['cold', 'hot'] as const)('%s: carry a node through its life', async (attachment) => {
    const play = await open({ attachment, template: withReleasedDefinitions() });
    await play.create();
    const identity = identityIn(await play.addresses());
    await play.interrupt();
    await play.untilIdle();
    for (const action of ['recycle', 'pause', 'resume'] as const) {
      await play.ask((service) => service.act(play.nodeId, action));
    }
    const group = play.sandbox.ec2.addSecurityGroup({ vpcId: play.sandbox.account.vpcId, name: 'another' });
    const launchSpecification = { securityGroupIds: [group], tags: [{ tagKey: 'stage', tagValue: 'live' }] };
    await play.ask((service) => service.update(play.nodeId, { compute: { launchSpecification } }));
    await play.terminateByHand((await play.node()).instance?.id ?? '');
    await play.untilIdle();
    expect((await play.node()).status).toBe('ACTIVE');
    expect(identityIn(await play.addresses())).toEqual(identity);
    const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true, shouldDeleteVolumes: true };
    await play.ask((service) => service.delete(play.nodeId, deletion));

    const executions = play.sandbox.plane.executions();
    expect(executions.filter(({ status }) => status !== 'SUCCEEDED')).toEqual([]);
    const machines = new Set(executions.map(({ stateMachineName }) => stateMachineName));
    expect([...machines].sort()).toEqual(OPERATION_KINDS.map((kind) => `Holdfast-${kind}-node`).sort());
    expect(play.interfaceIds()).toEqual([]);
  });
});

describe('a deployment that is rolled back half-way', () => {
  /** For a while, the steps function does not know a step that the definitions call already. */
  async function openWithOldCode(attachment: 'cold' | 'hot', step: string) {
    const old = { isDeployed: false };
    const steps = withReplaced('lambdas/steps/handler.ts', (real) => (runtime) => {
      const handle = real(runtime);
      return async (event) => {
        const isUnknown = old.isDeployed && (event as { step: string }).step === step;
        // What the function itself does with a step that it does not know.
        return handle(isUnknown ? { ...(event as object), step: 'step-of-a-later-version' } : event);
      };
    });
    const play = await open({ attachment, controlPlane: { ...WITH_RECONCILER, ...steps } });
    return { play, old };
  }

  test.each([
    { attachment: 'cold', step: 'launch-instance' },
    { attachment: 'cold', step: 'take-node' },
    { attachment: 'hot', step: 'attach-eni' },
  ] as const)('$attachment: $step is unknown for two minutes, and the node comes back by itself', async (row) => {
    const { play, old } = await openWithOldCode(row.attachment, row.step);
    await play.startCreating();
    await play.passSeconds(120);
    expect(await isWhole(play)).toBe(true);
    const identity = identityIn(await play.addresses());
    old.isDeployed = true;
    const interrupted = await play.interrupt();
    await play.passSeconds(120);
    expect(await isWhole(play)).toBe(false);
    old.isDeployed = false;
    await play.passSeconds(600);
    expect(await isWhole(play)).toBe(true);
    expect(identityIn(await play.addresses())).toEqual(identity);
    expect((await play.node()).instance?.id).not.toBe(interrupted);
  });
});

test('CloudFormation updates the steps before the definitions that call them', () => {
  const machines = Object.values(resourcesOf('AWS::StepFunctions::StateMachine'));
  expect(machines).toHaveLength(5);
  for (const { Properties } of machines) {
    const arn = Properties.DefinitionSubstitutions.StepsFunctionArn;
    expect(arn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^StepsFunction[0-9A-F]{8}$/), 'Arn'] });
    expect(template.Resources[arn['Fn::GetAtt'][0]]?.Type).toBe('AWS::Lambda::Function');
  }
});
