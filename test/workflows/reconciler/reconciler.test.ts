/** What the reconciler finds and repairs without any event. */
import {
  AssociateAddressCommand,
  AttachNetworkInterfaceCommand,
  CreateTagsCommand,
  DeleteNetworkInterfaceCommand,
  DetachNetworkInterfaceCommand,
  DisassociateAddressCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ReleaseAddressCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  type RunInstancesCommandOutput,
} from '@aws-sdk/client-ec2';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { identityIn, plays, type Play, type PlayOptions } from '../play';

const open = plays();

const NODES = { ACTIVE: 0, PAUSING: 0, PAUSED: 0, RESUMING: 0, RECYCLING: 0, DEALLOCATING: 0, ERROR: 0 };
const QUIET = {
  nodes: 1,
  report: { byStatus: { ...NODES, ACTIVE: 1 }, needingAPerson: [], missingAddresses: [] },
  started: [],
  unreadable: [],
  unknown: [],
  held: [],
  expired: [],
};

interface Scene {
  readonly play: Play;
  readonly before: StatefulNode;
  readonly instanceId: string;
  readonly interfaceId: string;
}

/** A node at rest for which no event is ever delivered. */
async function withoutEvents(options: PlayOptions = {}, adjust?: Parameters<Play['create']>[0]): Promise<Scene> {
  const play = await open({ ...options, controlPlane: { deliver: () => ({ copies: [] }) } });
  const before = await play.create(adjust);
  return {
    play,
    before,
    instanceId: before.instance?.id ?? '',
    interfaceId: before.identity.interfaceId ?? '',
  };
}

function byHand<Output = unknown>(play: Play, command: object): Promise<Output> {
  return play.settle(play.sandbox.ec2.personClient.send(command as never)) as Promise<Output>;
}

function attachmentId({ play, interfaceId }: Scene): string {
  return play.sandbox.ec2.world.networkInterfaces.get(interfaceId)?.attachment?.id ?? '';
}

async function detachByHand(scene: Scene): Promise<void> {
  await byHand(scene.play, new DetachNetworkInterfaceCommand({ AttachmentId: attachmentId(scene) }));
  await scene.play.passSeconds(30);
}

/** Launches an instance that is not ours, in the node's subnet. */
async function launchOther({ play, before }: Scene): Promise<string> {
  const { Instances = [] } = await byHand<RunInstancesCommandOutput>(
    play,
    new RunInstancesCommand({
      ImageId: before.instance?.imageId,
      InstanceType: before.instance?.instanceType as never,
      MinCount: 1,
      MaxCount: 1,
      NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: before.identity.subnetId }],
    }),
  );
  await play.passSeconds(120);
  return Instances[0]?.InstanceId ?? '';
}

function noCapacity(play: Play): void {
  for (const instanceType of ['m7g.large', 'm6g.large']) {
    for (const availabilityZone of ['us-east-1a', 'us-east-1b', 'us-east-1c']) {
      for (const lifeCycle of ['spot', 'on_demand'] as const) {
        play.sandbox.ec2.setCapacity({ instanceType, availabilityZone, lifeCycle }, 0);
      }
    }
  }
}

async function logOf(play: Play): Promise<readonly string[]> {
  const { entries } = await play.settle(play.service.log(play.nodeId, { limit: 1000 }));
  return entries.map(({ message }) => message);
}

it.each(['cold', 'hot'] as const)('changes nothing of a healthy %s node, and writes nothing', async (attachment) => {
  const { play, before } = await withoutEvents({ attachment, ec2: { shortPageShare: 0 } });
  const calls = play.calls.length;
  await expect(play.reconcile()).resolves.toEqual(QUIET);
  expect(await play.node()).toEqual(before);
  expect(
    play.calls
      .slice(calls)
      .map(({ command }) => command)
      .sort(),
  ).toEqual([
    'DescribeAddresses',
    'DescribeInstanceStatus',
    'DescribeInstanceStatus',
    'DescribeInstances',
    'DescribeNetworkInterfaces',
    'DescribeVolumes',
  ]);
});

