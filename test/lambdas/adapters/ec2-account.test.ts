import {
  AssociateAddressCommand,
  DescribeAddressesCommand,
  DescribeImagesCommand,
  DescribeInstanceTypesCommand,
  DescribeInternetGatewaysCommand,
  DescribeKeyPairsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
  EC2ServiceException,
} from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { accountErrors, namesIn, type NamesInConfig } from '../../../domain/node/validate-against-account';
import { RequestRejected, Throttled } from '../../../domain/errors';
import type { NodeConfig } from '../../../domain/config/node-config';
import { ec2Account } from '../../../lambdas/adapters/ec2-account';
import {
  aConfig,
  ALLOCATION_ID,
  INTERFACE_ID,
  NODE_ID,
  SUBNET_A,
  SUBNET_B,
  VPC_ID,
  type ConfigOverrides,
} from '../../domain/builders';
import { Lab } from '../../simulator/ec2/lab';

/** The commands have different types, but the tests treat them in the same way. */
type AnyCommand = typeof DescribeVpcsCommand;

const SUBNET_OWNER = '210987654321';
const DEPLOYMENT = { region: 'eu-west-1', instanceRoleArns: ['arn:aws:iam::123456789012:role/ledger'] };
const GROUP_ID = 'sg-00000000000000001';
const IMAGE_ID = 'ami-00000000000000001';
const SNAPSHOT_ID = 'snap-00000000000000001';

const EVERYTHING: NamesInConfig = {
  vpcId: VPC_ID,
  subnetIds: [SUBNET_A, SUBNET_B],
  privateIp: '10.0.0.10',
  elasticIp: ALLOCATION_ID,
  imageId: IMAGE_ID,
  instanceTypes: ['m7g.large', 'm6g.large'],
  securityGroupIds: [GROUP_ID],
  keyPair: 'operator',
  snapshotIds: [SNAPSHOT_ID],
};

function answered(name: string): EC2ServiceException {
  return new EC2ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode: 400 }, message: 'because' });
}

