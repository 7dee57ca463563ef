/** Volumes that outlive the instances of a node. */
import { RunInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import type { Adjust, Play } from './play';

/** Every instance leaves a data volume of 100 GiB behind. Its root volume ends with it. */
export const leavingData: Adjust = (document) => ({
  ...document,
  compute: {
    ...document.compute,
    launchSpecification: {
      ...document.compute.launchSpecification,
      blockDeviceMappings: [{ deviceName: '/dev/sdf', ebs: { volumeSize: 100, deleteOnTermination: false } }],
    },
  },
});

/** Leaves a volume as an instance of the node would. Returns its id. */
export async function leaveVolume(play: Play, nodeId: string): Promise<string> {
  const { account, ec2 } = play.sandbox;
  // The node's own instance has volumes with these tags too.
  const before = new Set(ec2.world.volumes.keys());
  const tags = [
    { Key: 'holdfast:node-id', Value: nodeId },
    { Key: 'holdfast:deployment', Value: 'Holdfast' },
  ];
  const launch = new RunInstancesCommand({
    ImageId: account.arm64ImageId,
    InstanceType: 'm7g.large',
    MinCount: 1,
    MaxCount: 1,
    SubnetId: account.subnetIds[0],
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { DeleteOnTermination: false } }],
    TagSpecifications: [{ ResourceType: 'volume', Tags: tags }],
  });
  const { Instances: [launched] = [] } = await play.settle(ec2.client.send(launch));
  await play.passSeconds(60);
  const InstanceIds = [launched?.InstanceId ?? ''];
  await play.settle(ec2.client.send(new TerminateInstancesCommand({ InstanceIds })));
  await play.passSeconds(600);
  return [...ec2.world.volumes.keys()].find((id) => !before.has(id)) ?? '';
}