describe('an instance that', () => {
  const losses: readonly { how: string; attachment: 'cold' | 'hot'; lose: (scene: Scene) => Promise<unknown> }[] = [
    {
      how: 'was terminated by hand',
      attachment: 'cold',
      lose: ({ play, instanceId }) => play.terminateByHand(instanceId),
    },
    {
      how: 'was terminated by hand',
      attachment: 'hot',
      lose: ({ play, instanceId }) => play.terminateByHand(instanceId),
    },
    {
      how: 'was interrupted without a warning',
      attachment: 'cold',
      lose: async ({ play, instanceId }) => {
        play.sandbox.ec2.reclaimSpotInstance(instanceId);
        await play.passSeconds(130);
      },
    },
    {
      how: 'fails its status checks',
      attachment: 'hot',
      lose: async ({ play, instanceId }) => {
        await play.passSeconds(120);
        play.sandbox.ec2.impairInstance(instanceId);
        await play.passSeconds(130);
      },
    },
  ];

  it.each(losses)('$how ($attachment) is replaced', async ({ attachment, lose }) => {
    const scene = await withoutEvents({ attachment });
    const { play, before, instanceId } = scene;
    const addresses = await play.addresses();
    await lose(scene);
    await expect(play.reconcile()).resolves.toMatchObject({ started: [`${before.id}: replace`] });
    const after = await play.node();
    expect(after).toMatchObject({ status: 'ACTIVE', identity: before.identity });
    expect(after.instance?.id).not.toBe(instanceId);
    expect(identityIn(await play.addresses())).toEqual(identityIn(addresses));
    expect(play.liveInstanceIds()).toEqual([after.instance?.id]);
    await expect(play.reconcile()).resolves.toEqual(QUIET);
  });

  it('was stopped by hand (on-demand) is replaced', async () => {
    const scene = await withoutEvents({}, (document) => ({ ...document, strategy: { lifeCycle: 'on_demand' } }));
    const { play, before, instanceId } = scene;
    await byHand(play, new StopInstancesCommand({ InstanceIds: [instanceId] }));
    await play.passSeconds(60);
    await play.reconcile();
    expect(await play.node()).toMatchObject({ status: 'ACTIVE', identity: before.identity });
    expect(play.liveInstanceIds()).not.toContain(instanceId);
  });

  it('fails its status checks is not replaced within the grace period, nor if healing is off', async () => {
    const { play, instanceId } = await withoutEvents();
    play.sandbox.ec2.impairInstance(instanceId);
    await expect(play.reconcile()).resolves.toEqual(QUIET);

    const other = await withoutEvents({}, (document) => ({ ...document, healthCheck: { autoHealing: false } }));
    other.play.sandbox.ec2.impairInstance(other.instanceId);
    await other.play.passSeconds(3600);
    await expect(other.play.reconcile()).resolves.toEqual(QUIET);
  });
});

