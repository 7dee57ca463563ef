/** The resources of an account before any launch: networks, images, key pairs, instance types. */
import type {
  DescribeImagesRequest,
  DescribeInstanceTypesRequest,
  DescribeInternetGatewaysRequest,
  DescribeKeyPairsRequest,
  DescribeSecurityGroupsRequest,
  DescribeSnapshotsRequest,
  DescribeSubnetsRequest,
  DescribeVpcsRequest,
  Image as DescribedImage,
  InstanceTypeInfo,
  InternetGateway as DescribedGateway,
  KeyPairInfo,
  SecurityGroup as DescribedGroup,
  Snapshot as DescribedSnapshot,
  Subnet as DescribedSubnet,
  Vpc as DescribedVpc,
} from '@aws-sdk/client-ec2';
import { usableRange } from './network/addressing';
import { ROOT_DEVICE } from './instances/block-devices';
import { describe, type FilterTable } from './requests/describe';
import { allowOnly } from './requests/parameters';
import type { Simulation } from './ec2-state';
import { seenTags, tagList } from './requests/tags';
import type {
  Architecture,
  Image,
  InstanceType,
  InternetGateway,
  KeyPair,
  SecurityGroup,
  Snapshot,
  Subnet,
  Vpc,
} from './world';

/** A resource that a user may have created a moment ago. */
interface CreatedByUser {
  /**
   * How long RunInstances and CreateNetworkInterface do not find it, in milliseconds. Describe calls show it at once.
   * Source: https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
   * @default - they find it at once
   */
  readonly visibleAfterMs?: number;
}

export interface NewSubnet extends CreatedByUser {
  /** Default: the first VPC. */
  readonly vpcId?: string;
  /** IPv4. Default: none, which makes the subnet IPv6-only. */
  readonly cidrBlock?: string;
  readonly availabilityZone: string;
  readonly mapPublicIpOnLaunch?: boolean;
  /** A /64. */
  readonly ipv6CidrBlock?: string;
}

export interface NewSecurityGroup extends CreatedByUser {
  /** Default: the first VPC. */
  readonly vpcId?: string;
  readonly name: string;
  readonly description?: string;
}

export interface NewInstanceType {
  readonly type: string;
  readonly vcpus: number;
  readonly memoryMib?: number;
  readonly architectures: readonly Architecture[];
  readonly maximumNetworkInterfaces: number;
  /** The on-demand price under Linux, in US dollars. Absent: the type has no price. */
  readonly usdPerHour?: number;
  /** The zones that offer the type. Absent: all zones. */
  readonly availabilityZones?: readonly string[];
}

/** Images do not say when they were added. */
const CREATION_DATE = '2025-11-03T08:00:00.000Z';

/** A new group admits nothing from outside, and lets everything out. */
const EVERYTHING = {
  IpProtocol: '-1',
  IpRanges: [{ CidrIp: '0.0.0.0/0' }],
  Ipv6Ranges: [],
  UserIdGroupPairs: [],
  PrefixListIds: [],
};

/** `Platform` has a value only for Windows. */
function platformOf({ platformDetails = 'Linux/UNIX' }: Image): Pick<DescribedImage, 'PlatformDetails' | 'Platform'> {
  return { PlatformDetails: platformDetails, ...(platformDetails.startsWith('Windows') && { Platform: 'Windows' }) };
}

export type NewImage = Pick<Image, 'name' | 'architecture' | 'state' | 'platformDetails'> & CreatedByUser;

export interface NewSnapshot {
  readonly sizeGib: number;
  /** @default completed */
  readonly state?: Snapshot['state'];
}

/** The parameters of every Describe call in this file, except ids. */
type DescribeInput = Pick<DescribeSubnetsRequest, 'DryRun' | 'Filters' | 'MaxResults' | 'NextToken'>;

type Tags = Readonly<Record<string, string>>;

export class Catalogue {
  constructor(private readonly simulation: Simulation) {}

  /** Also adds the security group `default`, which every VPC has. Returns the VPC's id. */
  addVpc({ cidrBlock, tags = {} }: { readonly cidrBlock: string; readonly tags?: Tags }): string {
    const vpc: Vpc = { ...this.newEntity('vpc', tags), cidrBlock };
    this.simulation.world.vpcs.set(vpc.id, vpc);
    this.addSecurityGroup({ vpcId: vpc.id, name: 'default', description: 'default VPC security group' });
    return vpc.id;
  }

  /** Without a VPC the gateway is detached. Returns the gateway's id. */
  addInternetGateway(vpcId?: string): string {
    const gateway: InternetGateway = { ...this.newEntity('igw'), ...(vpcId !== undefined && { vpcId }) };
    this.simulation.world.internetGateways.set(gateway.id, gateway);
    return gateway.id;
  }

