/** Lists what the account has, on the AWS SDK. Every call only describes. */
import {
  DescribeAddressesCommand,
  DescribeAvailabilityZonesCommand,
  DescribeImagesCommand,
  DescribeInstanceTypesCommand,
  DescribeKeyPairsCommand,
  DescribeRegionsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSpotPriceHistoryCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type _InstanceType,
  type EC2Client,
  type Filter,
  type Image,
  type InstanceTypeInfo,
  type IpPermission,
  type SecurityGroup,
  type Subnet,
  type Tag,
} from '@aws-sdk/client-ec2';
import type {
  AccountImage,
  AccountInstanceType,
  AccountSecurityGroup,
  AccountSubnet,
  ImageQuery,
  SecurityGroupRule,
} from '../../domain/node/account-things';
import type { AccountLists, Time } from '../ports';
import { callEc2 } from './ec2-error';
import { allPages, PAGE_SIZE } from './ec2-pages';

type Ec2 = Pick<EC2Client, 'send'>;

/** The largest page of `DescribeInstanceTypes`. */
const TYPES_PAGE_SIZE = 100;

export function ec2AccountLists(ec2: Ec2, time: Pick<Time, 'now'>): AccountLists {
  return {
    ...networkLists(ec2),
    ...launchLists(ec2, time),
    async spotPrices(instanceTypes) {
      // EC2 returns the price at the start of the period, which is the present one.
      const now = time.now();
      return allPages(async (NextToken) => {
        const command = new DescribeSpotPriceHistoryCommand({
          InstanceTypes: instanceTypes.map((name) => name as _InstanceType),
          ProductDescriptions: ['Linux/UNIX'],
          StartTime: now,
          EndTime: now,
          NextToken,
        });
        const { SpotPriceHistory = [], NextToken: next } = await ec2.send(command);
        const items = SpotPriceHistory.map(({ InstanceType = '', AvailabilityZone = '', SpotPrice }) => ({
          instanceType: InstanceType,
          availabilityZone: AvailabilityZone,
          usdPerHour: Number(SpotPrice),
        }));
        // The last page has an empty token.
        return { items, next: next || undefined };
      });
    },
  };
}

function networkLists(
  ec2: Ec2,
): Pick<AccountLists, 'regions' | 'zones' | 'vpcs' | 'subnets' | 'addresses' | 'securityGroups'> {
  return {
    // The next three know no pages.
    async regions() {
      const { Regions = [] } = await callEc2(() => ec2.send(new DescribeRegionsCommand({})));
      return Regions.map(({ RegionName = '' }) => ({ id: RegionName }));
    },
    async zones() {
      const { AvailabilityZones = [] } = await callEc2(() => ec2.send(new DescribeAvailabilityZonesCommand({})));
      return AvailabilityZones.map(({ ZoneName = '', ZoneId = '', RegionName = '', State = '' }) => ({
        name: ZoneName,
        id: ZoneId,
        region: RegionName,
        state: State,
      }));
    },
    async addresses() {
      const { Addresses = [] } = await callEc2(() => ec2.send(new DescribeAddressesCommand({})));
      return Addresses.map(({ AllocationId = '', PublicIp = '', NetworkInterfaceId, InstanceId, Tags }) => ({
        allocationId: AllocationId,
        publicIp: PublicIp,
        name: nameIn(Tags),
        interfaceId: NetworkInterfaceId,
        instanceId: InstanceId,
      }));
    },
    vpcs: () =>
      allPages(async (NextToken) => {
        const { Vpcs = [], NextToken: next } = await ec2.send(
          new DescribeVpcsCommand({ MaxResults: PAGE_SIZE, NextToken }),
        );
        const items = Vpcs.map(({ VpcId = '', CidrBlock = '', IsDefault = false, OwnerId = '', Tags }) => ({
          id: VpcId,
          name: nameIn(Tags),
          cidrBlock: CidrBlock,
          isDefault: IsDefault,
          ownerId: OwnerId,
        }));
        return { items, next };
      }),
    subnets: () =>
      allPages(async (NextToken) => {
        const { Subnets = [], NextToken: next } = await ec2.send(
          new DescribeSubnetsCommand({ MaxResults: PAGE_SIZE, NextToken }),
        );
        return { items: Subnets.map(accountSubnet), next };
      }),
    securityGroups: () =>
      allPages(async (NextToken) => {
        const { SecurityGroups = [], NextToken: next } = await ec2.send(
          new DescribeSecurityGroupsCommand({ MaxResults: PAGE_SIZE, NextToken }),
        );
        return { items: SecurityGroups.map(accountGroup), next };
      }),
  };
}

