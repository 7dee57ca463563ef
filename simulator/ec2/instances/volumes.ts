/**
 * EBS volumes. A launch creates them from the image's root device and the mappings. They are deleted or kept when the
 * instance ends.
 *
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-device-mapping-concepts.html,
 * https://docs.aws.amazon.com/ebs/latest/userguide/ebs-deleting-volume.html
 */
import type {
  DeleteVolumeRequest,
  DescribeVolumesCommandOutput,
  DescribeVolumesRequest,
  InstanceBlockDeviceMapping,
  Volume as Described,
} from '@aws-sdk/client-ec2';
import type { PlannedVolume } from './block-devices';
import { describe, type FilterTable } from '../requests/describe';
import { ec2Error } from '../requests/ec2-error';
import { find } from '../requests/lookup';
import { allowOnly, required, type Without$metadata } from '../requests/parameters';
import type { Simulation } from '../ec2-state';
import { seenTags, tagList } from '../requests/tags';
import type { Instance, Volume } from '../world';

export class Volumes {
  constructor(private readonly simulation: Simulation) {}

  /** Creates a new instance's volumes, with the launch's volume tags. They become visible with the instance. */
  addAtLaunch(instance: Instance, planned: readonly PlannedVolume[]): void {
    const { simulation } = this;
    for (const { deviceName, deleteOnTermination, ...plan } of planned) {
      const volume: Volume = {
        id: simulation.newId('vol'),
        ordinal: simulation.nextOrdinal(),
        tags: { current: { ...instance.volumeTags }, previous: {}, visibleAt: instance.visibleAt },
        availabilityZone: instance.availabilityZone,
        ...plan,
        createdAt: simulation.now(),
        visibleAt: instance.visibleAt,
        attachment: { instanceId: instance.id, deviceName, deleteOnTermination },
      };
      simulation.world.volumes.set(volume.id, volume);
    }
  }

  /** Deletes or detaches each volume of an instance, as its mapping says. */
  instanceTerminated(instanceId: string): void {
    const { volumes } = this.simulation.world;
    for (const { id, attachment } of volumes.values()) {
      if (attachment?.instanceId !== instanceId) continue;
      if (attachment.deleteOnTermination) volumes.delete(id);
      // Got by id, because it is changed (see World).
      else delete volumes.get(id)?.attachment;
    }
  }

  delete(input: DeleteVolumeRequest): object {
    allowOnly('DeleteVolume', input, ['DryRun', 'VolumeId']);
    const { id, attachment } = find(this.simulation, 'volumes', required(input.VolumeId, 'VolumeId'));
    if (attachment !== undefined) {
      throw ec2Error('VolumeInUse', `Volume ${id} is currently attached to ${attachment.instanceId}`);
    }
    this.simulation.world.volumes.delete(id);
    return {};
  }

  describe(input: DescribeVolumesRequest, pageSize: number): Without$metadata<DescribeVolumesCommandOutput> {
    allowOnly('DescribeVolumes', input, ['DryRun', 'Filters', 'MaxResults', 'NextToken', 'VolumeIds']);
    const query = {
      operation: 'DescribeVolumes',
      ids: input.VolumeIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
      pageSize,
    };
    const { items, nextToken } = describe(this.simulation, 'volumes', query, FILTERS);
    return { Volumes: items.map((volume) => this.shape(volume)), NextToken: nextToken };
  }

  /** The volumes of an instance as DescribeInstances lists them. */
  mappingsOf(instanceId: string): InstanceBlockDeviceMapping[] {
    const found: InstanceBlockDeviceMapping[] = [];
    for (const { id, createdAt, attachment } of this.simulation.world.volumes.values()) {
      if (attachment?.instanceId !== instanceId) continue;
      found.push({
        DeviceName: attachment.deviceName,
        Ebs: {
          VolumeId: id,
          Status: 'attached',
          AttachTime: new Date(createdAt),
          DeleteOnTermination: attachment.deleteOnTermination,
        },
      });
    }
    return found;
  }

  private shape(volume: Volume): Described {
    const { attachment } = volume;
    return {
      VolumeId: volume.id,
      AvailabilityZone: volume.availabilityZone,
      CreateTime: new Date(volume.createdAt),
      Size: volume.sizeGib,
      VolumeType: volume.volumeType,
      SnapshotId: volume.snapshotId ?? '',
      ...(volume.iops !== undefined && { Iops: volume.iops }),
      ...(volume.throughput !== undefined && { Throughput: volume.throughput }),
      State: stateOf(volume),
      Attachments:
        attachment === undefined
          ? []
          : [
              {
                VolumeId: volume.id,
                InstanceId: attachment.instanceId,
                Device: attachment.deviceName,
                State: 'attached',
                DeleteOnTermination: attachment.deleteOnTermination,
              },
            ],
      Tags: tagList(seenTags(this.simulation, volume)),
    };
  }
}

const FILTERS: FilterTable<Volume> = {
  'attachment.instance-id': ({ attachment }) => [attachment?.instanceId],
  'availability-zone': ({ availabilityZone }) => [availabilityZone],
  status: (volume) => [stateOf(volume)],
  'volume-id': ({ id }) => [id],
};

function stateOf({ attachment }: Volume): 'in-use' | 'available' {
  return attachment === undefined ? 'available' : 'in-use';
}
