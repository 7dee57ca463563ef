import {
  DescribeInstancesCommand,
  EC2Client,
  EC2ServiceException,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type Instance,
} from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { InterfaceNotFree, NotYetVisible, RequestRejected, ServiceUnavailable } from '../../../domain/errors';
import { ec2Instances } from '../../../lambdas/adapters/ec2-instances';
import { aLaunchRequest, INTERFACE_ID, NODE_ID, REPLACEMENT_ID, SUBNET_A } from '../../domain/builders';
import { DEPLOYMENT } from '../runtime';

const ec2 = mockClient(EC2Client);
/** How a pool's refusal is read. The code is EC2's own. */
const refused = (because: string, of = 'pool') => ({ kind: 'refused', refusal: { because, of, message: 'because' } });
const instances = ec2Instances(new EC2Client({ region: 'eu-west-1' }), DEPLOYMENT);

beforeEach(() => ec2.reset());

function answered(name: string, httpStatusCode = 400): EC2ServiceException {
  return new EC2ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode }, message: 'because' });
}

const running: Instance = {
  InstanceId: REPLACEMENT_ID,
  State: { Name: 'running' },
  ImageId: 'ami-0123456789abcdef0',
  InstanceType: 'm7g.large',
  InstanceLifecycle: 'spot',
  SubnetId: SUBNET_A,
  Placement: { AvailabilityZone: 'eu-west-1a' },
  LaunchTime: new Date('2026-11-03T10:00:20.000Z'),
};
const seenRunning = {
  id: REPLACEMENT_ID,
  state: 'running',
  imageId: 'ami-0123456789abcdef0',
  instanceType: 'm7g.large',
  lifeCycle: 'spot',
  subnetId: SUBNET_A,
  availabilityZone: 'eu-west-1a',
  launchedAt: '2026-11-03T10:00:20.000Z',
};

describe('Observing an instance', () => {
  it('asks for it by its id', async () => {
    ec2.on(DescribeInstancesCommand).resolves({ Reservations: [{ Instances: [running] }] });

    await expect(instances.observe(REPLACEMENT_ID)).resolves.toEqual(seenRunning);
    expect(ec2.commandCalls(DescribeInstancesCommand)[0]?.args[0].input).toEqual({ InstanceIds: [REPLACEMENT_ID] });
  });

  it('finds it in any reservation', async () => {
    const Reservations = [{}, { Instances: [] }, { Instances: [running] }];
    ec2.on(DescribeInstancesCommand).resolves({ Reservations });

    await expect(instances.observe(REPLACEMENT_ID)).resolves.toEqual(seenRunning);
  });

  it('reads an instance without a life cycle as on-demand, and one without a state as pending', async () => {
    const { InstanceLifecycle: _spot, State: _state, ...bare } = running;
    ec2.on(DescribeInstancesCommand).resolves({ Reservations: [{ Instances: [bare] }] });

    await expect(instances.observe(REPLACEMENT_ID)).resolves.toMatchObject({
      lifeCycle: 'on_demand',
      state: 'pending',
    });
  });

  it.each([
    {
      name: 'a volume that ends with it',
      volumes: [{ VolumeId: 'vol-1', DeleteOnTermination: true }],
      kept: undefined,
    },
    { name: 'one that outlives it', volumes: [{ VolumeId: 'vol-1', DeleteOnTermination: false }], kept: ['vol-1'] },
    { name: 'one of which EC2 does not say it', volumes: [{ VolumeId: 'vol-1' }], kept: ['vol-1'] },
    {
      name: 'one of each',
      volumes: [
        { VolumeId: 'vol-1', DeleteOnTermination: true },
        { VolumeId: 'vol-2', DeleteOnTermination: false },
      ],
      kept: ['vol-2'],
    },
    { name: 'a device without a volume', volumes: [undefined], kept: undefined },
  ])('reads the volumes that outlive it: $name', async ({ volumes, kept }) => {
    const BlockDeviceMappings = volumes.map((Ebs) => ({ DeviceName: '/dev/xvda', Ebs }));
    ec2.on(DescribeInstancesCommand).resolves({ Reservations: [{ Instances: [{ ...running, BlockDeviceMappings }] }] });

    await expect(instances.observe(REPLACEMENT_ID)).resolves.toEqual({ ...seenRunning, keptVolumeIds: kept });
  });

  it.each([
    { name: 'no reservations', answer: {} },
    { name: 'none', answer: { Reservations: [] } },
    { name: 'empty ones', answer: { Reservations: [{}, { Instances: [] }] } },
  ])('returns undefined if EC2 answers $name', async ({ answer }) => {
    ec2.on(DescribeInstancesCommand).resolves(answer);

    await expect(instances.observe(REPLACEMENT_ID)).resolves.toBeUndefined();
  });

  it('returns undefined if EC2 knows no such instance', async () => {
    ec2.on(DescribeInstancesCommand).rejects(answered('InvalidInstanceID.NotFound'));

    await expect(instances.observe(REPLACEMENT_ID)).resolves.toBeUndefined();
  });

  it('does not take an outage for an answer', async () => {
    ec2.on(DescribeInstancesCommand).rejects(answered('InternalError', 500));

    await expect(instances.observe(REPLACEMENT_ID)).rejects.toThrow(ServiceUnavailable);
  });
});