describe('The account', () => {
  const ec2 = mockClient(EC2Client);
  const account = ec2Account(new EC2Client({ region: 'eu-west-1' }), {
    ...DEPLOYMENT,
    subnetOwnerAccounts: [SUBNET_OWNER],
  });

  beforeEach(() => {
    ec2.reset();
    ec2.onAnyCommand().resolves({});
  });

  it('is asked by filters, because an unknown name does not make them fail', async () => {
    await account.observe(EVERYTHING);

    const asked = ec2.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);
    expect(Object.fromEntries(asked)).toEqual({
      DescribeVpcsCommand: { Filters: [{ Name: 'vpc-id', Values: [VPC_ID] }] },
      DescribeSubnetsCommand: { Filters: [{ Name: 'subnet-id', Values: [SUBNET_A, SUBNET_B] }] },
      DescribeNetworkInterfacesCommand: {
        Filters: [
          { Name: 'subnet-id', Values: [SUBNET_A, SUBNET_B] },
          { Name: 'addresses.private-ip-address', Values: ['10.0.0.10'] },
        ],
      },
      DescribeAddressesCommand: { Filters: [{ Name: 'allocation-id', Values: [ALLOCATION_ID] }] },
      DescribeImagesCommand: { ImageIds: [IMAGE_ID], IncludeDisabled: true },
      DescribeInstanceTypesCommand: { Filters: [{ Name: 'instance-type', Values: ['m7g.large', 'm6g.large'] }] },
      DescribeSecurityGroupsCommand: { Filters: [{ Name: 'group-id', Values: [GROUP_ID] }] },
      DescribeKeyPairsCommand: { Filters: [{ Name: 'key-name', Values: ['operator'] }] },
      DescribeInternetGatewaysCommand: { Filters: [{ Name: 'attachment.vpc-id', Values: [VPC_ID] }] },
      DescribeSnapshotsCommand: { SnapshotIds: [SNAPSHOT_ID] },
    });
    expect(asked).toHaveLength(10);
  });

  it('is not asked about what is not named', async () => {
    const nothing = { privateIp: undefined, elasticIp: undefined, keyPair: undefined, snapshotIds: [] };
    await account.observe({ ...EVERYTHING, ...nothing });

    for (const command of [
      ...[DescribeNetworkInterfacesCommand, DescribeAddressesCommand, DescribeKeyPairsCommand],
      ...[DescribeInternetGatewaysCommand, DescribeSnapshotsCommand],
    ]) {
      expect(ec2.commandCalls(command as typeof DescribeAddressesCommand)).toHaveLength(0);
    }
  });

  it('may have none of the things named', async () => {
    await expect(account.observe(EVERYTHING)).resolves.toEqual({
      ...DEPLOYMENT,
      vpcIds: [],
      subnets: [],
      privateIpHolders: [],
      elasticIp: undefined,
      hasInternetGateway: false,
      image: undefined,
      instanceTypes: [],
      securityGroups: [],
      keyPairs: [],
      snapshots: [],
    });
  });

  it.each([
    { whose: 'shared by an account that the deployment names', OwnerId: SUBNET_OWNER, hasInternetGateway: true },
    { whose: "this account's own", OwnerId: '123456789012', hasInternetGateway: false },
  ])('may be a VPC without a gateway to see: $whose', async ({ OwnerId, hasInternetGateway }) => {
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [{ VpcId: VPC_ID, OwnerId }] });
    await expect(account.observe(EVERYTHING)).resolves.toMatchObject({ vpcIds: [VPC_ID], hasInternetGateway });
    const { elasticIp: _none, ...withoutAddress } = EVERYTHING;
    await expect(account.observe(withoutAddress)).resolves.toMatchObject({ hasInternetGateway: false });
  });

  it('is returned in domain words', async () => {
    const range = (State: 'associated' | 'disassociated') => [{ Ipv6CidrBlockState: { State } }];
    const subnet = { VpcId: VPC_ID, AvailabilityZone: 'eu-west-1a', CidrBlock: '10.0.0.0/24' };
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [{ VpcId: VPC_ID }] });
    ec2.on(DescribeSubnetsCommand).resolves({
      Subnets: [
        {
          ...subnet,
          SubnetId: SUBNET_A,
          MapPublicIpOnLaunch: true,
          Ipv6CidrBlockAssociationSet: [...range('disassociated'), ...range('associated')],
        },
        { ...subnet, SubnetId: SUBNET_B, Ipv6CidrBlockAssociationSet: range('disassociated') },
      ],
    });
    ec2.on(DescribeNetworkInterfacesCommand).resolves({
      NetworkInterfaces: [
        {
          NetworkInterfaceId: INTERFACE_ID,
          SubnetId: SUBNET_A,
          TagSet: [
            { Key: 'holdfast:generation', Value: '4' },
            { Key: 'holdfast:node-id', Value: NODE_ID },
          ],
        },
        { NetworkInterfaceId: 'eni-foreign', SubnetId: SUBNET_B },
      ],
    });
    ec2.on(DescribeAddressesCommand).resolves({
      Addresses: [{ PublicIp: '198.51.100.7', NetworkInterfaceId: INTERFACE_ID }],
    });
    ec2.on(DescribeInternetGatewaysCommand).resolves({ InternetGateways: [{ InternetGatewayId: 'igw-1' }] });
    const BlockDeviceMappings = [
      { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8 } },
      { DeviceName: '/dev/sdb', VirtualName: 'ephemeral0' },
    ];
    ec2.on(DescribeImagesCommand).resolves({
      Images: [
        {
          Architecture: 'arm64',
          State: 'pending',
          PlatformDetails: 'Red Hat Enterprise Linux',
          BlockDeviceMappings,
        },
      ],
    });
    ec2.on(DescribeSnapshotsCommand).resolves({ Snapshots: [{ State: 'completed', VolumeSize: 8 }] });
    ec2.on(DescribeInstanceTypesCommand).resolves({
      InstanceTypes: [
        { InstanceType: 't4g.small', BurstablePerformanceSupported: true },
        {
          InstanceType: 'm7g.large',
          ProcessorInfo: { SupportedArchitectures: ['arm64'] },
          NetworkInfo: { MaximumNetworkInterfaces: 3 },
        },
      ],
    });
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [{ GroupId: GROUP_ID, VpcId: VPC_ID }] });
    ec2.on(DescribeKeyPairsCommand).resolves({ KeyPairs: [{ KeyName: 'operator' }] });

    const seenSubnet = { vpcId: VPC_ID, availabilityZone: 'eu-west-1a', cidrBlock: '10.0.0.0/24' };
    await expect(account.observe(EVERYTHING)).resolves.toEqual({
      ...DEPLOYMENT,
      vpcIds: [VPC_ID],
      subnets: [
        { ...seenSubnet, id: SUBNET_A, hasIpv6: true },
        { ...seenSubnet, id: SUBNET_B, hasIpv6: false },
      ],
      privateIpHolders: [
        { interfaceId: INTERFACE_ID, subnetId: SUBNET_A, nodeId: NODE_ID },
        { interfaceId: 'eni-foreign', subnetId: SUBNET_B, nodeId: undefined },
      ],
      elasticIp: { allocationId: ALLOCATION_ID, publicIp: '198.51.100.7', interfaceId: INTERFACE_ID },
      hasInternetGateway: true,
      image: {
        architecture: 'arm64',
        state: 'pending',
        deviceNames: ['/dev/xvda'],
        platform: 'Red Hat Enterprise Linux',
      },
      instanceTypes: [
        { name: 't4g.small', architectures: [], maximumInterfaces: 0, isBurstable: true },
        { name: 'm7g.large', architectures: ['arm64'], maximumInterfaces: 3, isBurstable: false },
      ],
      securityGroups: [{ id: GROUP_ID, vpcId: VPC_ID }],
      keyPairs: ['operator'],
      snapshots: [{ id: SNAPSHOT_ID, state: 'completed', sizeGib: 8 }],
    });
  });

  it.each([undefined, ''])('has an IPv6-only subnet if its IPv4 range is %p', async (CidrBlock) => {
    ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [{ SubnetId: SUBNET_A, CidrBlock }] });

    await expect(account.observe(EVERYTHING)).resolves.toMatchObject({
      subnets: [{ id: SUBNET_A, cidrBlock: undefined }],
    });
  });

  /** Three pages, the middle one empty. */
  const pagesOf = <Item>(list: string, first: Item, last: Item) =>
    [
      { [list]: [first], NextToken: 'second' },
      { [list]: [], NextToken: 'third' },
      { [list]: [last], NextToken: '' },
    ] as const;

  it.each([
    {
      command: DescribeVpcsCommand,
      pages: pagesOf('Vpcs', { VpcId: 'vpc-1' }, { VpcId: 'vpc-2' }),
      seen: { vpcIds: ['vpc-1', 'vpc-2'] },
    },
    {
      command: DescribeSubnetsCommand,
      pages: pagesOf('Subnets', { SubnetId: SUBNET_A }, { SubnetId: SUBNET_B }),
      seen: { subnets: [{ id: SUBNET_A }, { id: SUBNET_B }] },
    },
    {
      command: DescribeNetworkInterfacesCommand,
      pages: pagesOf('NetworkInterfaces', { NetworkInterfaceId: 'eni-1' }, { NetworkInterfaceId: 'eni-2' }),
      seen: { privateIpHolders: [{ interfaceId: 'eni-1' }, { interfaceId: 'eni-2' }] },
    },
    {
      command: DescribeInstanceTypesCommand,
      pages: pagesOf('InstanceTypes', { InstanceType: 'm7g.large' }, { InstanceType: 'm6g.large' }),
      seen: { instanceTypes: [{ name: 'm7g.large' }, { name: 'm6g.large' }] },
    },
    {
      command: DescribeSecurityGroupsCommand,
      pages: pagesOf('SecurityGroups', { GroupId: 'sg-1' }, { GroupId: 'sg-2' }),
      seen: { securityGroups: [{ id: 'sg-1' }, { id: 'sg-2' }] },
    },
  ])('is read to the last page: $command.name', async ({ command, pages, seen }) => {
    const [first, second, third] = pages;
    const alike = command as AnyCommand;
    ec2.on(alike).resolvesOnce(first).resolvesOnce(second).resolvesOnce(third);

    await expect(account.observe(EVERYTHING)).resolves.toMatchObject(seen);
    const tokens = ec2.commandCalls(alike).map(({ args }) => args[0].input.NextToken);
    expect(tokens).toEqual([undefined, 'second', 'third']);
  });

  it.each([
    { image: { Platform: 'Windows' as const }, platform: 'Windows' },
    { image: {}, platform: 'Linux/UNIX' },
  ])('has an image of $platform if EC2 shows no details', async ({ image, platform }) => {
    ec2.on(DescribeImagesCommand).resolves({ Images: [image] });

    await expect(account.observe(EVERYTHING)).resolves.toMatchObject({ image: { platform } });
  });

  it('is asked for a key pair by its exact name, not by a pattern', async () => {
    await account.observe({ ...EVERYTHING, keyPair: 'a*b?c\\d' });

    const [call] = ec2.commandCalls(DescribeKeyPairsCommand);
    expect(call?.args[0].input.Filters).toEqual([{ Name: 'key-name', Values: ['a\\*b\\?c\\\\d'] }]);
  });

  it.each(['InvalidSnapshot.NotFound', 'InvalidSnapshotID.Malformed'])(
    'has no snapshot if EC2 answers %s',
    async (code) => {
      ec2.on(DescribeSnapshotsCommand).rejects(answered(code));

      await expect(account.observe(EVERYTHING)).resolves.toMatchObject({ snapshots: [] });
    },
  );

  it.each(['InvalidAMIID.NotFound', 'InvalidAMIID.Malformed', 'InvalidAMIID.Unavailable'])(
    'has no image if EC2 answers %s',
    async (code) => {
      ec2.on(DescribeImagesCommand).rejects(answered(code));

      await expect(account.observe(EVERYTHING)).resolves.toMatchObject({ image: undefined });
    },
  );

  it.each([
    { code: 'RequestLimitExceeded', command: DescribeVpcsCommand, error: Throttled },
    { code: 'RequestLimitExceeded', command: DescribeImagesCommand, error: Throttled },
    { code: 'UnauthorizedOperation', command: DescribeImagesCommand, error: RequestRejected },
    { code: 'UnauthorizedOperation', command: DescribeKeyPairsCommand, error: RequestRejected },
    { code: 'UnauthorizedOperation', command: DescribeSnapshotsCommand, error: RequestRejected },
  ])('is not known if EC2 answers $code to $command.name', async ({ code, command, error }) => {
    ec2.on(command).rejects(answered(code));

    await expect(account.observe(EVERYTHING)).rejects.toThrow(error);
  });
});

