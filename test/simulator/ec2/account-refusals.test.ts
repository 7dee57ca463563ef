/** Refusals because of the account: missing or very new resources, quotas, shortages, limits. */
import {
  AllocateAddressCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type BlockDeviceMapping,
  type EbsBlockDevice,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { SimulatedEc2 } from '../../../simulator/ec2/ec2';
import { worldFromJson, worldToJson } from '../../../simulator/ec2/world';
import { codeOf, Lab, PAGES, refusals, rule, type Refusal } from './lab';

const SPOT_ROLE =
  'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html';
const VOLUME_TYPES = 'https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html';
const VPC_QUOTAS = 'https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html';
const CREDITS = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances.html';
const MISSING_ROLE = 'AuthFailure.ServiceLinkedRoleCreationNotPermitted';

describe('the service-linked role for Spot Instances', () => {
  rule('without it no Spot Instance launches, but on-demand instances do', SPOT_ROLE, async () => {
    const lab = new Lab({ spotServiceLinkedRole: false });
    await expect(lab.launch()).rejects.toMatchObject({ name: MISSING_ROLE, $metadata: { httpStatusCode: 403 } });
    expect(await codeOf(lab.launchOnDemand())).toBe('ok');
  });

  rule('with it, Spot Instances launch', SPOT_ROLE, async () => {
    const lab = new Lab({ spotServiceLinkedRole: false });
    lab.ec2.createSpotServiceLinkedRole();
    expect(await codeOf(lab.launch())).toBe('ok');
  });

  test('a world that is read again keeps whether it exists', async () => {
    const { ec2, clock } = new Lab({ spotServiceLinkedRole: false });
    const world = worldFromJson(worldToJson(ec2.world));
    expect(new SimulatedEc2({ clock, seed: 1, world, spotServiceLinkedRole: true }).world.hasSpotRole).toBe(false);
  });
});

describe('a very new resource is described, but calls that use it do not find it', () => {
  const visibleAfterMs = 5_000;
  const asInterface = (SubnetId: string, Groups?: string[]) => (lab: Lab) => lab.makeInterface({ SubnetId, Groups });

  test.each([
    {
      what: 'a security group',
      code: 'InvalidGroup.NotFound',
      make: (lab: Lab) => lab.ec2.addSecurityGroup({ name: 'new', visibleAfterMs }),
      see: async (lab: Lab, id: string) =>
        (await lab.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }))).SecurityGroups,
      uses: [
        (lab: Lab, id: string) => asInterface(lab.subnetId, [id])(lab),
        (lab: Lab, id: string) => lab.launch({ SecurityGroupIds: [id] }),
      ],
    },
    {
      what: 'a subnet',
      code: 'InvalidSubnetID.NotFound',
      make: (lab: Lab) =>
        lab.ec2.addSubnet({ cidrBlock: '10.0.9.0/24', availabilityZone: 'us-east-1a', visibleAfterMs }),
      see: async (lab: Lab, id: string) => (await lab.send(new DescribeSubnetsCommand({ SubnetIds: [id] }))).Subnets,
      uses: [(lab: Lab, id: string) => asInterface(id)(lab), (lab: Lab, id: string) => lab.launch({ SubnetId: id })],
    },
    {
      what: 'an image',
      code: 'InvalidAMIID.NotFound',
      make: (lab: Lab) => lab.ec2.addImage({ name: 'new', architecture: 'arm64', visibleAfterMs }),
      see: async (lab: Lab, id: string) => (await lab.send(new DescribeImagesCommand({ ImageIds: [id] }))).Images,
      uses: [(lab: Lab, id: string) => lab.launch({ ImageId: id })],
    },
  ])(`$what: $code [${PAGES.consistency}]`, async ({ code, make, see, uses }) => {
    const lab = new Lab();
    const id = make(lab);
    expect(await see(lab, id)).toHaveLength(1);
    await lab.passSeconds(4.9);
    for (const use of uses) expect(await codeOf(use(lab, id))).toBe(code);
    await lab.passSeconds(0.1);
    for (const use of uses) expect(await codeOf(use(lab, id))).toBe('ok');
  });
});