describe('an interface that', () => {
  const losses: readonly { how: string; lose: (scene: Scene) => Promise<unknown> }[] = [
    { how: 'was detached by hand', lose: detachByHand },
    {
      how: 'was attached elsewhere',
      lose: async (scene) => {
        const InstanceId = await launchOther(scene);
        await detachByHand(scene);
        const { play, interfaceId: NetworkInterfaceId } = scene;
        await byHand(play, new AttachNetworkInterfaceCommand({ NetworkInterfaceId, InstanceId, DeviceIndex: 1 }));
        await play.passSeconds(30);
      },
    },
    {
      how: 'would be deleted with its instance',
      lose: (scene) =>
        byHand(
          scene.play,
          new ModifyNetworkInterfaceAttributeCommand({
            NetworkInterfaceId: scene.interfaceId,
            Attachment: { AttachmentId: attachmentId(scene), DeleteOnTermination: true },
          }),
        ),
    },
    {
      how: 'was given other security groups',
      lose: ({ play, interfaceId }) => {
        const GroupId = play.sandbox.ec2.addSecurityGroup({ vpcId: play.sandbox.account.vpcId, name: 'others' });
        const command = { NetworkInterfaceId: interfaceId, Groups: [GroupId] };
        return byHand(play, new ModifyNetworkInterfaceAttributeCommand(command));
      },
    },
  ];

  it.each(losses)('$how is put right without another instance', async ({ lose }) => {
    const scene = await withoutEvents({ attachment: 'hot' });
    const { play, before, interfaceId } = scene;
    const addresses = await play.addresses();
    await lose(scene);
    await expect(play.reconcile()).resolves.toMatchObject({ started: [`${before.id}: adjust`] });
    expect(await play.node()).toMatchObject({ status: 'ACTIVE', instance: before.instance, identity: before.identity });
    expect(await play.addresses()).toEqual(addresses);
    expect(play.sandbox.ec2.world.networkInterfaces.get(interfaceId)?.attachment?.deleteOnTermination).toBe(false);
    await expect(play.reconcile()).resolves.toEqual(QUIET);
  });

  it('was deleted by hand is made again with the same private IP, and the Elastic IP is put back', async () => {
    const scene = await withoutEvents({ attachment: 'hot' });
    const { play, before, interfaceId } = scene;
    await detachByHand(scene);
    await byHand(play, new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId }));
    await play.reconcile();
    const after = await play.node();
    expect(after).toMatchObject({ status: 'ACTIVE', instance: before.instance });
    expect(after.identity.interfaceId).not.toBe(interfaceId);
    expect(after.identity.privateIp).toBe(before.identity.privateIp);
    expect(play.elasticIpHolder()).toBe(after.identity.interfaceId);
    await expect(play.reconcile()).resolves.toEqual(QUIET);
  });

  it('was deleted by hand while the node was paused is made again', async () => {
    const { play, before, interfaceId } = await withoutEvents();
    await play.ask((service) => service.act(before.id, 'pause'));
    await byHand(play, new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId }));
    await play.reconcile();
    const after = await play.node();
    expect(after).toMatchObject({ status: 'PAUSED', identity: { privateIp: before.identity.privateIp } });
    expect(play.interfaceIds()).toEqual([after.identity.interfaceId]);
    expect(play.elasticIpHolder()).toBe(after.identity.interfaceId);
  });

  it.each([
    { attachment: 'hot', state: 'ERROR', what: 'its instance remains without it' },
    { attachment: 'cold', state: 'PAUSED', what: 'the node pauses' },
  ] as const)(
    'was deleted, and whose address was taken ($attachment): $what, and it comes back by itself',
    async ({ attachment, state }) => {
      const scene = await withoutEvents({ attachment });
      const { play, before, interfaceId, instanceId } = scene;
      if (attachment === 'hot') await detachByHand(scene);
      else {
        await play.terminateByHand(instanceId);
        await play.passSeconds(200);
      }
      await byHand(play, new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId }));
      const taker = await play.makeInterface(before.identity.privateIp ?? '');
      await play.reconcile();

      const failed = await play.node();
      expect(failed.status).toBe(state);
      expect(failed.errorReason).toContain('AddressTaken');
      expect(failed.errorReason).toContain(`Next try: ${failed.failure?.nextTryAt}`);
      // A running instance is never ended for lack of an address.
      expect(play.liveInstanceIds()).toEqual(attachment === 'hot' ? [instanceId] : []);

      await play.passSeconds(61);
      await play.reconcile();
      expect((await play.node()).failure?.count).toBe(2);

      await byHand(play, new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: taker }));
      await play.passSeconds(121);
      await play.reconcile();
      const after = await play.node();
      expect(after).toMatchObject({ status: 'ACTIVE', identity: { privateIp: before.identity.privateIp } });
      if (attachment === 'hot') expect(after.instance?.id).toBe(instanceId);
      expect(after.failure).toBeUndefined();
      expect(after.errorReason).toBeUndefined();
      expect(play.elasticIpHolder()).toBe(after.identity.interfaceId);
      await expect(play.reconcile()).resolves.toEqual(QUIET);
    },
  );
});

describe('an Elastic IP that', () => {
  it.each(['was disassociated', 'was moved away'] as const)('%s is put back', async (how) => {
    const { play, before, interfaceId } = await withoutEvents();
    if (how === 'was disassociated') {
      await byHand(play, new DisassociateAddressCommand({ AssociationId: play.associationId() }));
    } else {
      const elsewhere = await play.makeInterface('10.0.0.77');
      await play.passSeconds(10);
      await byHand(play, new AssociateAddressCommand({ AllocationId: play.elasticIp, NetworkInterfaceId: elsewhere }));
    }
    await play.passSeconds(10);
    await play.reconcile();
    expect(play.elasticIpHolder()).toBe(interfaceId);
    expect(await play.node()).toMatchObject({ status: 'ACTIVE', instance: before.instance });
    await expect(play.reconcile()).resolves.toEqual(QUIET);
  });

  it('was released puts the node into ERROR with the remedy, and is not tried again until there is another', async () => {
    const { play, before, instanceId } = await withoutEvents();
    await byHand(play, new DisassociateAddressCommand({ AssociationId: play.associationId() }));
    await byHand(play, new ReleaseAddressCommand({ AllocationId: play.elasticIp }));
    await play.reconcile();
    const broken = await play.node();
    expect(broken).toMatchObject({ status: 'ERROR', instance: { id: instanceId } });
    expect(broken.errorReason).toContain('Allocate another and set compute.elasticIp.');
    await play.passSeconds(3600);
    await expect(play.reconcile()).resolves.toMatchObject({
      started: [],
      report: {
        byStatus: { ERROR: 1 },
        needingAPerson: [before.id],
        missingAddresses: [before.id],
      },
    });

    const another = await play.allocate();
    await play.ask((service) => service.update(before.id, { compute: { elasticIp: another } }));
    const after = await play.node();
    expect(after).toMatchObject({ status: 'ACTIVE', identity: { allocationId: another } });
    expect(after.errorReason).toBeUndefined();
  });
});