describe('Finding the instance launched under a client token', () => {
  it.each([
    { name: 'an instance', Reservations: [{}, { Instances: [running] }], found: seenRunning },
    { name: 'nothing', Reservations: [], found: undefined },
    { name: 'no list', Reservations: undefined, found: undefined },
  ])('$name', async ({ Reservations, found }) => {
    ec2.on(DescribeInstancesCommand).resolves({ Reservations });

    await expect(instances.launchedBy('the token')).resolves.toEqual(found);
    expect(ec2.commandCalls(DescribeInstancesCommand)[0]?.args[0].input).toEqual({
      Filters: [{ Name: 'client-token', Values: ['the token'] }],
    });
  });

  it('does not take an outage for an answer', async () => {
    ec2.on(DescribeInstancesCommand).rejects(answered('InternalError', 500));

    await expect(instances.launchedBy('the token')).rejects.toThrow(ServiceUnavailable);
  });
});

describe('Launching an instance', () => {
  const tags = [
    { Key: 'holdfast:node-id', Value: NODE_ID },
    { Key: 'holdfast:generation', Value: '4' },
    { Key: 'holdfast:deployment', Value: DEPLOYMENT },
    { Key: 'holdfast:request', Value: `${NODE_ID}-4-0` },
  ];
  const TagSpecifications = [
    { ResourceType: 'instance', Tags: tags },
    { ResourceType: 'volume', Tags: tags },
  ];
  const spot = {
    MarketType: 'spot',
    SpotOptions: { SpotInstanceType: 'one-time', InstanceInterruptionBehavior: 'terminate' },
  };
  const cold = [{ DeviceIndex: 0, NetworkInterfaceId: INTERFACE_ID, DeleteOnTermination: false }];
  const onDemandPool = { instanceType: 'm6g.large', subnetId: SUBNET_A, lifeCycle: 'on_demand' as const };
  const required = { ClientToken: `${NODE_ID}-4-0`, MinCount: 1, MaxCount: 1, ImageId: 'ami-00000000000000001' };

  it.each([
    {
      name: 'cold, spot',
      request: aLaunchRequest(),
      input: { InstanceType: 'm7g.large', InstanceMarketOptions: spot, NetworkInterfaces: cold },
    },
    {
      name: 'cold, on-demand',
      request: aLaunchRequest({ pool: onDemandPool }),
      input: { InstanceType: 'm6g.large', NetworkInterfaces: cold },
    },
    {
      name: 'hot, spot',
      request: aLaunchRequest({ interfaceId: undefined, associatePublicIpAddress: true }),
      input: {
        InstanceType: 'm7g.large',
        InstanceMarketOptions: spot,
        NetworkInterfaces: [
          {
            DeviceIndex: 0,
            SubnetId: SUBNET_A,
            Groups: ['sg-00000000000000001'],
            AssociatePublicIpAddress: true,
            DeleteOnTermination: true,
          },
        ],
      },
    },
    {
      name: 'hot, on-demand',
      request: aLaunchRequest({ interfaceId: undefined, pool: onDemandPool }),
      input: {
        InstanceType: 'm6g.large',
        NetworkInterfaces: [
          { DeviceIndex: 0, SubnetId: SUBNET_A, Groups: ['sg-00000000000000001'], DeleteOnTermination: true },
        ],
      },
    },
  ])('$name: asks for exactly this', async ({ request, input }) => {
    ec2.on(RunInstancesCommand).resolves({ Instances: [running] });

    await expect(instances.launch(request)).resolves.toEqual({ kind: 'launched', instance: seenRunning });
    expect(ec2.commandCalls(RunInstancesCommand)[0]?.args[0].input).toEqual({
      ...required,
      ...input,
      TagSpecifications,
    });
  });

  it('tags the volumes as the request says, and with the deployment and the request', async () => {
    ec2.on(RunInstancesCommand).resolves({ Instances: [running] });
    await instances.launch(aLaunchRequest({ volumeTags: [{ key: 'team', value: 'ledger' }] }));

    expect(ec2.commandCalls(RunInstancesCommand)[0]?.args[0].input.TagSpecifications).toEqual([
      { ResourceType: 'instance', Tags: tags },
      { ResourceType: 'volume', Tags: [{ Key: 'team', Value: 'ledger' }, ...tags.slice(-2)] },
    ]);
  });

  it('passes on everything that a launch may ask for', async () => {
    ec2.on(RunInstancesCommand).resolves({ Instances: [running] });
    await instances.launch(
      aLaunchRequest({
        keyPair: 'ops',
        userData: 'IyEvYmluL3No',
        iamRole: { name: 'ledger' },
        ebsOptimized: true,
        monitoring: false,
        tenancy: 'dedicated',
        cpuCredits: 'unlimited',
        metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 2, instanceMetadataTags: 'enabled' },
        blockDeviceMappings: [
          {
            deviceName: '/dev/xvda',
            ebs: {
              deleteOnTermination: true,
              encrypted: true,
              iops: 3000,
              kmsKeyId: 'alias/data',
              snapshotId: 'snap-0001',
              throughput: 125,
              volumeSize: 20,
              volumeType: 'gp3',
            },
          },
          { deviceName: '/dev/sdb', noDevice: '' },
          { deviceName: '/dev/sdc', virtualName: 'ephemeral0' },
        ],
      }),
    );

    expect(ec2.commandCalls(RunInstancesCommand)[0]?.args[0].input).toEqual({
      ...required,
      InstanceType: 'm7g.large',
      InstanceMarketOptions: spot,
      NetworkInterfaces: cold,
      TagSpecifications,
      KeyName: 'ops',
      UserData: 'IyEvYmluL3No',
      IamInstanceProfile: { Name: 'ledger' },
      EbsOptimized: true,
      Monitoring: { Enabled: false },
      Placement: { Tenancy: 'dedicated' },
      CreditSpecification: { CpuCredits: 'unlimited' },
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2, InstanceMetadataTags: 'enabled' },
      BlockDeviceMappings: [
        {
          DeviceName: '/dev/xvda',
          Ebs: {
            DeleteOnTermination: true,
            Encrypted: true,
            Iops: 3000,
            KmsKeyId: 'alias/data',
            SnapshotId: 'snap-0001',
            Throughput: 125,
            VolumeSize: 20,
            VolumeType: 'gp3',
          },
        },
        { DeviceName: '/dev/sdb', NoDevice: '' },
        { DeviceName: '/dev/sdc', VirtualName: 'ephemeral0' },
      ],
    });
  });

  it("gets values that are written in any case in EC2's own", async () => {
    ec2.on(RunInstancesCommand).resolves({ Instances: [running] });
    await instances.launch(
      aLaunchRequest({
        metadataOptions: { instanceMetadataTags: 'Disabled' },
        blockDeviceMappings: [{ deviceName: '/dev/xvdcz', ebs: { volumeType: 'IO1', iops: 100 } }],
      }),
    );

    expect(ec2.commandCalls(RunInstancesCommand)[0]?.args[0].input).toMatchObject({
      MetadataOptions: { InstanceMetadataTags: 'disabled' },
      BlockDeviceMappings: [{ DeviceName: '/dev/xvdcz', Ebs: { VolumeType: 'io1', Iops: 100 } }],
    });
  });

  it.each([
    { code: 'UnfulfillableCapacity', outcome: refused('capacity') },
    // EC2 answers this with a 500, as if it had failed itself.
    { code: 'InsufficientInstanceCapacity', status: 500, outcome: refused('capacity') },
    { code: 'InsufficientFreeAddressesInSubnet', outcome: refused('capacity', 'subnet') },
    { code: 'Unsupported', outcome: refused('unsuitable') },
    { code: 'InstanceCreditSpecification.NotSupported', outcome: refused('unsuitable') },
    { code: 'MaxSpotInstanceCountExceeded', outcome: refused('quota') },
    { code: 'VolumeLimitExceeded', outcome: refused('quota') },
    { code: 'IdempotentParameterMismatch', outcome: { kind: 'token-used' } },
    { code: 'IdempotentInstanceTerminated', outcome: { kind: 'token-spent' } },
    { code: 'InvalidNetworkInterfaceID.NotFound', outcome: { kind: 'interface-missing' } },
  ])('$code is an answer, not an error', async ({ code, status, outcome }) => {
    ec2.on(RunInstancesCommand).rejects(answered(code, status));

    const expected = 'refusal' in outcome ? { ...outcome, refusal: { ...outcome.refusal, code } } : outcome;
    await expect(instances.launch(aLaunchRequest())).resolves.toEqual(expected);
  });

  it.each([
    { code: 'InvalidNetworkInterface.InUse', ErrorClass: InterfaceNotFree },
    // The API has checked that they exist, and EC2 may show them late.
    { code: 'InvalidAMIID.NotFound', ErrorClass: NotYetVisible },
    { code: 'InvalidGroup.NotFound', ErrorClass: NotYetVisible },
    { code: 'InvalidInstanceID.NotFound', ErrorClass: NotYetVisible },
    { code: 'UnauthorizedOperation', ErrorClass: RequestRejected },
    { code: 'AuthFailure.ServiceLinkedRoleCreationNotPermitted', ErrorClass: RequestRejected },
  ])('$code is an error', async ({ code, ErrorClass }) => {
    ec2.on(RunInstancesCommand).rejects(answered(code));

    await expect(instances.launch(aLaunchRequest())).rejects.toThrow(ErrorClass);
  });

  it('an answer without an instance is an error', async () => {
    ec2.on(RunInstancesCommand).resolves({ Instances: [] });

    await expect(instances.launch(aLaunchRequest())).rejects.toThrow(RequestRejected);
  });
});