  addSubnet({ vpcId = this.firstVpcId(), mapPublicIpOnLaunch = false, visibleAfterMs, ...rest }: NewSubnet): string {
    const entity = { ...this.newEntity('subnet'), ...this.usableAfter(visibleAfterMs) };
    const subnet: Subnet = { ...entity, vpcId, mapPublicIpOnLaunch, ...rest };
    this.simulation.world.subnets.set(subnet.id, subnet);
    return subnet.id;
  }

  addSecurityGroup(newGroup: NewSecurityGroup): string {
    const { vpcId = this.firstVpcId(), name, description = name, visibleAfterMs } = newGroup;
    const entity = { ...this.newEntity('sg'), ...this.usableAfter(visibleAfterMs) };
    const group: SecurityGroup = { ...entity, vpcId, name, description };
    this.simulation.world.securityGroups.set(group.id, group);
    return group.id;
  }

  addSnapshot({ sizeGib, state = 'completed' }: NewSnapshot): string {
    const snapshot: Snapshot = { ...this.newEntity('snap'), sizeGib, state };
    this.simulation.world.snapshots.set(snapshot.id, snapshot);
    return snapshot.id;
  }

  /** Also adds the snapshot of its root device. */
  addImage({ visibleAfterMs, ...newImage }: NewImage): string {
    const rootSnapshotId = this.addSnapshot({ sizeGib: ROOT_DEVICE.sizeGib });
    const entity = { ...this.newEntity('ami'), ...this.usableAfter(visibleAfterMs) };
    const image: Image = { ...entity, rootSnapshotId, ...newImage };
    this.simulation.world.images.set(image.id, image);
    return image.id;
  }

  addKeyPair(name: string): void {
    const { id: keyPairId, ...entity } = this.newEntity('key');
    this.simulation.world.keyPairs.set(name, { ...entity, id: name, keyPairId });
  }

  addInstanceType({ type, memoryMib = 1024, ...rest }: NewInstanceType): void {
    const { id: _, ...entity } = this.newEntity('type');
    this.simulation.world.instanceTypes.set(type, { ...entity, id: type, memoryMib, ...rest });
  }

  describeVpcs(input: DescribeVpcsRequest, pageSize: number): { Vpcs: DescribedVpc[]; NextToken: string | undefined } {
    const { items, nextToken } = this.page('DescribeVpcs', 'vpcs', input, 'VpcIds', pageSize, {
      cidr: ({ cidrBlock }) => [cidrBlock],
      'vpc-id': ({ id }) => [id],
    });
    const { accountId } = this.simulation.world;
    const shape = (vpc: Vpc): DescribedVpc => ({
      VpcId: vpc.id,
      CidrBlock: vpc.cidrBlock,
      OwnerId: accountId,
      State: 'available',
      InstanceTenancy: 'default',
      IsDefault: false,
      Tags: this.tagsOf(vpc),
    });
    return { Vpcs: items.map(shape), NextToken: nextToken };
  }

  describeInternetGateways(
    input: DescribeInternetGatewaysRequest,
    pageSize: number,
  ): { InternetGateways: DescribedGateway[]; NextToken: string | undefined } {
    const operation = 'DescribeInternetGateways';
    const { items, nextToken } = this.page(operation, 'internetGateways', input, 'InternetGatewayIds', pageSize, {
      'attachment.vpc-id': ({ vpcId }) => [vpcId],
      'internet-gateway-id': ({ id }) => [id],
    });
    const shape = (gateway: InternetGateway): DescribedGateway => ({
      InternetGatewayId: gateway.id,
      // EC2 returns `available` for an attached one. The SDK's types have only the states of a VPN gateway's attachment.
      Attachments:
        gateway.vpcId === undefined ? [] : [{ VpcId: gateway.vpcId, State: 'available' as unknown as 'attached' }],
      OwnerId: this.simulation.world.accountId,
      Tags: this.tagsOf(gateway),
    });
    return { InternetGateways: items.map(shape), NextToken: nextToken };
  }

  describeSubnets(
    input: DescribeSubnetsRequest,
    pageSize: number,
  ): { Subnets: DescribedSubnet[]; NextToken: string | undefined } {
    const { items, nextToken } = this.page('DescribeSubnets', 'subnets', input, 'SubnetIds', pageSize, {
      'availability-zone': ({ availabilityZone }) => [availabilityZone],
      'cidr-block': ({ cidrBlock }) => [cidrBlock],
      'ipv6-native': ({ cidrBlock }) => [String(cidrBlock === undefined)],
      'map-public-ip-on-launch': ({ mapPublicIpOnLaunch }) => [String(mapPublicIpOnLaunch)],
      'subnet-id': ({ id }) => [id],
      'vpc-id': ({ vpcId }) => [vpcId],
    });
    return { Subnets: items.map((subnet) => this.shapeSubnet(subnet)), NextToken: nextToken };
  }