describe('an operation under way', () => {
  it.each([
    ['cold', 'Cold: reassociate the EIP and launch the replacement'],
    ['cold', 'Cold: wait until the replacement runs'],
    ['cold', 'Terminate the old instance'],
    ['hot', 'Hot: launch the replacement'],
    ['hot', 'Hot: attach the ENI and reassociate the EIP'],
    ['hot', 'Hot: terminate the old instance'],
    ['hot', 'Confirm the node'],
  ] as const)('(%s, aborted at "%s") is taken over and finished', async (attachment, state) => {
    const play = await open({ attachment });
    const before = await play.create();
    const addresses = await play.addresses();
    await play.interrupt();
    await play.untilEntered(state);
    const { operation } = await play.node();
    play.sandbox.plane.abort(operation?.executionId ?? '');
    await play.passSeconds(30);
    await play.reconcile();
    await play.untilIdle();
    const after = await play.node();
    expect(after.status).toBe('ACTIVE');
    expect(after.instance?.id).not.toBe(before.instance?.id);
    expect(identityIn(await play.addresses())).toEqual(identityIn(addresses));
    expect(play.liveInstanceIds()).toEqual([after.instance?.id]);
    await expect(play.reconcile()).resolves.toMatchObject({ started: [], unknown: [] });
  });

  it('is not taken over while its execution runs', async () => {
    const play = await open();
    await play.create();
    await play.interrupt();
    await play.untilEntered('Cold: wait until the replacement runs');
    await expect(play.settle(play.sandbox.plane.runSchedule('Reconciler'))).resolves.toMatchObject({
      started: [],
      report: {
        byStatus: { RECYCLING: 1 },
        needingAPerson: [],
        missingAddresses: [play.nodeId],
      },
    });
  });
});

it('starts what was asked for if the start was lost', async () => {
  const { play, before } = await withoutEvents();
  const { stepFunctions } = play.sandbox.plane;
  const send = stepFunctions.client.send.bind(stepFunctions.client);
  const lost = jest.spyOn(stepFunctions.client, 'send').mockRejectedValue(new Error('the process died') as never);
  await expect(play.settle(play.service.act(before.id, 'pause'))).rejects.toThrow('the process died');
  lost.mockImplementation(send as never);
  await expect(play.reconcile()).resolves.toMatchObject({ started: [], report: { byStatus: { PAUSING: 1 } } });
  await play.passSeconds(60);
  await expect(play.reconcile()).resolves.toMatchObject({ started: [`${before.id}: pause`] });
  expect((await play.node()).status).toBe('PAUSED');
});

it('tries again what failed without capacity, with growing pauses, and says when', async () => {
  const { play, before } = await withoutEvents();
  noCapacity(play);
  const tries: (string | undefined)[] = [];
  await play.terminateByHand(before.instance?.id ?? '');
  await play.reconcile();
  for (let round = 0; round < 3; round += 1) {
    const { failure, errorReason, status } = await play.node();
    expect(status).toBe('ERROR');
    expect(errorReason).toContain('NoCapacity');
    expect(errorReason).toContain(`Next try: ${failure?.nextTryAt}`);
    tries.push(failure?.nextTryAt);
    await play.passSeconds(599);
    await play.reconcile();
  }
  expect(new Set(tries).size).toBe(3);
});