describe('quotas and shortages', () => {
  rule('interfaces per Region, including those of instances', VPC_QUOTAS, async () => {
    const lab = new Lab();
    lab.ec2.setNetworkInterfaceQuota(2);
    await lab.makeInterface();
    expect(await codeOf(lab.launch({ MinCount: 2, MaxCount: 2 }))).toBe('NetworkInterfaceLimitExceeded');
    expect(await codeOf(lab.launch())).toBe('ok');
    expect(await codeOf(lab.makeInterface())).toBe('NetworkInterfaceLimitExceeded');
    lab.ec2.setNetworkInterfaceQuota(Infinity);
    expect(await codeOf(lab.makeInterface())).toBe('ok');
  });

  rule('storage per Region', PAGES.errors, async () => {
    const lab = new Lab();
    lab.ec2.setVolumeQuota(20);
    expect(await codeOf(lab.launch({ MinCount: 3, MaxCount: 3 }))).toBe('VolumeLimitExceeded');
    expect(await codeOf(lab.launch({ MinCount: 2, MaxCount: 2 }))).toBe('ok');
    expect(await codeOf(lab.launch())).toBe('VolumeLimitExceeded');
    expect(lab.ec2.world.instances.size).toBe(2);
    lab.ec2.setVolumeQuota(Infinity);
    expect(await codeOf(lab.launch())).toBe('ok');
  });

  rule('a zone without room for volumes refuses instances that have one', PAGES.errors, async () => {
    const lab = new Lab();
    lab.ec2.setVolumeCapacity('us-east-1a', false);
    await expect(lab.launch()).rejects.toMatchObject({ name: 'InsufficientVolumeCapacity', $fault: 'server' });
    expect(await codeOf(lab.launch({ SubnetId: lab.account.subnetIds[1] }))).toBe('ok');
    lab.ec2.setVolumeCapacity('us-east-1a', true);
    expect(await codeOf(lab.launch())).toBe('ok');
  });

  rule('no public address left to allocate', PAGES.errors, async () => {
    const lab = new Lab();
    lab.ec2.setAddressCapacity(false);
    await expect(lab.allocate()).rejects.toMatchObject({ name: 'InsufficientAddressCapacity', $fault: 'server' });
    lab.ec2.setAddressCapacity(true);
    expect(await codeOf(lab.send(new AllocateAddressCommand({})))).toBe('ok');
  });
});

describe('limits of a request', () => {
  rule('an interface has at most five security groups', VPC_QUOTAS, async () => {
    const lab = new Lab();
    const groups = Array.from({ length: 6 }, (_, index) => lab.ec2.addSecurityGroup({ name: `group-${index}` }));
    expect(await codeOf(lab.makeInterface({ Groups: groups.slice(1) }))).toBe('ok');
    const refusal = 'SecurityGroupsPerInterfaceLimitExceeded';
    expect(await codeOf(lab.makeInterface({ Groups: groups }))).toBe(refusal);
    expect(await codeOf(lab.launch({ SecurityGroupIds: groups }))).toBe(refusal);
  });

  rule('a call has at most 200 filter values, over all its filters', PAGES.filters, async () => {
    const lab = new Lab();
    const ask = (count: number) => {
      const Values = Array.from({ length: count }, (_, index) => `i-${index}`);
      const Filters = [
        { Name: 'instance-id', Values },
        { Name: 'instance-state-name', Values: ['running'] },
      ];
      return lab.send(new DescribeInstancesCommand({ Filters }));
    };
    expect(await codeOf(ask(199))).toBe('ok');
    expect(await codeOf(ask(200))).toBe('FilterLimitExceeded');
  });

  test.each<[RunInstancesCommandInput['InstanceType'], string]>([
    ['t4g.small', 'ok'],
    ['m7g.large', 'InstanceCreditSpecification.NotSupported'],
  ])(`CPU credits for %s: %s [${CREDITS}]`, async (InstanceType, code) => {
    const credits = { CreditSpecification: { CpuCredits: 'standard' } };
    expect(await codeOf(new Lab().launch({ InstanceType, ...credits }))).toBe(code);
  });
});

describe('instance profiles', () => {
  const page = PAGES.api('IamInstanceProfileSpecification');
  const arn = (name: string) => `arn:aws:iam::123456789012:instance-profile/path/${name}`;

  rule('if the account lists none, any profile exists', page, async () => {
    expect(await codeOf(new Lab().launch({ IamInstanceProfile: { Name: 'any' } }))).toBe('ok');
  });

  test.each([
    { profile: { Name: 'ledger' } },
    { profile: { Arn: arn('ledger') } },
    {
      profile: { Name: 'nobody' },
      refusal: 'Value (nobody) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name',
    },
    {
      profile: { Arn: arn('nobody') },
      refusal: `Value (${arn('nobody')}) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN`,
    },
  ])(`if it lists some, others do not exist: $profile [${page}]`, async ({ profile, refusal }) => {
    const lab = new Lab();
    lab.ec2.addInstanceProfile('ledger');
    const call = lab.launch({ IamInstanceProfile: profile });
    if (refusal === undefined) expect(await codeOf(call)).toBe('ok');
    else await expect(call).rejects.toMatchObject({ name: 'InvalidParameterValue', message: refusal });
  });

  refusals([
    {
      refused: 'a profile by its name and by its ARN',
      page,
      code: 'InvalidParameterCombination',
      call: (lab) => lab.launch({ IamInstanceProfile: { Name: 'ledger', Arn: arn('ledger') } }),
    },
  ]);
});