  private shapeSubnet(subnet: Subnet): DescribedSubnet {
    const { accountId, region } = this.simulation.world;
    const ipv6 = subnet.ipv6CidrBlock;
    return {
      SubnetId: subnet.id,
      SubnetArn: `arn:aws:ec2:${region}:${accountId}:subnet/${subnet.id}`,
      VpcId: subnet.vpcId,
      OwnerId: accountId,
      State: 'available',
      ...(subnet.cidrBlock !== undefined && { CidrBlock: subnet.cidrBlock }),
      Ipv6Native: subnet.cidrBlock === undefined,
      AvailabilityZone: subnet.availabilityZone,
      AvailableIpAddressCount: this.freeIpv4Count(subnet),
      MapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
      Ipv6CidrBlockAssociationSet:
        ipv6 === undefined ? [] : [{ Ipv6CidrBlock: ipv6, Ipv6CidrBlockState: { State: 'associated' } }],
      Tags: this.tagsOf(subnet),
    };
  }

  private freeIpv4Count({ id, cidrBlock }: Subnet): number {
    if (cidrBlock === undefined) return 0;
    const { first, last } = usableRange(cidrBlock);
    const used = [...this.simulation.world.networkInterfaces.values()].filter(({ subnetId }) => subnetId === id).length;
    return last - first + 1 - used;
  }

  describeSecurityGroups(
    input: DescribeSecurityGroupsRequest,
    pageSize: number,
  ): { SecurityGroups: DescribedGroup[]; NextToken: string | undefined } {
    const operation = 'DescribeSecurityGroups';
    const { items, nextToken } = this.page(operation, 'securityGroups', input, 'GroupIds', pageSize, {
      'group-id': ({ id }) => [id],
      'group-name': ({ name }) => [name],
      'vpc-id': ({ vpcId }) => [vpcId],
    });
    const shape = (group: SecurityGroup): DescribedGroup => ({
      GroupId: group.id,
      GroupName: group.name,
      Description: group.description,
      VpcId: group.vpcId,
      OwnerId: this.simulation.world.accountId,
      // The default group of a VPC also admits what its members send.
      IpPermissions:
        group.name === 'default'
          ? [
              {
                ...EVERYTHING,
                IpRanges: [],
                UserIdGroupPairs: [{ GroupId: group.id, UserId: this.simulation.world.accountId }],
              },
            ]
          : [],
      IpPermissionsEgress: [EVERYTHING],
      Tags: this.tagsOf(group),
    });
    return { SecurityGroups: items.map(shape), NextToken: nextToken };
  }

  /** Like EC2, leaves out disabled images unless the request includes them. */
  describeImages(
    {
      IncludeDisabled: withDisabled = false,
      // No image of the simulation is deprecated.
      IncludeDeprecated: _withDeprecated,
      Owners: owners,
      ...input
    }: DescribeImagesRequest,
    pageSize: number,
  ): { Images: DescribedImage[]; NextToken: string | undefined } {
    const { items, nextToken } = this.page('DescribeImages', 'images', input, 'ImageIds', pageSize, {
      architecture: ({ architecture }) => [architecture],
      'image-id': ({ id }) => [id],
      name: ({ name }) => [name],
      state: ({ state = 'available' }) => [state],
    });
    const { accountId } = this.simulation.world;
    // The account owns them all.
    const isWanted = owners === undefined || owners.includes('self') || owners.includes(accountId);
    const shown = items.filter(({ state }) => isWanted && (withDisabled || state !== 'disabled'));
    const shape = (image: Image): DescribedImage => ({
      ImageId: image.id,
      OwnerId: accountId,
      CreationDate: CREATION_DATE,
      Name: image.name,
      Architecture: image.architecture,
      ...platformOf(image),
      State: image.state ?? 'available',
      ImageType: 'machine',
      RootDeviceType: 'ebs',
      RootDeviceName: ROOT_DEVICE.deviceName,
      BlockDeviceMappings: [
        {
          DeviceName: ROOT_DEVICE.deviceName,
          Ebs: {
            DeleteOnTermination: true,
            SnapshotId: image.rootSnapshotId,
            VolumeSize: ROOT_DEVICE.sizeGib,
            VolumeType: ROOT_DEVICE.volumeType,
            Encrypted: false,
          },
        },
      ],
      VirtualizationType: 'hvm',
      Tags: this.tagsOf(image),
    });
    return { Images: shown.map(shape), NextToken: nextToken };
  }

