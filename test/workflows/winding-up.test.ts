/** What is asked for during an operation begins when the operation ends. */
import { SFNServiceException, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Runtime } from '../../lambdas/runtime';
import { plays, type Play, type PlayOptions } from './play';
import { withReplaced } from './replaced-function';

const open = plays();

/** The first calls by which the steps start an execution are refused. */
function refusingStarts(refusals: number): PlayOptions['controlPlane'] {
  const left = { refusals };
  return withReplaced(
    'lambdas/steps/handler.ts',
    (real) => (runtime) => real({ ...runtime, sfn: refusing(runtime.sfn, left) }),
  );
}

function refusing(sfn: Runtime['sfn'], left: { refusals: number }): Runtime['sfn'] {
  const send = sfn.send.bind(sfn) as (command: object) => Promise<unknown>;
  const sendOrRefuse = async (command: object): Promise<unknown> => {
    if (command instanceof StartExecutionCommand && left.refusals > 0) {
      left.refusals -= 1;
      throw new SFNServiceException({ name: 'ThrottlingException', message: '', $fault: 'client', $metadata: {} });
    }
    return send(command);
  };
  return { send: sendOrRefuse as Runtime['sfn']['send'] };
}

/** A node that is asked to pause while its instance is replaced, until everything has ended. */
async function pausedDuringReplacement(attachment: 'cold' | 'hot', refusals: number): Promise<Play> {
  const play = await open({ attachment, controlPlane: refusingStarts(refusals) });
  await play.create();
  await play.interrupt();
  await play.passSeconds(3);
  expect(await play.node()).toMatchObject({ operation: { kind: 'replace' } });
  await play.ask((service) => service.act(play.nodeId, 'pause'));
  return play;
}

const statesOf = (play: Play, machine: string): readonly string[] =>
  play.history
    .filter(({ execution, type }) => execution.stateMachineName.endsWith(machine) && type === 'entered')
    .map(({ state }) => state);

describe.each(['cold', 'hot'] as const)('%s: a pause that is asked for during a replacement', (attachment) => {
  it('begins in the last step of the replacement: there is no state for it', async () => {
    const play = await pausedDuringReplacement(attachment, 0);

    expect(statesOf(play, 'replace-node').at(-1)).toBe('Confirm the node');
    expect(statesOf(play, 'pause-node').at(-1)).toBe('Settle the pause');
    expect(play.executionsOf('pause-node').map(({ status }) => status)).toEqual(['SUCCEEDED']);
    expect(await play.node()).toMatchObject({ status: 'PAUSED' });
  });

  it('begins once, and a moment later, if Step Functions refuses to start it', async () => {
    const play = await pausedDuringReplacement(attachment, 1);

    expect(statesOf(play, 'replace-node').slice(-2)).toEqual(['Confirm the node', 'Wind up']);
    expect(play.executionsOf('replace-node').map(({ status }) => status)).toEqual(['SUCCEEDED']);
    expect(play.executionsOf('pause-node').map(({ status }) => status)).toEqual(['SUCCEEDED']);
    expect(await play.node()).toMatchObject({ status: 'PAUSED' });
  });
});