describe('Terminating an instance', () => {
  it('does nothing if EC2 knows no such instance', async () => {
    ec2.on(TerminateInstancesCommand).rejects(answered('InvalidInstanceID.NotFound'));

    await expect(instances.terminate(REPLACEMENT_ID)).resolves.toBeUndefined();
  });

  it.each(['OperationNotPermitted', 'UnauthorizedOperation'])('fails if it is not permitted: %s', async (code) => {
    ec2.on(TerminateInstancesCommand).rejects(answered(code));

    await expect(instances.terminate(REPLACEMENT_ID)).rejects.toThrow(RequestRejected);
  });

  it('names only that instance', async () => {
    ec2.on(TerminateInstancesCommand).resolves({});
    await instances.terminate(REPLACEMENT_ID);

    expect(ec2.commandCalls(TerminateInstancesCommand)[0]?.args[0].input).toEqual({ InstanceIds: [REPLACEMENT_ID] });
  });

  it.each([
    { skipOsShutdown: true, input: { InstanceIds: [REPLACEMENT_ID], SkipOsShutdown: true } },
    { skipOsShutdown: false, input: { InstanceIds: [REPLACEMENT_ID] } },
  ])('skips the OS shutdown only if told to: $skipOsShutdown', async ({ skipOsShutdown, input }) => {
    ec2.on(TerminateInstancesCommand).resolves({});
    await instances.terminate(REPLACEMENT_ID, { skipOsShutdown });

    expect(ec2.commandCalls(TerminateInstancesCommand)[0]?.args[0].input).toStrictEqual(input);
  });
});