  describeSnapshots(
    input: DescribeSnapshotsRequest,
    pageSize: number,
  ): { Snapshots: DescribedSnapshot[]; NextToken: string | undefined } {
    const { items, nextToken } = this.page('DescribeSnapshots', 'snapshots', input, 'SnapshotIds', pageSize, {
      'snapshot-id': ({ id }) => [id],
      status: ({ state }) => [state],
    });
    const shape = (snapshot: Snapshot): DescribedSnapshot => ({
      SnapshotId: snapshot.id,
      State: snapshot.state,
      VolumeSize: snapshot.sizeGib,
      OwnerId: this.simulation.world.accountId,
      Encrypted: false,
      Tags: this.tagsOf(snapshot),
    });
    return { Snapshots: items.map(shape), NextToken: nextToken };
  }

  /** Has no pages, as on EC2. */
  describeKeyPairs(input: DescribeKeyPairsRequest): { KeyPairs: KeyPairInfo[] } {
    allowOnly('DescribeKeyPairs', input, ['DryRun', 'Filters', 'KeyNames']);
    const query = { operation: 'DescribeKeyPairs', ids: input.KeyNames, filters: input.Filters, pageSize: Infinity };
    const filters: FilterTable<KeyPair> = { 'key-name': ({ id }) => [id], 'key-pair-id': (pair) => [pair.keyPairId] };
    const { items } = describe(this.simulation, 'keyPairs', query, filters);
    const shape = (pair: KeyPair): KeyPairInfo => ({
      KeyName: pair.id,
      KeyPairId: pair.keyPairId,
      KeyType: 'ed25519',
      Tags: this.tagsOf(pair),
    });
    return { KeyPairs: items.map(shape) };
  }

  describeInstanceTypes(
    input: DescribeInstanceTypesRequest,
    pageSize: number,
  ): { InstanceTypes: InstanceTypeInfo[]; NextToken: string | undefined } {
    const operation = 'DescribeInstanceTypes';
    const { items, nextToken } = this.page(operation, 'instanceTypes', input, 'InstanceTypes', pageSize, {
      'instance-type': ({ id }) => [id],
      'processor-info.supported-architecture': ({ architectures }) => architectures,
    });
    const shape = (type: InstanceType): InstanceTypeInfo => ({
      InstanceType: type.id as NonNullable<InstanceTypeInfo['InstanceType']>,
      SupportedUsageClasses: ['on-demand', 'spot'],
      BurstablePerformanceSupported: /^t\d/.test(type.id),
      ProcessorInfo: { SupportedArchitectures: [...type.architectures] },
      VCpuInfo: { DefaultVCpus: type.vcpus },
      MemoryInfo: { SizeInMiB: type.memoryMib },
      NetworkInfo: {
        MaximumNetworkInterfaces: type.maximumNetworkInterfaces,
        MaximumNetworkCards: 1,
        EnaSupport: 'required',
        Ipv6Supported: true,
      },
    });
    return { InstanceTypes: items.map(shape), NextToken: nextToken };
  }

  private page<
    C extends 'vpcs' | 'internetGateways' | 'subnets' | 'securityGroups' | 'images' | 'snapshots' | 'instanceTypes',
    Ids extends string,
  >(
    operation: string,
    collection: C,
    input: DescribeInput & { readonly [name in Ids]?: readonly string[] | undefined },
    idsParameter: Ids,
    pageSize: number,
    filters: Parameters<typeof describe<C>>[3],
  ) {
    const names = [idsParameter, 'DryRun', 'Filters', 'MaxResults', 'NextToken'];
    allowOnly<Record<string, unknown>>(operation, { ...input }, names);
    const query = {
      operation,
      ids: input[idsParameter],
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
      pageSize,
      ...(collection === 'instanceTypes' && { maxResultsRange: [5, 100] as const }),
    };
    return describe(this.simulation, collection, query, filters);
  }

  private newEntity(prefix: string, tags: Tags = {}) {
    const { simulation } = this;
    return {
      id: simulation.newId(prefix),
      ordinal: simulation.nextOrdinal(),
      tags: { current: { ...tags }, previous: {}, visibleAt: 0 },
    };
  }

  private usableAfter(visibleAfterMs: CreatedByUser['visibleAfterMs']): { usableAt?: number } {
    return visibleAfterMs === undefined ? {} : { usableAt: this.simulation.now() + visibleAfterMs };
  }

  private firstVpcId(): string {
    const [vpcId] = this.simulation.world.vpcs.keys();
    if (vpcId === undefined) throw new Error('Add a VPC first.');
    return vpcId;
  }

  private tagsOf(entity: Vpc | InternetGateway | Subnet | SecurityGroup | Image | Snapshot | KeyPair) {
    return tagList(seenTags(this.simulation, entity));
  }
}
