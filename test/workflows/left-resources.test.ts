/** What a deletion does with the volumes of its node, and what becomes of everything that it leaves. */
import { RunInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import type { Deletion } from '../../domain/node/stateful-node';
import type { Fault } from '../../simulator/ec2/injected-faults';
import { leavingData } from './left-volumes';
import { plays, type Play } from './play';

const open = plays();

const DELETE: Deletion = {
  shouldTerminateInstance: true,
  shouldDeleteNetworkInterfaces: true,
  shouldDeleteVolumes: true,
};

const volumes = (play: Play) => [...play.sandbox.ec2.world.volumes.values()];
const tagsOf = (play: Play, id = '') => play.sandbox.ec2.world.volumes.get(id)?.tags.current ?? {};
const remove = (play: Play, deletion: Deletion) => play.ask((service) => service.delete(play.nodeId, deletion));

/** A node that has one volume from an earlier instance, and one in use. */
async function openWithVolumes(): Promise<Play> {
  const play = await open();
  await play.create(leavingData);
  await play.interrupt();
  await play.untilIdle();
  expect(volumes(play).filter(({ sizeGib }) => sizeGib === 100)).toHaveLength(2);
  return play;
}

/** Launches a person's own instance, which keeps its data volume. */
async function launchByHand(play: Play, tags: Readonly<Record<string, string>>): Promise<string> {
  const launch = new RunInstancesCommand({
    ImageId: play.sandbox.account.arm64ImageId,
    InstanceType: 'm7g.large',
    MinCount: 1,
    MaxCount: 1,
    SubnetId: play.sandbox.account.subnetIds[0],
    BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 200, DeleteOnTermination: false } }],
    TagSpecifications: [{ ResourceType: 'volume', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }],
  });
  const { Instances: [launched] = [] } = await play.settle(play.sandbox.ec2.personClient.send(launch));
  await play.passSeconds(60);
  return launched?.InstanceId ?? '';
}

const terminateByHand = async (play: Play, instanceId: string): Promise<void> => {
  const command = new TerminateInstancesCommand({ InstanceIds: [instanceId] });
  await play.settle(play.sandbox.ec2.personClient.send(command));
  await play.passSeconds(600);
};

test('new tags reach the volumes of the running instance at once, and what is dropped is removed', async () => {
  const play = await openWithVolumes();
  const resourceTagSpecification = { volumes: { shouldTag: true } };
  const update = (tags: readonly object[] | null) =>
    play.ask((service) =>
      service.update(play.nodeId, { compute: { launchSpecification: { tags, resourceTagSpecification } } }),
    );
  const teams = () => volumes(play).map(({ id, attachment }) => [attachment !== undefined, tagsOf(play, id)['team']]);
  await update([{ tagKey: 'team', tagValue: 'ledger' }]);
  await play.passSeconds(60);
  expect(teams().sort()).toEqual([
    [false, undefined],
    [true, 'ledger'],
    [true, 'ledger'],
  ]);

  await update(null);
  expect(teams().map(([, team]) => team)).toEqual([undefined, undefined, undefined]);
});

