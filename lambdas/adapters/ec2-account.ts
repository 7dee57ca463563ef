/**
 * Which of the things named in a configuration the account has, on the AWS SDK.
 *
 * We use filters, because one unknown id fails the whole call, and we want to report everything that is missing at
 * once. The answers come in pages, and any page may be empty.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination
 */
import {
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
  type EC2Client,
  type Filter,
  type Image,
  type InstanceTypeInfo,
  type NetworkInterface,
  type Subnet,
  type Vpc,
} from '@aws-sdk/client-ec2';
import type { NamesInConfig } from '../../domain/node/validate-against-account';
import type {
  SeenAccount,
  SeenElasticIp,
  SeenImage,
  SeenInstanceType,
  SeenInterfaceAddress,
  SeenSnapshot,
  SeenSubnet,
} from '../../domain/node/observations';
import { NODE_ID_TAG } from '../../domain/node/stateful-node';
import type { Account } from '../ports';
import { seenElasticIp } from './ec2-addresses';
import { callEc2, ec2Failure, toHoldfastError } from './ec2-error';

type Ec2 = Pick<EC2Client, 'send'>;

/** What only the deployment knows. */
export interface Surroundings extends Pick<SeenAccount, 'region' | 'instanceRoleArns'> {
  /** The accounts that share subnets with this one. */
  readonly subnetOwnerAccounts: readonly string[];
}

export function ec2Account(ec2: Ec2, surroundings: Surroundings): Account {
  const { region, instanceRoleArns } = surroundings;
  return {
    region,
    async observe(names) {
      const [network, launch] = await Promise.all([seenNetwork(ec2, surroundings, names), seenLaunch(ec2, names)]);
      return { region, instanceRoleArns, ...network, ...launch };
    },
  };
}

/** What the node's identity is made of, and where it is. */
async function seenNetwork(
  ec2: Ec2,
  { subnetOwnerAccounts }: Surroundings,
  { vpcId, subnetIds, privateIp, elasticIp: allocationId }: NamesInConfig,
) {
  const [vpcs, subnets, privateIpHolders, elasticIp, hasOwnGateway] = await Promise.all([
    seenVpcs(ec2, vpcId),
    seenSubnets(ec2, subnetIds),
    privateIp === undefined ? [] : seenHolders(ec2, privateIp, subnetIds),
    allocationId === undefined ? undefined : findElasticIp(ec2, allocationId),
    allocationId === undefined ? false : hasGateway(ec2, vpcId),
  ]);
  // Only its owner sees the gateway of a shared VPC. If there is none, EC2 says so when the address is associated.
  const isShared = vpcs.some(({ OwnerId = '' }) => subnetOwnerAccounts.includes(OwnerId));
  const hasInternetGateway = hasOwnGateway || (isShared && allocationId !== undefined);
  return { vpcIds: vpcs.map(({ VpcId }) => VpcId ?? ''), subnets, privateIpHolders, elasticIp, hasInternetGateway };
}

/** What the node's instances are launched with. */
async function seenLaunch(ec2: Ec2, names: NamesInConfig) {
  const { imageId, keyPair } = names;
  const [image, instanceTypes, securityGroups, keyPairs, snapshots] = await Promise.all([
    findImage(ec2, imageId),
    seenInstanceTypes(ec2, names.instanceTypes),
    seenSecurityGroups(ec2, names),
    keyPair === undefined ? [] : seenKeyPairs(ec2, keyPair),
    Promise.all(names.snapshotIds.map((snapshotId) => findSnapshot(ec2, snapshotId))),
  ]);
  return { image, instanceTypes, securityGroups, keyPairs, snapshots: snapshots.filter((one) => one !== undefined) };
}

async function seenVpcs(ec2: Ec2, vpcId: string): Promise<readonly Vpc[]> {
  const Filters = [filter('vpc-id', vpcId)];
  const pages = await allPages((NextToken) => ec2.send(new DescribeVpcsCommand({ Filters, NextToken })));
  return pages.flatMap(({ Vpcs = [] }) => Vpcs);
}

async function seenSubnets(ec2: Ec2, subnetIds: readonly string[]): Promise<readonly SeenSubnet[]> {
  const Filters = [filter('subnet-id', ...subnetIds)];
  const pages = await allPages((NextToken) => ec2.send(new DescribeSubnetsCommand({ Filters, NextToken })));
  return pages.flatMap(({ Subnets = [] }) => Subnets.map(seenSubnet));
}

