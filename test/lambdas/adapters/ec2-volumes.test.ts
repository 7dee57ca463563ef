import { DeleteVolumeCommand, DescribeVolumesCommand, EC2Client, EC2ServiceException } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { NotReady } from '../../../domain/errors';
import { ec2Volumes } from '../../../lambdas/adapters/ec2-volumes';
import { NODE_ID } from '../../domain/builders';

const VOLUME_ID = 'vol-0123456789abcdef0';
const ec2 = mockClient(EC2Client);
const volumes = ec2Volumes(new EC2Client({ region: 'eu-west-1' }), 'Holdfast');

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
          { Key: 'holdfast:deployment', Value: 'Holdfast' },
        ],
        Attachments: [{ InstanceId: 'i-1', DeleteOnTermination: true }],
      },
      seen: {
        state: 'in-use',
        nodeId: NODE_ID,
        instanceIds: ['i-1'],
        deleteOnTermination: true,
        tags: [{ key: 'Name', value: 'data' }],
      },
    },
    {
      name: 'left by a deletion',
      found: {
        State: 'available' as const,
        Tags: [
          { Key: 'holdfast:node-id', Value: NODE_ID },
          { Key: 'holdfast:deployment', Value: 'Holdfast' },
          { Key: 'holdfast:left-by', Value: NODE_ID },
          { Key: 'holdfast:expires-at', Value: '2026-11-07T08:00:00.000Z' },
        ],
      },
      seen: {
        state: 'available',
        nodeId: NODE_ID,
        instanceIds: [],
        deleteOnTermination: false,
        leftBy: NODE_ID,
        expiresAt: '2026-11-07T08:00:00.000Z',
      },
    },
    {
      name: "another deployment's, which counts as no node's",
      found: {
        State: 'available' as const,
        Tags: [
          { Key: 'holdfast:node-id', Value: NODE_ID },
          { Key: 'holdfast:deployment', Value: 'Another' },
        ],
      },
      seen: { state: 'available', nodeId: undefined, instanceIds: [], deleteOnTermination: false },
    },
    {
      name: 'free and without a node',
      found: { State: 'available' as const },
      seen: { state: 'available', nodeId: undefined, instanceIds: [], deleteOnTermination: false },
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

  it('of a node are listed over all pages, only those with both tags', async () => {
    ec2
      .on(DescribeVolumesCommand)
      .resolvesOnce({ Volumes: [{ VolumeId: 'vol-1' }], NextToken: 'next' })
      .resolvesOnce({ NextToken: 'last' })
      .resolves({ Volumes: [{ VolumeId: 'vol-2' }] });

    await expect(volumes.ofNode(NODE_ID)).resolves.toMatchObject([{ id: 'vol-1' }, { id: 'vol-2' }]);
    const Filters = [
      { Name: 'tag:holdfast:deployment', Values: ['Holdfast'] },
      { Name: 'tag:holdfast:node-id', Values: [NODE_ID] },
    ];
    expect(ec2.commandCalls(DescribeVolumesCommand).map(({ args }) => args[0].input)).toEqual(
      [undefined, 'next', 'last'].map((NextToken) => ({ Filters, MaxResults: 1000, NextToken })),
    );
  });

  it('that a deletion has left are listed by their tag', async () => {
    ec2.on(DescribeVolumesCommand).resolves({});

    await expect(volumes.left()).resolves.toEqual([]);
    expect(ec2.commandCalls(DescribeVolumesCommand)[0]?.args[0].input.Filters).toEqual([
      { Name: 'tag:holdfast:deployment', Values: ['Holdfast'] },
      { Name: 'tag-key', Values: ['holdfast:left-by'] },
    ]);
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
