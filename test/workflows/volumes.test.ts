/** Volumes that outlive a node's instances, and are deleted through the API. */
import { CreateTagsCommand, RunInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { leavingData } from './left-volumes';
import { plays, type Play } from './play';

const open = plays();

const volumes = (play: Play) => [...play.sandbox.ec2.world.volumes.values()];
const dataVolumes = (play: Play) => volumes(play).filter(({ sizeGib }) => sizeGib === 100);
const leftVolumeId = (play: Play) => dataVolumes(play).find(({ attachment }) => attachment === undefined)?.id ?? '';

const deleteVolume = (play: Play, volumeId: string) =>
  play.ask((service) => service.deleteVolume(play.nodeId, volumeId));

test('a volume that an interruption left is deleted, and the log says so', async () => {
  const play = await open();
  await play.create(leavingData);
  await play.interrupt();
  await play.untilIdle();
  expect(dataVolumes(play)).toHaveLength(2);
  const volumeId = leftVolumeId(play);
  await deleteVolume(play, volumeId);

  expect(dataVolumes(play).map(({ attachment }) => attachment !== undefined)).toEqual([true]);
  const { entries } = await play.settle(play.service.log(play.nodeId, { limit: 1000 }));
  expect(entries.map(({ message }) => message)).toContain(`volume ${volumeId} deleted`);
});

test('a volume in use is refused, and stays', async () => {
  const play = await open();
  await play.create(leavingData);
  const [volume] = dataVolumes(play);

  await expect(deleteVolume(play, volume?.id ?? '')).rejects.toThrow(/in use by i-/);
  expect(dataVolumes(play)).toHaveLength(1);
});

test('a volume of another node is refused like one that does not exist, and stays', async () => {
  const play = await open();
  await play.create();
  const { client } = play.sandbox.ec2;
  const launch = new RunInstancesCommand({
    ImageId: play.sandbox.account.arm64ImageId,
    InstanceType: 'm7g.large',
    MinCount: 1,
    MaxCount: 1,
    SubnetId: play.sandbox.account.subnetIds[0],
    BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 100, DeleteOnTermination: false } }],
  });
  const { Instances: [stranger] = [] } = await play.settle(client.send(launch));
  await play.passSeconds(60);
  const [volume] = dataVolumes(play);
  const tags = [{ Key: 'holdfast:node-id', Value: 'smi-ffffffff' }];
  await play.settle(client.send(new CreateTagsCommand({ Resources: [volume?.id ?? ''], Tags: tags })));
  await play.settle(client.send(new TerminateInstancesCommand({ InstanceIds: [stranger?.InstanceId ?? ''] })));
  await play.passSeconds(600);

  await expect(deleteVolume(play, volume?.id ?? '')).rejects.toThrow(/is no volume of smi-/);
  await expect(deleteVolume(play, 'vol-0123456789abcdef0')).rejects.toThrow(/is no volume of smi-/);
  expect(dataVolumes(play)).toHaveLength(1);
});