function seenSubnet(subnet: Subnet): SeenSubnet {
  const ipv6Ranges = subnet.Ipv6CidrBlockAssociationSet ?? [];
  return {
    id: subnet.SubnetId ?? '',
    vpcId: subnet.VpcId ?? '',
    availabilityZone: subnet.AvailabilityZone ?? '',
    // An IPv6-only subnet has no IPv4 block, or an empty one.
    cidrBlock: subnet.CidrBlock === '' ? undefined : subnet.CidrBlock,
    hasIpv6: ipv6Ranges.some(({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State === 'associated'),
  };
}

async function hasGateway(ec2: Ec2, vpcId: string): Promise<boolean> {
  const Filters = [filter('attachment.vpc-id', vpcId)];
  const pages = await allPages((NextToken) => ec2.send(new DescribeInternetGatewaysCommand({ Filters, NextToken })));
  return pages.some(({ InternetGateways = [] }) => InternetGateways.length > 0);
}

/** Secondary private addresses count as taken too. */
async function seenHolders(
  ec2: Ec2,
  privateIp: string,
  subnetIds: readonly string[],
): Promise<readonly SeenInterfaceAddress[]> {
  const Filters = [filter('subnet-id', ...subnetIds), filter('addresses.private-ip-address', privateIp)];
  const pages = await allPages((NextToken) => ec2.send(new DescribeNetworkInterfacesCommand({ Filters, NextToken })));
  return pages.flatMap(({ NetworkInterfaces = [] }) => NetworkInterfaces.map(seenHolder));
}

function seenHolder({ NetworkInterfaceId, SubnetId, TagSet = [] }: NetworkInterface): SeenInterfaceAddress {
  return {
    interfaceId: NetworkInterfaceId ?? '',
    subnetId: SubnetId ?? '',
    nodeId: TagSet.find(({ Key }) => Key === NODE_ID_TAG)?.Value,
  };
}

/** Knows no pages. */
async function findElasticIp(ec2: Ec2, allocationId: string): Promise<SeenElasticIp | undefined> {
  const command = new DescribeAddressesCommand({ Filters: [filter('allocation-id', allocationId)] });
  const { Addresses: [found] = [] } = await callEc2(() => ec2.send(command));
  return found && seenElasticIp(allocationId, found);
}

/**
 * We ask by id, because a filter over all public images may time out, and it omits deprecated images, which can still
 * be launched. We ask for disabled images too: they cannot be launched, and the message should say why.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html
 */
function findImage(ec2: Ec2, imageId: string): Promise<SeenImage | undefined> {
  const command = new DescribeImagesCommand({ ImageIds: [imageId], IncludeDisabled: true });
  return findById('InvalidAMIID.', async () => {
    const { Images: [found] = [] } = await ec2.send(command);
    return found && seenImage(found);
  });
}

function seenImage({ Architecture, State, PlatformDetails, Platform, BlockDeviceMappings = [] }: Image): SeenImage {
  const withVolume = BlockDeviceMappings.filter(({ Ebs }) => Ebs !== undefined);
  return {
    architecture: Architecture ?? '',
    state: State ?? '',
    deviceNames: withVolume.map(({ DeviceName }) => DeviceName ?? ''),
    // Both are optional in EC2's description of the response. Without either, an image is one of Linux.
    platform: PlatformDetails ?? (Platform === undefined ? 'Linux/UNIX' : 'Windows'),
  };
}

/** We ask by id, as for an image: a filter would search every public snapshot. */
function findSnapshot(ec2: Ec2, snapshotId: string): Promise<SeenSnapshot | undefined> {
  const command = new DescribeSnapshotsCommand({ SnapshotIds: [snapshotId] });
  return findById('InvalidSnapshot', async () => {
    const { Snapshots: [found] = [] } = await ec2.send(command);
    return found && { id: snapshotId, state: found.State ?? '', sizeGib: found.VolumeSize ?? 0 };
  });
}

/** @param missing the prefix of the error codes by which EC2 says that the id does not exist */
async function findById<T>(missing: string, find: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await find();
  } catch (error) {
    // We compare the code, not its meaning: for a launch the same code may mean that we should wait.
    const failure = ec2Failure(error);
    if (failure.code.startsWith(missing)) return undefined;
    throw toHoldfastError(failure);
  }
}

async function seenInstanceTypes(ec2: Ec2, names: readonly string[]): Promise<readonly SeenInstanceType[]> {
  const Filters = [filter('instance-type', ...names)];
  const pages = await allPages((NextToken) => ec2.send(new DescribeInstanceTypesCommand({ Filters, NextToken })));
  return pages.flatMap(({ InstanceTypes = [] }) => InstanceTypes.map(seenInstanceType));
}

function seenInstanceType(type: InstanceTypeInfo): SeenInstanceType {
  return {
    name: type.InstanceType ?? '',
    architectures: type.ProcessorInfo?.SupportedArchitectures ?? [],
    maximumInterfaces: type.NetworkInfo?.MaximumNetworkInterfaces ?? 0,
    isBurstable: type.BurstablePerformanceSupported ?? false,
  };
}

/** Every VPC has one group with the reserved name "default". */
async function seenSecurityGroups(
  ec2: Ec2,
  { securityGroupIds, vpcId }: NamesInConfig,
): Promise<SeenAccount['securityGroups']> {
  const Filters =
    securityGroupIds === undefined
      ? [filter('vpc-id', vpcId), filter('group-name', 'default')]
      : [filter('group-id', ...securityGroupIds)];
  const pages = await allPages((NextToken) => ec2.send(new DescribeSecurityGroupsCommand({ Filters, NextToken })));
  return pages.flatMap(({ SecurityGroups = [] }) =>
    SecurityGroups.map(({ GroupId = '', VpcId = '' }) => ({ id: GroupId, vpcId: VpcId })),
  );
}

/** Knows no pages. */
async function seenKeyPairs(ec2: Ec2, keyPair: string): Promise<readonly string[]> {
  const command = new DescribeKeyPairsCommand({ Filters: [filter('key-name', keyPair)] });
  const { KeyPairs = [] } = await callEc2(() => ec2.send(command));
  return KeyPairs.map(({ KeyName }) => KeyName ?? '');
}

/** Escapes the values: the name of a key pair may contain characters that a filter would read as wildcards. */
function filter(name: string, ...values: readonly string[]): Filter {
  return { Name: name, Values: values.map((value) => value.replace(/[*?\\]/g, '\\$&')) };
}

async function allPages<Page extends { readonly NextToken?: string | undefined }>(
  describe: (nextToken: string | undefined) => Promise<Page>,
): Promise<readonly Page[]> {
  const pages: Page[] = [];
  let nextToken: string | undefined;
  do {
    const page = await callEc2(() => describe(nextToken));
    pages.push(page);
    nextToken = page.NextToken;
  } while (nextToken !== undefined && nextToken !== '');
  return pages;
}