function launchLists(ec2: Ec2, time: Pick<Time, 'now'>): Pick<AccountLists, 'images' | 'keyPairs' | 'instanceTypes'> {
  return {
    images: (query) =>
      allPages(async (NextToken) => {
        const command = new DescribeImagesCommand({
          Owners: [query.owner],
          Filters: filtersOf(query),
          IncludeDeprecated: query.owner === 'self',
          MaxResults: PAGE_SIZE,
          NextToken,
        });
        const { Images = [], NextToken: next } = await ec2.send(command);
        return { items: Images.map((image) => accountImage(image, time.now())), next };
      }),
    // Knows no pages.
    async keyPairs() {
      const { KeyPairs = [] } = await callEc2(() => ec2.send(new DescribeKeyPairsCommand({})));
      return KeyPairs.map(({ KeyName = '', KeyPairId = '', KeyType = '' }) => ({
        name: KeyName,
        id: KeyPairId,
        type: KeyType,
      }));
    },
    instanceTypes: () =>
      allPages(async (NextToken) => {
        const { InstanceTypes = [], NextToken: next } = await ec2.send(
          new DescribeInstanceTypesCommand({ MaxResults: TYPES_PAGE_SIZE, NextToken }),
        );
        return { items: InstanceTypes.map(accountType), next };
      }),
  };
}

function filtersOf({ name, architecture }: ImageQuery): Filter[] {
  return [
    ...(name === undefined ? [] : [{ Name: 'name', Values: [name] }]),
    ...(architecture === undefined ? [] : [{ Name: 'architecture', Values: [architecture] }]),
  ];
}

function accountSubnet(subnet: Subnet): AccountSubnet {
  const ipv6Ranges = subnet.Ipv6CidrBlockAssociationSet ?? [];
  return {
    id: subnet.SubnetId ?? '',
    name: nameIn(subnet.Tags),
    vpcId: subnet.VpcId ?? '',
    availabilityZone: subnet.AvailabilityZone ?? '',
    // An IPv6-only subnet has no IPv4 block, or an empty one.
    cidrBlock: subnet.CidrBlock || undefined,
    hasIpv6: ipv6Ranges.some(({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State === 'associated'),
    freeAddresses: subnet.AvailableIpAddressCount ?? 0,
    ownerId: subnet.OwnerId ?? '',
  };
}

function accountGroup(group: SecurityGroup): AccountSecurityGroup {
  return {
    id: group.GroupId ?? '',
    name: group.GroupName ?? '',
    vpcId: group.VpcId ?? '',
    description: group.Description ?? '',
    rules: [
      ...(group.IpPermissions ?? []).map((each) => ruleOf('inbound', each)),
      ...(group.IpPermissionsEgress ?? []).map((each) => ruleOf('outbound', each)),
    ],
  };
}

function ruleOf(direction: SecurityGroupRule['direction'], permission: IpPermission): SecurityGroupRule {
  const { IpProtocol = ALL, FromPort, ToPort, IpRanges = [], Ipv6Ranges = [] } = permission;
  const peers = [
    ...IpRanges.map(({ CidrIp }) => CidrIp),
    ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6),
    ...(permission.UserIdGroupPairs ?? []).map(({ GroupId }) => GroupId),
    ...(permission.PrefixListIds ?? []).map(({ PrefixListId }) => PrefixListId),
  ].filter((peer) => peer !== undefined);
  return {
    direction,
    protocol: IpProtocol === ALL ? 'all' : IpProtocol,
    fromPort: portOf(FromPort),
    toPort: portOf(ToPort),
    peers,
  };
}

/** EC2's number for every protocol. */
const ALL = '-1';

/** EC2 writes "all" as -1. */
function portOf(port: number | undefined): number | undefined {
  return port === -1 ? undefined : port;
}

function accountImage(image: Image, now: Date): AccountImage {
  const { DeprecationTime, Platform } = image;
  return {
    id: image.ImageId ?? '',
    name: image.Name ?? '',
    ownerId: image.OwnerId ?? '',
    architecture: image.Architecture ?? '',
    state: image.State ?? '',
    platform: image.PlatformDetails ?? (Platform === undefined ? 'Linux/UNIX' : 'Windows'),
    createdAt: image.CreationDate ?? '',
    isDeprecated: DeprecationTime !== undefined && Date.parse(DeprecationTime) <= now.getTime(),
  };
}

function accountType(type: InstanceTypeInfo): AccountInstanceType {
  return {
    name: type.InstanceType ?? '',
    architectures: type.ProcessorInfo?.SupportedArchitectures ?? [],
    vCpus: type.VCpuInfo?.DefaultVCpus ?? 0,
    memoryMib: type.MemoryInfo?.SizeInMiB ?? 0,
    maximumInterfaces: type.NetworkInfo?.MaximumNetworkInterfaces ?? 0,
    enaSupport: type.NetworkInfo?.EnaSupport ?? 'unsupported',
    isBurstable: type.BurstablePerformanceSupported ?? false,
    hasSpot: type.SupportedUsageClasses?.includes('spot') ?? false,
  };
}

function nameIn(tags: readonly Tag[] = []): string | undefined {
  return tags.find(({ Key }) => Key === 'Name')?.Value;
}
