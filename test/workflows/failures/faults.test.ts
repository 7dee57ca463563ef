/** Faults during a replacement: lost events, slow interfaces, crashed steps, throttled calls, an address taken away. */
import { DisassociateAddressCommand, ReleaseAddressCommand } from '@aws-sdk/client-ec2';
import type { Fault } from '../../../simulator/ec2/injected-faults';
import { identityIn, plays, type Play } from '../play';

const open = plays();

/** Every call with which a replacement changes something, for both attachments. */
const CHANGING_CALLS = {
  cold: ['TerminateInstances', 'AssociateAddress', 'RunInstances'],
  hot: ['RunInstances', 'DetachNetworkInterface', 'AttachNetworkInterface', 'TerminateInstances'],
} as const;
const ATTACHMENTS = ['cold', 'hot'] as const;
const EVERY_CALL = ATTACHMENTS.flatMap((attachment) =>
  CHANGING_CALLS[attachment].map((command) => ({ attachment, command })),
);

/** Injects the fault into the next call of the command, once. */
function strikeOnce(play: Play, command: string, fault: Fault): () => boolean {
  let struck = false;
  play.fault = (called) => {
    if (struck || called !== command) return undefined;
    struck = true;
    return fault;
  };
  return () => struck;
}

async function expectIdentityKept(play: Play, before: Awaited<ReturnType<Play['addresses']>>): Promise<void> {
  await play.untilIdle();
  await play.passSeconds(300);
  const after = await play.addresses();
  expect(identityIn(after)).toEqual(identityIn(before));
  expect(after?.instanceId).not.toBe(before?.instanceId);
  expect(await play.node()).toMatchObject({ status: 'ACTIVE' });
  expect(play.liveInstanceIds()).toEqual([after?.instanceId]);
  expect(play.interfaceIds()).toHaveLength(play.attachment === 'cold' ? 1 : 2);
}

describe.each(EVERY_CALL)('$attachment, $command', ({ attachment, command }) => {
  test.each<Fault>([
    { kind: 'crash-before' },
    { kind: 'crash-after' },
    { kind: 'error-before' },
    { kind: 'error-after' },
    { kind: 'throttle' },
  ])('$kind: the step is run again, and nothing is lost or left over', async (fault) => {
    const play = await open({ attachment });
    await play.create();
    const before = await play.addresses();
    const wasStruck = strikeOnce(play, command, fault);
    await play.interrupt();
    await expectIdentityKept(play, before);
    expect(wasStruck()).toBe(true);
  });
});

test.each<Fault>([{ kind: 'crash-after' }, { kind: 'error-after' }])(
  'the first launch, CreateNetworkInterface, $kind: one interface is made',
  async (fault) => {
    const play = await open();
    const wasStruck = strikeOnce(play, 'CreateNetworkInterface', fault);
    await play.create();
    expect(wasStruck()).toBe(true);
    expect(await play.node()).toMatchObject({ status: 'ACTIVE', identity: { privateIp: '10.0.0.42' } });
    expect(play.interfaceIds()).toHaveLength(1);
  },
);

describe.each(ATTACHMENTS)('%s', (attachment) => {
  test('lost state-change events: the waits time out, and the steps look for themselves', async () => {
    const isLost = (event: unknown) => JSON.stringify(event).includes('State-change');
    const play = await open({
      attachment,
      controlPlane: { deliver: (event) => ({ copies: isLost(event) ? [] : [200] }) },
    });
    await play.create();
    const before = await play.addresses();
    await play.interrupt();
    await expectIdentityKept(play, before);
  });

  test('an interface that takes 200 s to detach: the step waits, and forces the detachment if it can', async () => {
    const play = await open({ attachment });
    const { identity } = await play.create();
    const before = await play.addresses();
    play.sandbox.ec2.slowRelease(identity.interfaceId ?? '', 200_000);
    const warnedAt = play.clock.now();
    await play.interrupt();
    await expectIdentityKept(play, before);
    const carriedAt = play.callsOf('AttachNetworkInterface').at(-1)?.at ?? play.callsOf('RunInstances').at(-1)?.at;
    // AWS frees a primary interface only when its instance has ended.
    if (attachment === 'cold') expect(carriedAt).toBeGreaterThan(warnedAt + 200_000);
    else expect(carriedAt).toBeLessThan(warnedAt + 150_000);
    expect(play.callsOf('DetachNetworkInterface').map(({ input }) => (input as { Force?: boolean }).Force)).toEqual(
      attachment === 'cold' ? [] : [undefined, true],
    );
  });

  test.each([true, false])(
    'an Elastic IP that survives the termination (%s) is on the interface afterwards',
    async (survives) => {
      const play = await open({ attachment, ec2: { elasticIpSurvivesTermination: survives } });
      await play.create();
      const before = await play.addresses();
      await play.interrupt();
      await expectIdentityKept(play, before);
      expect(play.elasticIpHolder()).toBe(before?.networkInterfaceId);
    },
  );

  test('an interface in use that EC2 reports with its general code: the step waits all the same', async () => {
    const play = await open({ attachment, ec2: { interfaceInUseCode: 'InvalidParameterValue' } });
    await play.create();
    const before = await play.addresses();
    await play.interrupt();
    await expectIdentityKept(play, before);
  });
});

