/** A running instance becomes a node: with its addresses or without, cancelled, and with faults meanwhile. */
import { AssociateAddressCommand, DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { InvalidRequest } from '../../lambdas/api/node-service';
import type { Fault } from '../../simulator/ec2/injected-faults';
import {
  beginImport,
  BESIDE,
  KEEPING,
  launchPlain,
  PLAIN_ADDRESS,
  primaryOf,
  progressOf,
  RENEWING,
  tracesOn,
} from './import-play';
import { plays, type Play } from './play';

const open = plays();

const ATTACHMENTS = ['cold', 'hot'] as const;

/** The node is at rest on an instance of its own that carries its address. */
async function expectFinished(play: Play, migrationId: string): Promise<void> {
  await play.untilIdle();
  await play.passSeconds(180);
  const node = await play.node();
  const addresses = await play.addresses();
  expect(node).toMatchObject({ status: 'ACTIVE', instance: { id: addresses?.instanceId } });
  expect(node.adoption).toBeUndefined();
  expect(await progressOf(play, migrationId)).toMatchObject({ state: 'MIGRATE_FINISH' });
  expect((await play.claims()).filter((claim) => claim.startsWith('i-'))).toEqual([]);
}

describe.each(ATTACHMENTS)('the address is kept, %s', (eniAttachment) => {
  test('the node has the interface of the original, and an instance of its own', async () => {
    const play = await open();
    const plain = await launchPlain(play);
    const macAddress = primaryOf(play, plain.instanceId)?.macAddress;
    const migrationId = await beginImport(play, plain, { ...KEEPING, eniAttachment });
    expect(await progressOf(play, migrationId)).toMatchObject({ state: 'MIGRATE_START' });

    await expectFinished(play, migrationId);
    expect(await play.addresses()).toMatchObject({
      networkInterfaceId: plain.interfaceId,
      privateIp: PLAIN_ADDRESS,
      macAddress,
    });
    expect(play.instanceState(plain.instanceId)).toBe('terminated');
    expect(play.liveInstanceIds()).toHaveLength(1);
    expect((await play.node()).instance).toMatchObject({ attachment: eniAttachment, lifeCycle: 'spot' });
    expect((await play.node()).config).toMatchObject({
      name: 'ledger',
      compute: {
        privateIp: PLAIN_ADDRESS,
        launchSpecification: {
          keyPair: 'operator',
          userData: Buffer.from('#!/bin/sh\necho here\n').toString('base64'),
          tags: [{ tagKey: 'Name', tagValue: 'ledger' }],
        },
      },
    });
  });

  test('an Elastic IP of the original follows', async () => {
    const play = await open();
    const plain = await launchPlain(play);
    play.elasticIp = await play.allocate();
    const command = new AssociateAddressCommand({
      AllocationId: play.elasticIp,
      NetworkInterfaceId: plain.interfaceId,
    });
    await play.settle(play.sandbox.ec2.personClient.send(command));
    await play.passSeconds(10);
    const migrationId = await beginImport(play, plain, { ...KEEPING, eniAttachment });

    await expectFinished(play, migrationId);
    expect(play.elasticIpHolder()).toBe(plain.interfaceId);
    expect((await play.node()).identity).toMatchObject({ allocationId: play.elasticIp });
  });

  test('an interruption afterwards is handled as for any node', async () => {
    const play = await open();
    const plain = await launchPlain(play);
    const migrationId = await beginImport(play, plain, { ...KEEPING, eniAttachment });
    await expectFinished(play, migrationId);
    const interrupted = await play.interrupt();
    await play.untilIdle();
    await play.passSeconds(180);
    expect(await play.addresses()).toMatchObject({ networkInterfaceId: plain.interfaceId, privateIp: PLAIN_ADDRESS });
    expect((await play.node()).instance?.id).not.toBe(interrupted);
    expect(play.liveInstanceIds()).toHaveLength(1);
  });
});

describe.each(ATTACHMENTS)('the address is not kept, %s', (eniAttachment) => {
  test('the original is terminated once the node carries an address of its own', async () => {
    const play = await open();
    const plain = await launchPlain(play);
    const migrationId = await beginImport(play, plain, { ...RENEWING, eniAttachment });
    await play.untilEntered('Confirm the node');
    expect(play.instanceState(plain.instanceId)).toBe('running');
    const replacementId = (await play.addresses())?.instanceId;
    expect(play.instanceState(replacementId ?? '')).toBe('running');

    await expectFinished(play, migrationId);
    expect(play.instanceState(plain.instanceId)).toBe('terminated');
    expect(play.liveInstanceIds()).toEqual([replacementId]);
    expect((await play.addresses())?.privateIp).not.toBe(PLAIN_ADDRESS);
    expect(play.interfaceIds()).toHaveLength(eniAttachment === 'cold' ? 1 : 2);
  });

  test('the original stays unchanged if that was asked for', async () => {
    const play = await open();
    const plain = await launchPlain(play);
    const before = tracesOn(play, plain);
    const migrationId = await beginImport(play, plain, { ...BESIDE, eniAttachment });

    await expectFinished(play, migrationId);
    expect(tracesOn(play, plain)).toEqual(before);
    expect(play.liveInstanceIds()).toHaveLength(2);
  });
});

test('the node uses only the zones asked for', async () => {
  const play = await open();
  const plain = await launchPlain(play);
  const { availabilityZones, subnetIds } = play.sandbox.account;
  const availabilityZone = { name: availabilityZones[1], subnetIds: [subnetIds[1]] };
  const migrationId = await beginImport(play, plain, { ...RENEWING, availabilityZones: [availabilityZone] });
  await expectFinished(play, migrationId);
  expect((await play.node()).identity).toMatchObject({ subnetId: subnetIds[1] });
});

describe('cancelling', () => {
  const MOMENTS = [
    { manner: KEEPING, when: 'during the adoption', state: undefined },
    { manner: KEEPING, when: 'before the original ends', state: 'Terminate the old instance' },
    { manner: RENEWING, when: 'during the adoption', state: undefined },
    { manner: RENEWING, when: 'after the launch of the replacement', state: 'Cold: wait until the replacement runs' },
    { manner: RENEWING, when: 'before the end', state: 'Confirm the node' },
    { manner: BESIDE, when: 'before the end', state: 'Confirm the node' },
  ];

  test.each(MOMENTS)('$when ($state): the original is as it was, and nothing else is left', async (moment) => {
    const play = await open();
    const plain = await launchPlain(play);
    const before = tracesOn(play, plain);
    const migrationId = await beginImport(play, plain, moment.manner);
    if (moment.state === undefined) expect(play.statesEntered('replace-node').at(-1)).toBe('Adopt the instance');
    else await play.untilEntered(moment.state);
    const cancelled = await play.settle(play.service.migrations.cancel(migrationId));
    const again = await play.settle(play.service.migrations.cancel(migrationId));
    expect([cancelled, again]).toMatchObject(Array(2).fill({ progress: { state: 'MIGRATE_CANCEL' } }));

    await play.untilIdle();
    await play.passSeconds(300);
    expect(tracesOn(play, plain)).toEqual(before);
    expect(play.liveInstanceIds()).toEqual([plain.instanceId]);
    expect(play.interfaceIds()).toEqual([plain.interfaceId]);
    expect(await play.claims()).toEqual([]);
    expect(await play.settle(play.sandbox.node(play.nodeId))).toBeUndefined();
    expect(await progressOf(play, migrationId)).toMatchObject({ state: 'MIGRATE_CANCEL' });
    await expect(play.settle(play.service.migrations.cancel(migrationId))).resolves.toMatchObject({
      progress: { state: 'MIGRATE_CANCEL' },
    });
    expect(play.executionsOf('replace-node').filter(({ status }) => status === 'FAILED')).toEqual([]);
  });

  test('afterwards the original can be imported again', async () => {
    const play = await open();
    const plain = await launchPlain(play);
    const first = await beginImport(play, plain, KEEPING);
    await play.untilEntered('Terminate the old instance');
    await play.ask((service) => service.migrations.cancel(first));
    await play.passSeconds(300);
    await expectFinished(play, await beginImport(play, plain, KEEPING));
    expect(await play.addresses()).toMatchObject({ networkInterfaceId: plain.interfaceId, privateIp: PLAIN_ADDRESS });
  });

  test.each([
    { manner: KEEPING, state: 'How is the interface carried?' },
    { manner: KEEPING, state: 'Confirm the node' },
  ])('is refused from "$state" on', async ({ manner, state }) => {
    const play = await open();
    const migrationId = await beginImport(play, await launchPlain(play), manner);
    await play.untilEntered(state);
    expect(await progressOf(play, migrationId)).toMatchObject({ state: 'MIGRATE_REPLACE' });
    await expect(play.settle(play.service.migrations.cancel(migrationId))).rejects.toThrow('point of no return');
    await expectFinished(play, migrationId);
    await expect(play.settle(play.service.migrations.cancel(migrationId))).rejects.toThrow('MIGRATE_FINISH');
  });

  test('deleting the node meanwhile is a cancellation too, whatever the deletion asks for', async () => {
    const play = await open();
    const plain = await launchPlain(play);
    const before = tracesOn(play, plain);
    const migrationId = await beginImport(play, plain, KEEPING);
    await play.untilEntered('Prepare the ENI');
    const everything = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
    await play.ask((service) => service.delete(play.nodeId, everything));
    await play.passSeconds(300);
    expect(tracesOn(play, plain)).toEqual(before);
    expect(await progressOf(play, migrationId)).toMatchObject({ state: 'MIGRATE_CANCEL' });
    expect(await play.claims()).toEqual([]);
  });

  test('deleting the node after the commitment removes its instance and interface', async () => {
    const play = await open();
    const migrationId = await beginImport(play, await launchPlain(play), KEEPING);
    await play.untilEntered('How is the interface carried?');
    const everything = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
    await play.ask((service) => service.delete(play.nodeId, everything));
    await play.passSeconds(300);
    expect(play.liveInstanceIds()).toEqual([]);
    expect(play.interfaceIds()).toEqual([]);
    expect(await progressOf(play, migrationId)).toMatchObject({ state: 'MIGRATE_FINISH' });
  });
});

describe('crashes', () => {
  const FAULTS: readonly Fault[] = [
    { kind: 'crash-before' },
    { kind: 'crash-after' },
    { kind: 'error-before' },
    { kind: 'error-after' },
    { kind: 'throttle' },
  ];
  const CHANGES = [
    {
      manner: KEEPING,
      commands: ['CreateTags', 'ModifyNetworkInterfaceAttribute', 'TerminateInstances', 'RunInstances'],
    },
    { manner: RENEWING, commands: ['CreateTags', 'CreateNetworkInterface', 'RunInstances', 'TerminateInstances'] },
  ];
  const EVERY_CHANGE = CHANGES.flatMap(({ manner, commands }) => commands.map((command) => ({ ...manner, command })));

  function strikeOnce(play: Play, command: string, fault: Fault): () => boolean {
    let struck = false;
    play.fault = (called) => {
      if (struck || called !== command) return undefined;
      struck = true;
      return fault;
    };
    return () => struck;
  }

  describe.each(EVERY_CHANGE)('$command (address kept: $shouldKeepPrivateIp)', ({ command, ...manner }) => {
    test.each(FAULTS)('$kind: the step is run again, and nothing is lost or left over', async (fault) => {
      const play = await open();
      const plain = await launchPlain(play);
      const wasStruck = strikeOnce(play, command, fault);
      const migrationId = await beginImport(play, plain, manner);
      await expectFinished(play, migrationId);
      expect(wasStruck()).toBe(true);
      expect(play.liveInstanceIds()).toEqual([(await play.addresses())?.instanceId]);
      expect(play.interfaceIds()).toHaveLength(1);
      if (manner.shouldKeepPrivateIp) expect(play.interfaceIds()).toEqual([plain.interfaceId]);
    });
  });

  describe.each(['ModifyNetworkInterfaceAttribute', 'DeleteTags'])('during a cancellation, %s', (command) => {
    test.each(FAULTS)('$kind: the original is as it was', async (fault) => {
      const play = await open();
      const plain = await launchPlain(play);
      const before = tracesOn(play, plain);
      const migrationId = await beginImport(play, plain, KEEPING);
      await play.untilEntered('Terminate the old instance');
      const wasStruck = strikeOnce(play, command, fault);
      await play.ask((service) => service.migrations.cancel(migrationId));
      await play.passSeconds(300);
      expect(wasStruck()).toBe(true);
      expect(tracesOn(play, plain)).toEqual(before);
      expect(await progressOf(play, migrationId)).toMatchObject({ state: 'MIGRATE_CANCEL' });
    });
  });
});

describe('changes in EC2 meanwhile', () => {
  const SPOT = { InstanceMarketOptions: { MarketType: 'spot' } } as const;

  test.each([KEEPING, RENEWING])(
    'a spot original is interrupted (address kept: $shouldKeepPrivateIp)',
    async (manner) => {
      const play = await open();
      const plain = await launchPlain(play, SPOT);
      const migrationId = await beginImport(play, plain, manner);
      await play.untilEntered('Prepare the ENI');
      play.sandbox.ec2.interruptSpotInstance(plain.instanceId);
      await expectFinished(play, migrationId);
      expect(play.liveInstanceIds()).toHaveLength(1);
      if (manner.shouldKeepPrivateIp) expect((await play.node()).identity.interfaceId).toBe(plain.interfaceId);
      expect((await play.node()).intents).toEqual([]);
    },
  );

  test.each([undefined, 'Prepare the ENI', 'Terminate the old instance'])(
    'the original is terminated by hand (%s): the node has its address all the same',
    async (state) => {
      const play = await open();
      const plain = await launchPlain(play);
      const migrationId = await beginImport(play, plain, KEEPING);
      if (state !== undefined) await play.untilEntered(state);
      await play.terminateByHand(plain.instanceId);
      await expectFinished(play, migrationId);
      expect((await play.addresses())?.privateIp).toBe(PLAIN_ADDRESS);
    },
  );

  test('of two imports of one instance at once, one begins', async () => {
    const play = await open();
    const plain = await launchPlain(play);
    const request = { originalInstanceId: plain.instanceId, region: 'us-east-1', ...RENEWING };
    const both = [1, 2].map(() => play.service.migrations.begin(request));
    const outcomes = await play.settle(Promise.allSettled(both));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(refused?.reason).toBeInstanceOf(InvalidRequest);
    const begun = outcomes.find((outcome) => outcome.status === 'fulfilled')!;
    play.nodeId = begun.value.migration.nodeId;
    await expectFinished(play, begun.value.migration.id);
    expect(play.liveInstanceIds()).toHaveLength(1);
  });

  test('an instance that belongs to a node cannot be imported', async () => {
    const play = await open();
    const { instance } = await play.create();
    const nodeId = play.nodeId;
    await expect(beginImport(play, { instanceId: instance?.id ?? '', interfaceId: '' }, KEEPING)).rejects.toThrow(
      nodeId,
    );
  });
});

describe('an import that fails', () => {
  const noCapacity = (play: Play, count: number) => {
    for (const availabilityZone of play.sandbox.account.availabilityZones) {
      for (const lifeCycle of ['spot', 'on_demand'] as const) {
        play.sandbox.ec2.setCapacity({ instanceType: 'm7g.large', availabilityZone, lifeCycle }, count);
      }
    }
  };

  /** A failed import whose original still runs, and the state of the original before it. */
  async function failedImport() {
    const play = await open();
    const plain = await launchPlain(play);
    const before = tracesOn(play, plain);
    noCapacity(play, 0);
    const migrationId = await beginImport(play, plain, RENEWING);
    await play.untilIdle();
    return { play, plain, before, migrationId };
  }

  test.each([KEEPING, RENEWING])('says why, and a later attempt finishes it ($shouldKeepPrivateIp)', async (manner) => {
    const play = await open();
    const plain = await launchPlain(play);
    noCapacity(play, 0);
    const migrationId = await beginImport(play, plain, manner);
    await play.untilIdle();
    expect(await progressOf(play, migrationId)).toMatchObject({
      state: 'MIGRATE_ERROR',
      errorReason: expect.stringContaining('NoCapacity') as unknown,
    });
    // An original that keeps its address runs until the node has an address of its own.
    expect(play.instanceState(plain.instanceId)).toBe(manner.shouldKeepPrivateIp ? 'terminated' : 'running');

    noCapacity(play, Infinity);
    await play.ask((service) => service.act(play.nodeId, 'recycle'));
    await expectFinished(play, migrationId);
    expect(play.liveInstanceIds()).toHaveLength(1);
  });

  test('can be cancelled while a resume tries it again', async () => {
    const { play, plain, before, migrationId } = await failedImport();
    noCapacity(play, Infinity);
    await play.settle(play.service.act(play.nodeId, 'resume'));
    await play.untilEntered('Cold: wait until the replacement runs');
    await play.ask((service) => service.migrations.cancel(migrationId));
    await play.passSeconds(300);
    expect(tracesOn(play, plain)).toEqual(before);
    expect(play.liveInstanceIds()).toEqual([plain.instanceId]);
    expect(await progressOf(play, migrationId)).toMatchObject({ state: 'MIGRATE_CANCEL' });
    expect(play.executionsOf('launch-node').map(({ status }) => status)).toEqual(['SUCCEEDED']);
  });

  test('waits while the node is paused, with the original running, and the resume finishes it', async () => {
    const { play, plain, migrationId } = await failedImport();
    noCapacity(play, Infinity);
    await play.ask((service) => service.act(play.nodeId, 'pause'));
    expect((await play.node()).status).toBe('PAUSED');
    await play.passSeconds(3_600);
    expect(play.liveInstanceIds()).toEqual([plain.instanceId]);

    await play.ask((service) => service.act(play.nodeId, 'resume'));
    await expectFinished(play, migrationId);
    expect(play.instanceState(plain.instanceId)).toBe('terminated');
    expect(play.liveInstanceIds()).toHaveLength(1);
  });

  test('can be cancelled while the original still runs', async () => {
    const { play, plain, before, migrationId } = await failedImport();
    await play.ask((service) => service.migrations.cancel(migrationId));
    await play.passSeconds(300);
    expect(tracesOn(play, plain)).toEqual(before);
    expect(play.interfaceIds()).toEqual([plain.interfaceId]);
    expect(await progressOf(play, migrationId)).toMatchObject({ state: 'MIGRATE_CANCEL' });
  });
});

test.each([
  { shouldKeepMetadataOptions: true, httpTokens: 'required', hopLimit: 3 },
  { shouldKeepMetadataOptions: undefined, httpTokens: 'required', hopLimit: 3 },
  { shouldKeepMetadataOptions: false, httpTokens: 'optional', hopLimit: 1 },
])(
  'with shouldKeepMetadataOptions $shouldKeepMetadataOptions the node requires $httpTokens tokens',
  async ({ shouldKeepMetadataOptions, httpTokens, hopLimit }) => {
    const play = await open();
    const plain = await launchPlain(play, {
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 3 },
    });
    const migrationId = await beginImport(play, plain, { ...KEEPING, shouldKeepMetadataOptions });
    await expectFinished(play, migrationId);

    const { instance } = await play.node();
    const { sandbox } = play;
    const command = new DescribeInstancesCommand({ InstanceIds: [instance?.id ?? ''] });
    const { Reservations = [] } = await play.settle(sandbox.ec2.personClient.send(command));
    expect(Reservations[0]?.Instances?.[0]?.MetadataOptions).toMatchObject({
      HttpTokens: httpTokens,
      HttpPutResponseHopLimit: hopLimit,
    });
  },
);
