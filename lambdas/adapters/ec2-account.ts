/**
 * What the account has of the things that a configuration names, on the AWS SDK.
 *
 * Things are asked for by filters, because naming one that does not exist by its id fails the whole call, and all
 * that is missing is to be reported at once. The answers come in pages, each of which may be empty.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination
 */
import {
  DescribeAddressesCommand,
  DescribeImagesCommand,
  DescribeInstanceTypesCommand,
  DescribeKeyPairsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type Filter,
  type InstanceTypeInfo,
  type NetworkInterface,
  type Subnet,
} from '@aws-sdk/client-ec2';
import type {
  SeenAccount,
  SeenElasticIp,
  SeenImage,
  SeenInstanceType,
  SeenInterfaceAddress,
  SeenSubnet,
} from '../../domain/observations';
import { NODE_ID_TAG } from '../../domain/stateful-node';
import type { Account } from '../ports';
import { seenElasticIp } from './ec2-addresses';
import { callEc2, toHoldfastError } from './ec2-error';

type Ec2 = Pick<EC2Client, 'send'>;

/** Where the deployment is, and which roles it may give to instances. */
export type Surroundings = Pick<SeenAccount, 'region' | 'instanceRoleArns'>;

export function ec2Account(ec2: Ec2, { region, instanceRoleArns }: Surroundings): Account {
  return {
    async observe(names) {
      const { privateIp, elasticIp: allocationId, keyPair, subnetIds } = names;
      const [vpcIds, subnets, privateIpHolders, elasticIp, image, instanceTypes, securityGroups, keyPairs] =
        await Promise.all([
          seenVpcIds(ec2, names.vpcId),
          seenSubnets(ec2, subnetIds),
          privateIp === undefined ? [] : seenHolders(ec2, privateIp, subnetIds),
          allocationId === undefined ? undefined : findElasticIp(ec2, allocationId),
          findImage(ec2, names.imageId),
          seenInstanceTypes(ec2, names.instanceTypes),
          seenSecurityGroups(ec2, names.securityGroupIds),
          keyPair === undefined ? [] : seenKeyPairs(ec2, keyPair),
        ]);
      return {
        ...{ region, instanceRoleArns, vpcIds, subnets, privateIpHolders },
        ...{ elasticIp, image, instanceTypes, securityGroups, keyPairs },
      };
    },
  };
}

async function seenVpcIds(ec2: Ec2, vpcId: string): Promise<readonly string[]> {
  const Filters = [filter('vpc-id', vpcId)];
  const pages = await allPages((NextToken) => ec2.send(new DescribeVpcsCommand({ Filters, NextToken })));
  return pages.flatMap(({ Vpcs = [] }) => Vpcs.map(({ VpcId }) => VpcId ?? ''));
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
    cidrBlock: subnet.CidrBlock ?? '',
    hasIpv6: ipv6Ranges.some(({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State === 'associated'),
    assignsPublicIp: subnet.MapPublicIpOnLaunch ?? false,
  };
}

/** A secondary address of an interface is as taken as its own. */
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
 * By its id, because a filter over all the images there are may time out, and leaves out the deprecated ones, which can
 * be launched all the same. A disabled one cannot, and is asked for to be named as what it is.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html
 */
function findImage(ec2: Ec2, imageId: string): Promise<SeenImage | undefined> {
  const command = new DescribeImagesCommand({ ImageIds: [imageId], IncludeDisabled: true });
  return callEc2<SeenImage | undefined>(
    async () => {
      const { Images: [found] = [] } = await ec2.send(command);
      return found && { architecture: found.Architecture ?? '', state: found.State ?? '' };
    },
    {
      // A document is about to name it: what EC2 does not know yet is refused, and may be sent again.
      'named-missing': () => undefined,
      rejected: (failure) => {
        if (failure.code.startsWith('InvalidAMIID.')) return undefined;
        throw toHoldfastError(failure);
      },
    },
  );
}

async function seenInstanceTypes(ec2: Ec2, names: readonly string[]): Promise<readonly SeenInstanceType[]> {
  const Filters = [filter('instance-type', ...names)];
  const pages = await allPages((NextToken) => ec2.send(new DescribeInstanceTypesCommand({ Filters, NextToken })));
  return pages.flatMap(({ InstanceTypes = [] }) => InstanceTypes.map(seenInstanceType));
}

function seenInstanceType({ InstanceType, ProcessorInfo, NetworkInfo }: InstanceTypeInfo): SeenInstanceType {
  return {
    name: InstanceType ?? '',
    architectures: ProcessorInfo?.SupportedArchitectures ?? [],
    maximumInterfaces: NetworkInfo?.MaximumNetworkInterfaces ?? 0,
  };
}

async function seenSecurityGroups(ec2: Ec2, groupIds: readonly string[]): Promise<SeenAccount['securityGroups']> {
  const Filters = [filter('group-id', ...groupIds)];
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

/** The values as they are: a key pair's name may hold what a filter would take for a wildcard. */
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