test('an Elastic IP taken off after the launch is put back before the node is confirmed', async () => {
  const play = await open();
  await play.create();
  const before = await play.addresses();
  await play.interrupt();
  await play.untilEntered('Cold: wait until the replacement runs');
  await play.settle(
    play.sandbox.ec2.client.send(new DisassociateAddressCommand({ AssociationId: play.associationId() })),
  );
  await expectIdentityKept(play, before);
});

test('a released Elastic IP cannot be repaired: ERROR with the remedy, and the node keeps its interface', async () => {
  const play = await open();
  const { identity } = await play.create();
  await play.settle(
    play.sandbox.ec2.client.send(new DisassociateAddressCommand({ AssociationId: play.associationId() })),
  );
  await play.settle(play.sandbox.ec2.client.send(new ReleaseAddressCommand({ AllocationId: play.elasticIp })));
  await play.interrupt();
  await play.untilIdle();
  const node = await play.node();
  expect(node.status).toBe('ERROR');
  expect(node.errorReason).toContain('ElasticIpMissing');
  expect(node.errorReason).toContain('compute.elasticIp');
  expect(play.interfaceIds()).toEqual([identity.interfaceId]);
});

test('hot: a replacement that can never be completed is terminated, and the old instance remains', async () => {
  const play = await open({ attachment: 'hot' });
  const { instance } = await play.create();
  play.fault = (command) =>
    command === 'DetachNetworkInterface' ? { kind: 'error-before', code: 'OperationNotPermitted' } : undefined;
  await play.startExecution('replace', { nodeId: play.nodeId, reason: 'by hand' });
  await play.passSeconds(300);
  const node = await play.node();
  expect(node.status).toBe('ERROR');
  expect(node.errorReason).toContain('OperationNotPermitted');
  expect(node.errorReason).toContain(`${instance?.id} keeps running`);
  expect(node.instance?.id).toBe(instance?.id);
  expect(play.liveInstanceIds()).toEqual([instance?.id]);
  expect((await play.addresses())?.instanceId).toBe(instance?.id);
});

test('a private IP taken after the document was accepted: PAUSED with the reason, and nothing left over', async () => {
  const play = await open();
  play.fault = (command) => (command === 'CreateNetworkInterface' ? { kind: 'throttle' } : undefined);
  await play.startCreating();
  await play.passSeconds(1);
  play.fault = () => undefined;
  const holder = await play.makeInterface('10.0.0.42');
  await play.untilIdle();
  const node = await play.node();
  expect(node).toMatchObject({ status: 'PAUSED', failure: { operation: 'launch', count: 1 } });
  expect(node.errorReason).toContain('AddressTaken');
  expect(play.interfaceIds()).toEqual([holder]);
  expect(play.liveInstanceIds()).toEqual([]);
});

test('an unexpected refusal is not retried, and its code is in the reason', async () => {
  const play = await open();
  await play.create();
  play.fault = (command) =>
    command === 'TerminateInstances' ? { kind: 'error-before', code: 'UnauthorizedOperation' } : undefined;
  await play.interrupt();
  await play.untilIdle();
  expect(play.callsOf('TerminateInstances', 'UnauthorizedOperation')).toHaveLength(1);
  expect((await play.node()).errorReason).toContain('RequestRejected: EC2 answered UnauthorizedOperation');
});
