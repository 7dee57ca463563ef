import {
  CreateTagsCommand,
  DeleteVolumeCommand,
  DescribeVolumesCommand,
  type BlockDeviceMapping,
  type DescribeVolumesCommandInput,
  type Volume,
} from '@aws-sdk/client-ec2';
import { Lab, PAGES, refusals, rule } from '../lab';

const MAPPINGS = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-device-mapping-concepts.html';
const TERMINATION = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/preserving-volumes-on-termination.html';
const DATA: BlockDeviceMapping = { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 100, DeleteOnTermination: false } };

async function volumesOf(lab: Lab, input: Partial<DescribeVolumesCommandInput> = {}): Promise<Volume[]> {
  return (await lab.send(new DescribeVolumesCommand(input))).Volumes ?? [];
}

const devices = (volumes: readonly Volume[]) => volumes.map(({ Attachments: [at] = [] }) => at?.Device);

describe('volumes of a launch', () => {
  rule("are the image's root device and the mappings, with the launch's volume tags", MAPPINGS, async () => {
    const lab = new Lab();
    const instanceId = await lab.launchRunning({
      BlockDeviceMappings: [DATA],
      TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'stage', Value: 'live' }] }],
    });
    const volumes = await volumesOf(lab);

    expect(devices(volumes)).toEqual(['/dev/xvda', '/dev/sdf']);
    expect(volumes[1]).toMatchObject({
      State: 'in-use',
      Size: 100,
      AvailabilityZone: 'us-east-1a',
      Attachments: [{ InstanceId: instanceId, State: 'attached', DeleteOnTermination: false }],
      Tags: [{ Key: 'stage', Value: 'live' }],
    });
  });

  rule("have the size and DeleteOnTermination of the root device's mapping", MAPPINGS, async () => {
    const lab = new Lab();
    const root = { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 30, DeleteOnTermination: false } };
    await lab.launchRunning({ BlockDeviceMappings: [root] });

    expect(await volumesOf(lab)).toMatchObject([{ Size: 30, Attachments: [{ DeleteOnTermination: false }] }]);
  });

  rule("have the size of the mapping's snapshot", MAPPINGS, async () => {
    const lab = new Lab();
    const SnapshotId = lab.ec2.addSnapshot({ sizeGib: 40 });
    await lab.launchRunning({ BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { SnapshotId } }] });

    expect((await volumesOf(lab)).map(({ Size }) => Size)).toEqual([8, 40]);
  });

  rule('do not exist for instance stores and suppressed devices', MAPPINGS, async () => {
    const lab = new Lab();
    const store = { DeviceName: '/dev/sdb', VirtualName: 'ephemeral0' };
    const leftOut = { DeviceName: '/dev/xvda', NoDevice: '' };
    await lab.launchRunning({ BlockDeviceMappings: [store, leftOut] });

    expect(await volumesOf(lab)).toEqual([]);
  });
});

describe('the end of an instance', () => {
  rule('deletes the volumes with DeleteOnTermination, and keeps the others', TERMINATION, async () => {
    const lab = new Lab();
    const instanceId = await lab.launchRunning({ BlockDeviceMappings: [DATA] });
    await lab.terminate(instanceId);

    expect(devices(await volumesOf(lab))).toEqual(['/dev/xvda', '/dev/sdf']);
    await lab.passSeconds(30);
    expect(await volumesOf(lab)).toMatchObject([{ State: 'available', Attachments: [], Size: 100 }]);
  });

  rule('by an interruption keeps them too', TERMINATION, async () => {
    const lab = new Lab();
    lab.ec2.interruptSpotInstance(await lab.launchRunning({ BlockDeviceMappings: [DATA] }));
    await lab.passSeconds(150);

    expect(await volumesOf(lab)).toMatchObject([{ State: 'available' }]);
  });
});

describe('a volume', () => {
  async function left(lab: Lab): Promise<string> {
    await lab.terminate(await lab.launchRunning({ BlockDeviceMappings: [DATA] }));
    await lab.passSeconds(30);
    const [volume] = await volumesOf(lab, { Filters: [{ Name: 'status', Values: ['available'] }] });
    return volume?.VolumeId ?? '';
  }

  rule('can be deleted when it is available', PAGES.api('DeleteVolume'), async () => {
    const lab = new Lab();
    await lab.send(new DeleteVolumeCommand({ VolumeId: await left(lab) }));

    expect(await volumesOf(lab)).toEqual([]);
  });

  rule('is found by its id, its instance, its zone and its tags', PAGES.api('DescribeVolumes'), async () => {
    const lab = new Lab();
    const volumeId = await left(lab);
    const instanceId = await lab.launchRunning();
    await lab.send(new CreateTagsCommand({ Resources: [volumeId], Tags: [{ Key: 'kept', Value: 'yes' }] }));
    const found = async (input: Partial<DescribeVolumesCommandInput>) => (await volumesOf(lab, input)).length;
    const by = (Name: string, value: string) => ({ Filters: [{ Name, Values: [value] }] });

    expect(await found({})).toBe(2);
    expect(await found({ VolumeIds: [volumeId] })).toBe(1);
    expect(await found(by('attachment.instance-id', instanceId))).toBe(1);
    expect(await found(by('availability-zone', 'us-east-1b'))).toBe(0);
    expect(await found(by('tag:kept', 'yes'))).toBe(1);
    expect(await found(by('volume-id', volumeId))).toBe(1);
  });

  refusals([
    {
      refused: 'deleting one in use',
      page: PAGES.errors,
      code: 'VolumeInUse',
      call: async (lab) => {
        await lab.launchRunning();
        const [root] = await volumesOf(lab);
        return lab.send(new DeleteVolumeCommand({ VolumeId: root?.VolumeId }));
      },
    },
    {
      refused: 'deleting an unknown one',
      page: PAGES.errors,
      code: 'InvalidVolume.NotFound',
      call: (lab) => lab.send(new DeleteVolumeCommand({ VolumeId: 'vol-0123456789abcdef0' })),
    },
    {
      refused: 'describing an id that is not a volume id',
      page: PAGES.errors,
      code: 'InvalidVolumeID.Malformed',
      call: (lab) => lab.send(new DescribeVolumesCommand({ VolumeIds: ['volume-1'] })),
    },
  ]);
});
