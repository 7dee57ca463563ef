/** EBS volumes on the AWS SDK. */
import {
  DeleteVolumeCommand,
  DescribeVolumesCommand,
  type EC2Client,
  type Filter,
  type Volume,
} from '@aws-sdk/client-ec2';
import type { SeenVolume } from '../../domain/node/observations';
import { DEPLOYMENT_TAG, LEFT_BY_TAG, NODE_ID_TAG } from '../../domain/node/stateful-node';
import type { Volumes } from '../ports';
import { callEc2 } from './ec2-error';
import { allPages, PAGE_SIZE } from './ec2-pages';
import { freeTagsIn, leftMarksIn, nodeIdIn, tagged, valueIn } from './ec2-tags';

/** @param deployment the name that this deployment's volumes are tagged with */
export function ec2Volumes(ec2: Pick<EC2Client, 'send'>, deployment: string): Volumes {
  const list = (filter: Filter): Promise<readonly SeenVolume[]> =>
    allPages(async (NextToken) => {
      const Filters = [tagged(DEPLOYMENT_TAG, deployment), filter];
      const command = new DescribeVolumesCommand({ Filters, MaxResults: PAGE_SIZE, NextToken });
      const { Volumes = [], NextToken: next } = await ec2.send(command);
      return { items: Volumes.map((each) => seenVolume(each.VolumeId ?? '', each, deployment)), next };
    });
  return {
    observe: (volumeId) =>
      callEc2<SeenVolume | undefined>(
        async () => {
          const { Volumes: [found] = [] } = await ec2.send(new DescribeVolumesCommand({ VolumeIds: [volumeId] }));
          return found && seenVolume(volumeId, found, deployment);
        },
        { 'not-found': () => undefined },
      ),

    ofNode: (nodeId) => list(tagged(NODE_ID_TAG, nodeId)),
    left: () => list({ Name: 'tag-key', Values: [LEFT_BY_TAG] }),

    delete: (volumeId) =>
      callEc2(
        async () => {
          await ec2.send(new DeleteVolumeCommand({ VolumeId: volumeId }));
        },
        { 'not-found': () => undefined },
      ),
  };
}

function seenVolume(id: string, { State, Tags = [], Attachments = [] }: Volume, deployment: string): SeenVolume {
  // The node's tag alone proves nothing: a person may have copied it from another deployment.
  const isOurs = valueIn(Tags, DEPLOYMENT_TAG) === deployment;
  return {
    id,
    state: State ?? 'creating',
    nodeId: isOurs ? nodeIdIn(Tags) : undefined,
    instanceIds: Attachments.flatMap(({ InstanceId }) => InstanceId ?? []),
    deleteOnTermination: Attachments.some(({ DeleteOnTermination }) => DeleteOnTermination === true),
    ...leftMarksIn(Tags),
    ...freeTagsIn(Tags),
  };
}
