/** The lines that a person reads in the log of a node. */
import { NoCapacity, Throttled } from '../../../domain/errors';
import { describeAdopted } from '../../../lambdas/steps/adopt-instance';
import { describeSettled } from '../../../lambdas/steps/apply-settings';
import { describeAssociated } from '../../../lambdas/steps/associate-eip';
import { describeAttached } from '../../../lambdas/steps/attach-eni';
import { describeConfirmed } from '../../../lambdas/steps/confirm-node';
import { describeDetached } from '../../../lambdas/steps/detach-eni';
import { describeEnsured } from '../../../lambdas/steps/ensure-eni';
import { describeFailed } from '../../../lambdas/steps/fail-operation';
import { describeLaunched } from '../../../lambdas/steps/launch-instance';
import { describeError, info, logged, waits, type LogLine } from '../../../lambdas/steps/log-lines';
import { describeReleased } from '../../../lambdas/steps/release-identity';
import { describePauseSettled } from '../../../lambdas/steps/settle-pause';
import { describeTaken, type Taken } from '../../../lambdas/steps/take-node';
import { describeTerminated } from '../../../lambdas/steps/terminate-instance';
import { describeWoundUp } from '../../../lambdas/steps/wind-up';
import { InMemoryPorts } from '../in-memory-ports';

const drain = { seconds: 0 };
const taken: Taken = {
  taken: true,
  drain,
  nodeId: 'smi-1',
  generation: 4,
  reason: 'spot interruption warning',
  attachment: 'cold',
  releaseFirst: true,
  adopt: false,
  drainSeconds: 0,
  endsInTurn: false,
  hasInterface: true,
  prepare: false,
  leaveInstance: false,
};

