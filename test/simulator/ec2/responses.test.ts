/** The members that every real response has, independent of the request. */
import { DescribeInstanceStatusCommand, DescribeVolumesCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { Lab, PAGES, rule } from './lab';

const METADATA = PAGES.api('InstanceMetadataOptionsResponse');

describe('an instance', () => {
  rule('has default settings if the launch gives none', PAGES.api('Instance'), async () => {
    const lab = new Lab();
    const instanceId = await lab.launchRunning();
    const { Volumes: [volume] = [] } = await lab.send(new DescribeVolumesCommand({}));
    expect(await lab.instance(instanceId)).toMatchObject({
      Monitoring: { State: 'disabled' },
      MetadataOptions: {
        State: 'applied',
        HttpTokens: 'optional',
        HttpPutResponseHopLimit: 1,
        HttpEndpoint: 'enabled',
        HttpProtocolIpv6: 'disabled',
        InstanceMetadataTags: 'disabled',
      },
      RootDeviceName: '/dev/xvda',
      RootDeviceType: 'ebs',
      BlockDeviceMappings: [
        { DeviceName: '/dev/xvda', Ebs: { VolumeId: volume?.VolumeId, Status: 'attached', DeleteOnTermination: true } },
      ],
      NetworkInterfaces: [{ Attachment: { DeviceIndex: 0, Status: 'attached', DeleteOnTermination: true } }],
      ClientToken: '',
      SpotInstanceRequestId: expect.stringMatching(/^sir-[0-9a-f]{8}$/),
      StateTransitionReason: '',
    });
  });

  rule('shows the client token of its launch', PAGES.api('Instance'), async () => {
    const lab = new Lab();
    expect(await lab.instance(await lab.launch({ ClientToken: 'one' }))).toMatchObject({ ClientToken: 'one' });
  });

  rule('monitoring is pending until it runs', PAGES.api('Monitoring'), async () => {
    const lab = new Lab();
    const input = lab.launchInput({ SubnetId: lab.subnetId, Monitoring: { Enabled: true } });
    const { Instances: [launched] = [] } = await lab.send(new RunInstancesCommand(input));
    expect(launched?.Monitoring).toEqual({ State: 'pending' });
    await lab.passSeconds(10);
    expect((await lab.instance(launched?.InstanceId ?? '')).Monitoring).toEqual({ State: 'enabled' });
  });

  rule('metadata options are pending until it runs', METADATA, async () => {
    const lab = new Lab();
    const instanceId = await lab.launch({ MetadataOptions: { HttpTokens: 'required' } });
    const seen = async () => (await lab.instance(instanceId)).MetadataOptions;
    expect(await seen()).toMatchObject({ State: 'pending', HttpTokens: 'required' });
    await lab.passSeconds(10);
    expect(await seen()).toMatchObject({ State: 'applied', HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
  });

  rule('loses its volumes when it is terminated', PAGES.terminating, async () => {
    const lab = new Lab();
    const instanceId = await lab.launchRunning();
    await lab.terminate(instanceId);
    await lab.passSeconds(30);
    expect((await lab.instance(instanceId)).BlockDeviceMappings).toEqual([]);
  });
});

describe('an instance status', () => {
  const page = PAGES.api('InstanceStatus');
  const statusOf = async (lab: Lab, Filters: { Name: string; Values: string[] }[] = []) =>
    (await lab.send(new DescribeInstanceStatusCommand({ Filters }))).InstanceStatuses?.[0];

  rule('has a check of the attached volumes', page, async () => {
    const lab = new Lab();
    const instanceId = await lab.launchRunning();
    expect(await statusOf(lab)).toMatchObject({ AttachedEbsStatus: { Status: 'initializing' } });
    await lab.passSeconds(15);
    expect(await statusOf(lab)).toMatchObject({
      AttachedEbsStatus: { Status: 'ok', Details: [{ Name: 'reachability', Status: 'passed' }] },
    });
    lab.ec2.impairInstance(instanceId, { check: 'attached-ebs' });
    const byCheck = [{ Name: 'attached-ebs-status.status', Values: ['impaired'] }];
    expect(await statusOf(lab, byCheck)).toMatchObject({
      AttachedEbsStatus: { Status: 'impaired' },
      InstanceStatus: { Status: 'ok' },
      SystemStatus: { Status: 'ok' },
    });
  });
});

rule('a volume shows its type, IOPS and throughput', PAGES.api('Volume'), async () => {
  const lab = new Lab();
  const SnapshotId = lab.ec2.addSnapshot({ sizeGib: 10 });
  const Ebs = { SnapshotId, VolumeType: 'io2', Iops: 500 } as const;
  await lab.launch({ BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs }] });
  expect((await lab.send(new DescribeVolumesCommand({}))).Volumes).toMatchObject([
    { VolumeType: 'gp3', Iops: 3000, Throughput: 125, Size: 8, SnapshotId: '' },
    { VolumeType: 'io2', Iops: 500, Size: 10, SnapshotId },
  ]);
});

rule('an address shows its network border group', PAGES.api('Address'), async () => {
  const lab = new Lab();
  expect(await lab.address(await lab.allocate())).toMatchObject({ NetworkBorderGroup: 'us-east-1' });
});
