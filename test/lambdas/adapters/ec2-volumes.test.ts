import { DeleteVolumeCommand, DescribeVolumesCommand, EC2Client, EC2ServiceException } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { NotReady } from '../../../domain/errors';
import { ec2Volumes } from '../../../lambdas/adapters/ec2-volumes';
import { NODE_ID } from '../../domain/builders';

const VOLUME_ID = 'vol-0123456789abcdef0';
const ec2 = mockClient(EC2Client);
const volumes = ec2Volumes(new EC2Client({ region: 'eu-west-1' }));

beforeEach(() => ec2.reset());

function answered(name: string): EC2ServiceException {
  return new EC2ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode: 400 }, message: 'because' });
}

describe('Volumes', () => {
  it.each([
    {
      name: 'in use',
      found: {
        State: 'in-use' as const,
        Tags: [
          { Key: 'Name', Value: 'data' },
          { Key: 'holdfast:node-id', Value: NODE_ID },
        ],
        Attachments: [{ InstanceId: 'i-1' }],
      },
      seen: { state: 'in-use', nodeId: NODE_ID, instanceIds: ['i-1'] },
    },
    {
      name: 'free and without a node',
      found: { State: 'available' as const },
      seen: { state: 'available', nodeId: undefined, instanceIds: [] },
    },
  ])('are observed: $name', async ({ found, seen }) => {
    ec2.on(DescribeVolumesCommand).resolves({ Volumes: [{ VolumeId: VOLUME_ID, ...found }] });

    await expect(volumes.observe(VOLUME_ID)).resolves.toEqual({ id: VOLUME_ID, ...seen });
    expect(ec2.commandCalls(DescribeVolumesCommand)[0]?.args[0].input).toEqual({ VolumeIds: [VOLUME_ID] });
  });

  it('that EC2 does not know are undefined', async () => {
    ec2.on(DescribeVolumesCommand).rejects(answered('InvalidVolume.NotFound'));

    await expect(volumes.observe(VOLUME_ID)).resolves.toBeUndefined();
  });

  it('are deleted, and deleting one that is gone does nothing', async () => {
    ec2.on(DeleteVolumeCommand).resolvesOnce({}).rejects(answered('InvalidVolume.NotFound'));
    await volumes.delete(VOLUME_ID);
    await volumes.delete(VOLUME_ID);

    expect(ec2.commandCalls(DeleteVolumeCommand).map(({ args }) => args[0].input)).toEqual([
      { VolumeId: VOLUME_ID },
      { VolumeId: VOLUME_ID },
    ]);
  });

  it('are not deleted if they are attached again meanwhile', async () => {
    ec2.on(DeleteVolumeCommand).rejects(answered('VolumeInUse'));

    await expect(volumes.delete(VOLUME_ID)).rejects.toThrow(NotReady);
  });
});