describe('shouldDeleteVolumes', () => {
  test('true: every volume that the instances left is deleted, and the node is gone', async () => {
    const play = await openWithVolumes();
    await remove(play, DELETE);

    expect(volumes(play)).toEqual([]);
    expect(play.interfaceIds()).toEqual([]);
    expect(await play.settle(play.sandbox.node(play.nodeId))).toBeUndefined();
    await expect(play.ask((service) => service.resources.ofNode(play.nodeId))).rejects.toThrow('There is no');
  });

  test('false: they stay with the tag of the node, and each can be deleted by its id', async () => {
    const play = await openWithVolumes();
    await remove(play, { ...DELETE, shouldDeleteVolumes: false });

    expect(volumes(play)).toHaveLength(2);
    for (const { id } of volumes(play)) expect(tagsOf(play, id)).toMatchObject({ 'holdfast:left-by': play.nodeId });
    await play.passSeconds(60);
    const left = await play.ask((service) => service.resources.left());
    expect(left.map(({ id }) => id)).toEqual(
      volumes(play)
        .map(({ id }) => id)
        .sort(),
    );
    for (const { id } of left) await play.ask((service) => service.resources.delete(play.nodeId, id));
    expect(volumes(play)).toEqual([]);
    await expect(play.ask((service) => service.resources.left())).resolves.toEqual([]);
  });

  test('true: what has only one of the two tags, or another node’s, is not touched', async () => {
    const play = await openWithVolumes();
    const strangers: readonly Readonly<Record<string, string>>[] = [
      { 'holdfast:node-id': play.nodeId },
      { 'holdfast:node-id': play.nodeId, 'holdfast:deployment': 'Another' },
      { 'holdfast:node-id': 'smi-ffffffff', 'holdfast:deployment': 'Holdfast' },
    ];
    for (const tags of strangers) await terminateByHand(play, await launchByHand(play, tags));
    await remove(play, DELETE);

    expect(volumes(play).map(({ sizeGib }) => sizeGib)).toEqual([200, 200, 200]);
    expect(volumes(play).map(({ id }) => tagsOf(play, id))).toEqual(strangers);
  });

  test('true: a volume on a person’s instance stays, is left, and can be deleted once it is free', async () => {
    const play = await openWithVolumes();
    const tags = { 'holdfast:node-id': play.nodeId, 'holdfast:deployment': 'Holdfast' };
    const stranger = await launchByHand(play, tags);
    await remove(play, DELETE);

    const [volume] = volumes(play).filter(({ sizeGib }) => sizeGib === 200);
    expect(volumes(play).filter(({ sizeGib }) => sizeGib === 100)).toEqual([]);
    expect(tagsOf(play, volume?.id)).toMatchObject({ 'holdfast:left-by': play.nodeId });
    await play.passSeconds(60);
    const deleteIt = () => play.ask((service) => service.resources.delete(play.nodeId, volume?.id ?? ''));
    await expect(deleteIt()).rejects.toThrow(`is in use (${stranger} uses it)`);
    await terminateByHand(play, stranger);
    await deleteIt();
    expect(volumes(play)).toEqual([]);
  });

  test('true: an instance that is left running keeps its volumes, and the others are deleted', async () => {
    const play = await openWithVolumes();
    const { instance } = await play.node();
    await remove(play, { ...DELETE, shouldTerminateInstance: false });

    expect(new Set(volumes(play).map(({ attachment }) => attachment?.instanceId))).toEqual(new Set([instance?.id]));
    await play.passSeconds(60);
    const left = await play.ask((service) => service.resources.ofNode(play.nodeId));
    expect(left.map(({ kind, leftBy }) => ({ kind, leftBy }))).toEqual(
      ['elasticIp', 'interface', 'instance', 'volume', 'volume'].map((kind) => ({ kind, leftBy: play.nodeId })),
    );
    for (const { id } of left) {
      await expect(play.ask((service) => service.resources.delete(play.nodeId, id))).rejects.toThrow(
        /in use|left running on purpose|releases no Elastic IP/,
      );
    }
    expect(play.liveInstanceIds()).toEqual([instance?.id]);
  });
});

test('a time to live: everything is left, and the reconciler deletes it once the time is over and it is free', async () => {
  const play = await openWithVolumes();
  const { identity } = await play.node();
  const leave = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: false, shouldDeleteVolumes: false };
  await remove(play, { ...leave, interfacesTtlHours: 1, volumesTtlHours: 2 });
  expect(play.interfaceIds()).toEqual([identity.interfaceId]);
  expect(volumes(play)).toHaveLength(2);

  await play.passSeconds(50 * 60);
  await expect(play.reconcile()).resolves.toMatchObject({ expired: [] });
  await play.passSeconds(20 * 60);
  await expect(play.reconcile()).resolves.toMatchObject({ expired: [identity.interfaceId] });
  expect(play.interfaceIds()).toEqual([]);

  const [used, free] = volumes(play);
  const attachment = { instanceId: 'i-of-a-person', deviceName: '/dev/sdf', deleteOnTermination: false };
  used!.attachment = attachment;
  await play.passSeconds(60 * 60);
  await expect(play.reconcile()).resolves.toMatchObject({ expired: [free?.id] });
  delete used!.attachment;
  await expect(play.reconcile()).resolves.toMatchObject({ expired: [used?.id] });
  expect(volumes(play)).toEqual([]);
});

/** The calls of the step that releases the node, without those of the steps before it. */
const CALLS = ['DeleteNetworkInterface', 'DescribeVolumes', 'DeleteVolume'];

describe.each(CALLS)('%s', (command) => {
  test.each<Fault>([
    { kind: 'crash-before' },
    { kind: 'crash-after' },
    { kind: 'error-before' },
    { kind: 'error-after' },
    { kind: 'throttle' },
  ])('$kind: the deletion is continued, and nothing is left over', async (fault) => {
    const play = await openWithVolumes();
    let struck = false;
    play.fault = (called) => {
      if (struck || called !== command) return undefined;
      struck = true;
      return fault;
    };
    await remove(play, DELETE);

    expect(struck).toBe(true);
    expect(volumes(play)).toEqual([]);
    expect(play.interfaceIds()).toEqual([]);
    expect(await play.settle(play.sandbox.node(play.nodeId))).toBeUndefined();
    expect(await play.claims()).toEqual([]);
  });
});

test('a refusal to delete a volume leaves the deletion in ERROR, and it is tried again until the volume is gone', async () => {
  const play = await openWithVolumes();
  play.fault = (command) =>
    command === 'DeleteVolume' ? { kind: 'refuse', code: 'VolumeInUse', message: 'It is in use.' } : undefined;
  await remove(play, DELETE);
  expect(await play.node()).toMatchObject({ status: 'ERROR', failure: { operation: 'delete' } });
  // Another node may use the addresses, which a volume does not hold.
  expect(await play.claims()).toEqual([]);

  play.fault = () => undefined;
  await play.passSeconds(120);
  await play.reconcile();
  expect(await play.settle(play.sandbox.node(play.nodeId))).toBeUndefined();
  expect(volumes(play)).toEqual([]);
});