describe('a thing with the tags of a node for which its record does not account', () => {
  const TAGS = (nodeId: string, generation = '1') => [
    { Key: 'holdfast:node-id', Value: nodeId },
    { Key: 'holdfast:generation', Value: generation },
    { Key: 'holdfast:deployment', Value: 'Holdfast' },
  ];

  async function tag(scene: Scene, resourceIds: readonly string[], tags = TAGS(scene.before.id)): Promise<void> {
    await byHand(scene.play, new CreateTagsCommand({ Resources: [...resourceIds], Tags: tags }));
    await scene.play.passSeconds(10);
  }

  it('is not even listed if it belongs to another deployment', async () => {
    const scene = await withoutEvents();
    const { play, before } = scene;
    const [instanceId, interfaceId] = [await launchOther(scene), await play.makeInterface('10.0.0.88')];
    await play.passSeconds(10);
    const ofAnother = TAGS(before.id, '99').map(({ Key, Value }) => ({
      Key,
      Value: Value === 'Holdfast' ? 'Another' : Value,
    }));
    await tag(scene, [instanceId, interfaceId], ofAnother);
    await play.passSeconds(3600);
    await expect(play.reconcile()).resolves.toEqual(QUIET);
    expect(play.liveInstanceIds()).toContain(instanceId);
  });

  it('is shown and never removed', async () => {
    const scene = await withoutEvents();
    const { play } = scene;
    const stray = await launchOther(scene);
    const strayInterface = await play.makeInterface('10.0.0.88');
    await play.passSeconds(10);
    await tag(scene, [stray, strayInterface]);
    for (const seconds of [0, 3600, 86_400]) {
      await play.passSeconds(seconds);
      await expect(play.reconcile()).resolves.toEqual({ ...QUIET, unknown: [stray, strayInterface] });
    }
    expect(play.liveInstanceIds()).toContain(stray);
    expect(play.interfaceIds()).toContain(strayInterface);
  });

  it('stops all replacements if there are many of them', async () => {
    const scene = await withoutEvents();
    const { play, instanceId } = scene;
    const strays = [await launchOther(scene), await launchOther(scene), await launchOther(scene)];
    await tag(scene, strays);
    await play.terminateByHand(instanceId);
    await play.passSeconds(200);
    await expect(play.reconcile()).resolves.toMatchObject({
      started: [],
      halted: '3 instances and interfaces carry the tag of this deployment, and no record accounts for them',
    });
    expect([...play.liveInstanceIds()].sort()).toEqual([...strays].sort());
  });

  it('that is newer than the record halts the reconciler and the API', async () => {
    const scene = await withoutEvents();
    const { play, before, instanceId } = scene;
    await tag(scene, [await launchOther(scene)], TAGS(before.id, '99'));
    await expect(play.reconcile()).resolves.toMatchObject({
      halted: expect.stringContaining('the records are older than what EC2 shows') as string,
    });
    await expect(play.settle(play.service.act(before.id, 'recycle'))).rejects.toThrow('older than what EC2 shows');
    expect(play.liveInstanceIds()).toContain(instanceId);
  });
});

it('finishes a deletion whose clean-up failed', async () => {
  const { play, before, interfaceId } = await withoutEvents();
  play.fault = (command) =>
    command === 'DeleteNetworkInterface' ? { kind: 'error-before', code: 'Forbidden' } : undefined;
  const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
  await play.ask((service) => service.delete(before.id, deletion));
  expect(play.interfaceIds()).toEqual([interfaceId]);
  play.fault = () => undefined;
  await play.passSeconds(61);
  await play.reconcile();
  expect(play.interfaceIds()).toEqual([]);
  expect(await play.claims()).toEqual([]);
  await expect(play.reconcile()).resolves.toEqual({ ...QUIET, nodes: 0, report: { ...QUIET.report, byStatus: NODES } });
});

it('frees an interface that will not detach: by force, then by the end of the old instance', async () => {
  const play = await open({ attachment: 'hot' });
  const before = await play.create();
  play.sandbox.ec2.slowRelease(before.identity.interfaceId ?? '', Infinity);
  await play.interrupt();
  await play.untilIdle();
  const after = await play.node();
  expect(after).toMatchObject({ status: 'ACTIVE', identity: before.identity });
  expect(after.instance?.id).not.toBe(before.instance?.id);
  expect(await logOf(play)).toEqual(expect.arrayContaining([expect.stringContaining('its detachment is forced')]));
});

it('runs every minute by itself', async () => {
  const play = await open({ controlPlane: { deliver: () => ({ copies: [] }), schedules: true } });
  const before = await play.create();
  await play.terminateByHand(before.instance?.id ?? '');
  await play.passSeconds(60);
  await play.untilIdle();
  expect(await play.node()).toMatchObject({ status: 'ACTIVE', identity: before.identity });
});

it('the event of an unannounced end starts the replacement, before the reconciler runs', async () => {
  const play = await open({ attachment: 'hot' });
  const before = await play.create();
  await play.terminateByHand(before.instance?.id ?? '');
  await play.untilIdle();
  expect(await play.node()).toMatchObject({ status: 'ACTIVE', identity: before.identity });
  expect(play.executionsOf('replace-node').map(({ status }) => status)).toEqual(['SUCCEEDED']);
});