describe('The line of a step', () => {
  it.each<{ name: string; line: () => LogLine | undefined; message: string }>([
    { name: 'take-node', line: () => describeTaken(taken), message: 'operation 4 begins: spot interruption warning' },
    {
      name: 'adopt-instance',
      line: () => describeAdopted({ instanceId: 'i-1' }),
      message: 'i-1 is adopted, and keeps running until it is replaced',
    },
    {
      name: 'ensure-eni',
      line: () => describeEnsured({ interfaceId: 'eni-1' }),
      message: 'interface eni-1 is in place',
    },
    { name: 'detach-eni', line: () => describeDetached({ interfaceIds: ['eni-1'] }), message: 'the interface is free' },
    {
      name: 'attach-eni',
      line: () => describeAttached({ interfaceId: 'eni-1', instanceId: 'i-1' }),
      message: 'interface eni-1 is attached to i-1',
    },
    {
      name: 'associate-eip',
      line: () => describeAssociated({ publicIp: '198.51.100.7' }),
      message: 'Elastic IP 198.51.100.7 is on the interface',
    },
    {
      name: 'launch-instance',
      line: () => describeLaunched({ outcome: 'launched', waitSeconds: 0 }),
      message: 'an instance is launched',
    },
    {
      name: 'launch-instance before a move',
      line: () => describeLaunched({ outcome: 'move', waitSeconds: 0 }),
      message: 'the next pool needs another interface',
    },
    { name: 'terminate-instance', line: () => describeTerminated({ instanceId: 'i-1' }), message: 'terminating i-1' },
    {
      name: 'terminate-instance without an OS shutdown',
      line: () => describeTerminated({ instanceId: 'i-1', ending: { kind: 'abrupt' } }),
      message: 'terminating i-1 without its OS shutdown',
    },
    {
      name: 'terminate-instance with volumes that need an OS shutdown',
      line: () =>
        describeTerminated({ instanceId: 'i-1', ending: { kind: 'orderly', keptVolumeIds: ['vol-1', 'vol-2'] } }),
      message: 'terminating i-1 with its OS shutdown, because of volumes that outlive it: vol-1, vol-2',
    },
    {
      name: 'terminate-instance of an instance that is not shown',
      line: () => describeTerminated({ instanceId: 'i-1', ending: { kind: 'orderly', keptVolumeIds: [] } }),
      message: 'terminating i-1 with its OS shutdown',
    },
    { name: 'confirm-node', line: () => describeConfirmed({ instanceId: 'i-1' }), message: 'ACTIVE on i-1' },
    {
      name: 'settle-pause',
      line: () => describePauseSettled({ interfaceId: 'eni-1', keepsElasticIp: true }),
      message: 'PAUSED: the interface and its addresses are kept',
    },
    {
      name: 'settle-pause that releases the Elastic IP',
      line: () => describePauseSettled({ interfaceId: 'eni-1', keepsElasticIp: false }),
      message: 'PAUSED: the interface and its addresses are kept, the Elastic IP apart',
    },
    {
      name: 'apply-settings',
      line: () => describeSettled({ revision: 3, status: 'ACTIVE' }),
      message: 'settings of revision 3 are applied; the node is ACTIVE',
    },
    {
      name: 'release-identity',
      line: () => describeReleased({ left: ['i-1', 'eni-1'] }),
      message: 'gone; left behind: i-1, eni-1',
    },
    {
      name: 'release-identity that leaves nothing',
      line: () => describeReleased({ left: [] }),
      message: 'gone; nothing is left',
    },
    { name: 'wind-up', line: () => describeWoundUp({ started: 'pause' }), message: 'next: pause' },
  ])('$name: $message', ({ line, message }) => {
    expect(line()).toEqual({ severity: 'INFO', message });
  });

  it.each<{ name: string; line: () => LogLine | undefined; expected: LogLine }>([
    {
      name: 'a launch without capacity',
      line: () => describeLaunched({ outcome: 'wait', waitSeconds: 60 }),
      expected: { severity: 'WARN', message: 'no pool has capacity; next try in 60 s' },
    },
    {
      name: 'a failed operation',
      line: () => describeFailed({ errorReason: 'replace failed', postponed: [] }),
      expected: { severity: 'ERROR', message: 'replace failed' },
    },
    {
      name: 'a failed operation without a reason',
      line: () => describeFailed({ errorReason: undefined, postponed: [] }),
      expected: { severity: 'ERROR', message: '' },
    },
    {
      name: 'a node that was not taken because it has failed too often',
      line: () =>
        describeTaken({ taken: false, drain, why: 'it fails', nodeId: 'smi-1', errorReason: 'its instances end' }),
      expected: { severity: 'ERROR', message: 'its instances end' },
    },
  ])('is graver for $name', ({ line, expected }) => {
    expect(line()).toEqual(expected);
  });

  it.each<{ name: string; line: () => LogLine | undefined }>([
    {
      name: 'a node that was not taken',
      line: () => describeTaken({ taken: false, drain, why: 'another operation owns it' }),
    },
    { name: 'a node without an open import', line: () => describeAdopted({ instanceId: null }) },
    {
      name: 'an adjustment without an instance',
      line: () => describeAttached({ interfaceId: 'eni-1', instanceId: null }),
    },
    { name: 'a node without an Elastic IP', line: () => describeAssociated({ publicIp: null }) },
    { name: 'an operation without an old instance', line: () => describeTerminated({ instanceId: null }) },
    { name: 'an operation that no other follows', line: () => describeWoundUp({ started: null }) },
  ])('is left out for $name', ({ line }) => {
    expect(line()).toBeUndefined();
  });

  it.each([
    {
      name: 'is retried, for a reader who looks for details',
      error: new Throttled('slow down'),
      expected: { severity: 'DEBUG', message: 'attach-eni: Throttled: slow down (trying again)' },
    },
    {
      name: 'needs a decision',
      error: new NoCapacity('no pool has capacity'),
      expected: { severity: 'WARN', message: 'attach-eni: NoCapacity: no pool has capacity' },
    },
    {
      name: 'is a bug of our own',
      error: new TypeError('x is undefined'),
      expected: { severity: 'WARN', message: 'attach-eni: TypeError: x is undefined' },
    },
  ])('about an error that $name', ({ error, expected }) => {
    expect(describeError('attach-eni', error)).toEqual(expected);
  });
});

describe('A step', () => {
  const ports = new InMemoryPorts();

  it('that is logged has its output and the line about it', async () => {
    const step = logged(
      (given) => async (input: number) => ({ isGiven: given === ports, next: input + 1 }),
      ({ next }) => info(`now ${next}`),
    );

    await expect(step(ports)(1)).resolves.toEqual({
      output: { isGiven: true, next: 2 },
      line: { severity: 'INFO', message: 'now 2' },
    });
  });

  it('that waits has no output, and no line', async () => {
    const inputs: unknown[] = [];
    const step = waits((given) => async (input: number) => void inputs.push([given === ports, input]));

    await expect(step(ports)(1)).resolves.toStrictEqual({ output: {}, line: undefined });
    expect(inputs).toEqual([[true, 1]]);
  });
});