describe('block devices', () => {
  const data = (Ebs: EbsBlockDevice): BlockDeviceMapping => ({ DeviceName: '/dev/sdf', Ebs });
  const launch = (lab: Lab, Ebs: EbsBlockDevice) => lab.launch({ BlockDeviceMappings: [data(Ebs)] });

  test.each<[string, EbsBlockDevice]>([
    ['gp3 at its minimum', { VolumeType: 'gp3', VolumeSize: 1, Iops: 3_000, Throughput: 125 }],
    ['gp3 at its maximum', { VolumeType: 'gp3', VolumeSize: 160, Iops: 80_000, Throughput: 2_000 }],
    ['io1', { VolumeType: 'io1', VolumeSize: 4, Iops: 200 }],
    ['io2', { VolumeType: 'io2', VolumeSize: 100, Iops: 100_000 }],
    ['a size alone', { VolumeSize: 1 }],
  ])(`%s [${VOLUME_TYPES}]`, async (_which, ebs) => {
    expect(await codeOf(launch(new Lab(), ebs))).toBe('ok');
  });

  const gp3 = (rest: EbsBlockDevice): EbsBlockDevice => ({ VolumeType: 'gp3', VolumeSize: 1_000, ...rest });
  const rows: [string, string, EbsBlockDevice][] = [
    ['neither a size nor a snapshot', 'MissingParameter', { VolumeType: 'gp3' }],
    ['an unknown type', 'UnknownVolumeType', { VolumeType: 'gp9' as 'gp3', VolumeSize: 10 }],
    ['gp3 with too few IOPS', 'InvalidParameterValue', gp3({ Iops: 2_999 })],
    ['gp3 with too many IOPS', 'InvalidParameterValue', gp3({ Iops: 80_001 })],
    ['gp3 with over 500 IOPS a GiB', 'InvalidParameterValue', gp3({ VolumeSize: 20, Iops: 15_000 })],
    ['gp3 with too little throughput', 'InvalidParameterValue', gp3({ Throughput: 124 })],
    ['gp3 with too much throughput', 'InvalidParameterValue', gp3({ Iops: 80_000, Throughput: 2_001 })],
    ['gp3 with over 0.25 MiB/s for each I/O', 'InvalidParameterValue', gp3({ Throughput: 751 })],
    ['gp3 of 65,537 GiB', 'InvalidParameterValue', gp3({ VolumeSize: 65_537 })],
    ['gp2 with IOPS', 'InvalidParameterCombination', { VolumeType: 'gp2', VolumeSize: 10, Iops: 3_000 }],
    ['gp2 with throughput', 'InvalidParameterCombination', { VolumeType: 'gp2', VolumeSize: 10, Throughput: 125 }],
    ['io2 without IOPS', 'MissingParameter', { VolumeType: 'io2', VolumeSize: 10 }],
    ['io1 with over 50 IOPS a GiB', 'InvalidParameterValue', { VolumeType: 'io1', VolumeSize: 10, Iops: 501 }],
    ['st1 of 124 GiB', 'InvalidParameterValue', { VolumeType: 'st1', VolumeSize: 124 }],
  ];
  refusals(
    rows.map(([refused, code, ebs]): Refusal => ({
      refused,
      page: VOLUME_TYPES,
      code,
      call: (lab) => launch(lab, ebs),
    })),
  );

  rule('if snapshots are listed, others do not exist', PAGES.errors, async () => {
    const lab = new Lab();
    const SnapshotId = lab.ec2.addSnapshot({ sizeGib: 50 });
    expect(await codeOf(launch(lab, { SnapshotId: 'snap-0123456789abcdef0' }))).toBe('InvalidSnapshot.NotFound');
    expect(await codeOf(launch(lab, { SnapshotId: 'nonsense' }))).toBe('InvalidSnapshotID.Malformed');
    expect(await codeOf(launch(lab, { SnapshotId, VolumeSize: 49 }))).toBe('InvalidBlockDeviceMapping');
    expect(await codeOf(launch(lab, { SnapshotId }))).toBe('ok');
    expect([...lab.ec2.world.volumes.values()].map(({ sizeGib }) => sizeGib)).toEqual([8, 50]);
  });

  rule("the root device is at least as large as the image's snapshot", PAGES.errors, async () => {
    const root = (VolumeSize: number) => ({ BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize } }] });
    expect(await codeOf(new Lab().launch(root(7)))).toBe('InvalidBlockDeviceMapping');
    expect(await codeOf(new Lab().launch(root(8)))).toBe('ok');
  });
});