/** The same, against the simulated EC2 with its default account. */
describe('In an account, a document', () => {
  const ROLE_ARNS: readonly string[] = [];

  async function faultsIn(lab: Lab, config: NodeConfig): Promise<readonly string[]> {
    const account = ec2Account(lab.ec2.client, {
      region: 'us-east-1',
      instanceRoleArns: ROLE_ARNS,
      subnetOwnerAccounts: [],
    });
    const fieldErrors = accountErrors(config, await lab.settle(account.observe(namesIn(config))));
    return fieldErrors.map(({ field, message }) => `${field}: ${message}`);
  }

  const documentIn = async (lab: Lab, elasticIp?: string): Promise<NodeConfig> =>
    aConfig({
      region: 'us-east-1',
      compute: {
        vpcId: lab.account.vpcId,
        subnetIds: [lab.subnetId],
        privateIp: '10.0.0.42',
        elasticIp: elasticIp ?? (await lab.allocate()),
      },
      launchSpecification: { imageId: lab.account.arm64ImageId, securityGroupIds: [lab.account.securityGroupId] },
    });

  function changed(config: NodeConfig, { compute, launchSpecification }: ConfigOverrides): NodeConfig {
    const launch = { ...config.compute.launchSpecification, ...launchSpecification };
    return { ...config, compute: { ...config.compute, ...compute, launchSpecification: launch } };
  }

  it.each([
    { name: 'in one page', pageSize: 1000 },
    { name: 'in pages of one', pageSize: 1 },
  ])('that names what exists has no error, read $name', async ({ pageSize }) => {
    const lab = new Lab({ pageSize });
    const [subnetA, subnetB, subnetC] = lab.account.subnetIds;
    const config = changed(await documentIn(lab), {
      compute: { subnetIds: [subnetC, subnetA, subnetB] },
      launchSpecification: { keyPair: lab.account.keyName },
    });

    await expect(faultsIn(lab, config)).resolves.toEqual([]);
  });

  it('that names nothing that exists has every error at once', async () => {
    const lab = new Lab();
    const gone = { privateIp: '10.0.0.42', elasticIp: ALLOCATION_ID, subnetIds: [SUBNET_A, SUBNET_B] };
    const config = aConfig({
      region: 'us-east-1',
      compute: gone,
      launchSpecification: { keyPair: 'nobody', instanceTypes: { types: ['m99.huge', 'm7g.large', 'm98.huge'] } },
    });

    await expect(faultsIn(lab, config)).resolves.toEqual([
      `compute.vpcId: ${VPC_ID} does not exist in us-east-1: give a VPC that does`,
      `compute.subnetIds.0: ${SUBNET_A} does not exist in us-east-1: give a subnet that does`,
      `compute.subnetIds.1: ${SUBNET_B} does not exist in us-east-1: give a subnet that does`,
      `compute.elasticIp: ${ALLOCATION_ID} does not exist in us-east-1: give an allocation that does`,
      `compute.launchSpecification.imageId: ${IMAGE_ID} does not exist in us-east-1, or not for this account: give one that does`,
      'compute.launchSpecification.instanceTypes.types.0: m99.huge does not exist in us-east-1: remove it',
      'compute.launchSpecification.instanceTypes.types.2: m98.huge does not exist in us-east-1: remove it',
      `compute.launchSpecification.securityGroupIds.0: ${GROUP_ID} does not exist in us-east-1: give a security group that does`,
      'compute.launchSpecification.keyPair: nobody does not exist in us-east-1: import it, or remove the field',
    ]);
  });

  it('is refused an address that something else has, private or public', async () => {
    const lab = new Lab();
    const interfaceId = await lab.makeInterface({ PrivateIpAddress: '10.0.0.42' });
    // The same address in another VPC is another address.
    const vpcId = lab.ec2.addVpc({ cidrBlock: '10.0.0.0/16' });
    const namesake = lab.ec2.addSubnet({ vpcId, cidrBlock: '10.0.0.0/24', availabilityZone: 'us-east-1a' });
    await lab.makeInterface({ SubnetId: namesake, PrivateIpAddress: '10.0.0.42' });
    const elasticIp = await lab.allocate();
    await lab.send(new AssociateAddressCommand({ AllocationId: elasticIp, NetworkInterfaceId: interfaceId }));
    const { PublicIp: publicIp } = await lab.address(elasticIp);

    await expect(faultsIn(lab, await documentIn(lab, elasticIp))).resolves.toEqual([
      `compute.privateIp: 10.0.0.42 is taken by ${interfaceId} in ${lab.subnetId}: delete that interface, or give another address`,
      `compute.elasticIp: ${elasticIp} (${publicIp}) is associated with ${interfaceId}: disassociate it first, or give another`,
    ]);
  });

  it('is refused an Elastic IP in a VPC without an internet gateway, and a subnet for IPv6 only', async () => {
    const lab = new Lab();
    const vpcId = lab.ec2.addVpc({ cidrBlock: '10.9.0.0/16' });
    const ipv6CidrBlock = '2001:db8:0:9::/64';
    const subnetId = lab.ec2.addSubnet({ vpcId, availabilityZone: 'us-east-1a', ipv6CidrBlock });
    const groupId = lab.ec2.addSecurityGroup({ vpcId, name: 'elsewhere' });
    const config = changed(await documentIn(lab), {
      compute: { vpcId, subnetIds: [subnetId] },
      launchSpecification: { securityGroupIds: [groupId] },
    });

    await expect(faultsIn(lab, config)).resolves.toEqual([
      `compute.subnetIds.0: ${subnetId} has no IPv4 range, and a node has a private IPv4 address: give a subnet that has one`,
      `compute.elasticIp: ${vpcId} has no internet gateway attached, without which no Elastic IP can be associated: attach one, or remove compute.elasticIp`,
    ]);
  });

  it('is refused volumes that cannot be made, and credits for types that have none', async () => {
    const lab = new Lab();
    const pending = lab.ec2.addSnapshot({ sizeGib: 8, state: 'pending' });
    const completed = lab.ec2.addSnapshot({ sizeGib: 8 });
    const config = changed(await documentIn(lab), {
      launchSpecification: {
        instanceTypes: { types: ['t4g.small', 'm7g.large'] },
        creditSpecification: { cpuCredits: 'standard' },
        blockDeviceMappings: [
          { deviceName: '/dev/xvda', ebs: { deleteOnTermination: false } },
          { deviceName: '/dev/sdf', ebs: {} },
          { deviceName: '/dev/sdg', ebs: { snapshotId: pending } },
          { deviceName: '/dev/sdh', ebs: { snapshotId: 'snap-0123' } },
          { deviceName: '/dev/sdi', ebs: { snapshotId: completed } },
        ],
      },
    });

    const mappings = 'compute.launchSpecification.blockDeviceMappings';
    await expect(faultsIn(lab, config)).resolves.toEqual([
      'compute.launchSpecification.creditSpecification: m7g.large has no CPU credits: remove it, or creditSpecification',
      `${mappings}.1.ebs: needs a volumeSize or a snapshotId: ${lab.account.arm64ImageId} has no volume for /dev/sdf that it could be made like`,
      `${mappings}.2.ebs.snapshotId: ${pending} is pending: give a snapshot that is completed`,
      `${mappings}.3.ebs.snapshotId: snap-0123 does not exist in us-east-1, or not for this account: give one that does`,
    ]);
  });

  it('is refused an image that is disabled, and types that cannot run it', async () => {
    const lab = new Lab();
    const imageId = lab.ec2.addImage({ name: 'retired', architecture: 'x86_64', state: 'disabled' });
    const config = changed(await documentIn(lab), { launchSpecification: { imageId } });

    await expect(faultsIn(lab, config)).resolves.toEqual([
      `compute.launchSpecification.imageId: ${imageId} is disabled: give an image that is available`,
      `compute.launchSpecification.imageId: ${imageId} is for x86_64, which m7g.large, m6g.large cannot run: change one or the other`,
    ]);
  });

  it('is refused a product that is not what the image runs', async () => {
    const lab = new Lab();
    const platformDetails = 'Windows with SQL Server Web';
    const imageId = lab.ec2.addImage({ name: 'windows', architecture: 'arm64', platformDetails });
    const ofProduct = async (product: NonNullable<NodeConfig['compute']['product']>) => {
      const config = changed(await documentIn(lab), { launchSpecification: { imageId } });
      return faultsIn(lab, { ...config, compute: { ...config.compute, product } });
    };

    await expect(ofProduct('Windows')).resolves.toEqual([]);
    await expect(ofProduct('Windows (Amazon VPC)')).resolves.toEqual([]);
    await expect(ofProduct('Linux/UNIX')).resolves.toEqual([
      `compute.product: is not what ${imageId} runs, which is ${platformDetails}: change one of the two`,
    ]);
  });

  it('is refused subnets and security groups of another VPC', async () => {
    const lab = new Lab();
    const vpcId = lab.ec2.addVpc({ cidrBlock: '10.9.0.0/16' });
    const subnetId = lab.ec2.addSubnet({ vpcId, cidrBlock: '10.0.0.0/24', availabilityZone: 'us-east-1a' });
    const groupId = lab.ec2.addSecurityGroup({ vpcId, name: 'elsewhere' });
    const config = changed(await documentIn(lab), {
      compute: { subnetIds: [subnetId] },
      launchSpecification: { securityGroupIds: [groupId] },
    });

    const elsewhere = `belongs to ${vpcId}, not to compute.vpcId ${lab.account.vpcId}: change one of the two`;
    await expect(faultsIn(lab, config)).resolves.toEqual([
      `compute.subnetIds.0: ${subnetId} ${elsewhere}`,
      `compute.launchSpecification.securityGroupIds.0: ${groupId} ${elsewhere}`,
    ]);
  });
});
