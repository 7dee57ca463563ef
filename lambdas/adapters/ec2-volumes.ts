/** EBS volumes on the AWS SDK. */
import { DeleteVolumeCommand, DescribeVolumesCommand, type EC2Client, type Volume } from '@aws-sdk/client-ec2';
import type { SeenVolume } from '../../domain/node/observations';
import { NODE_ID_TAG } from '../../domain/node/stateful-node';
import type { Volumes } from '../ports';
import { callEc2 } from './ec2-error';

export function ec2Volumes(ec2: Pick<EC2Client, 'send'>): Volumes {
  return {
    observe: (volumeId) =>
      callEc2<SeenVolume | undefined>(
        async () => {
          const { Volumes: [found] = [] } = await ec2.send(new DescribeVolumesCommand({ VolumeIds: [volumeId] }));
          return found && seenVolume(volumeId, found);
        },
        { 'not-found': () => undefined },
      ),

    delete: (volumeId) =>
      callEc2(
        async () => {
          await ec2.send(new DeleteVolumeCommand({ VolumeId: volumeId }));
        },
        { 'not-found': () => undefined },
      ),
  };
}

function seenVolume(id: string, { State, Tags = [], Attachments = [] }: Volume): SeenVolume {
  return {
    id,
    state: State ?? 'creating',
    nodeId: Tags.find(({ Key }) => Key === NODE_ID_TAG)?.Value,
    instanceIds: Attachments.flatMap(({ InstanceId }) => InstanceId ?? []),
  };
}
