/** Instances as `RunInstances`, `DescribeInstances` and `DescribeInstanceStatus` return them. */
import type {
  DescribeInstancesCommandOutput,
  DescribeInstancesRequest,
  DescribeInstanceStatusCommandOutput,
  DescribeInstanceStatusRequest,
  Instance as Described,
  InstanceNetworkInterface,
  InstanceStatus,
  InstanceStatusSummary,
  Reservation,
  RunInstancesRequest,
} from '@aws-sdk/client-ec2';
import type { Attached, Attachments } from '../network/attachments';
import { ROOT_DEVICE } from './block-devices';
import { describe, type FilterTable } from '../requests/describe';
import type { ElasticIps } from '../network/elastic-ips';
import { seenInstance } from '../lateness';
import { STATE_CODES, stateTransitionReason } from './lifecycle';
import {
  describeAssociation,
  describeGroups,
  privateDnsName,
  publicDnsName,
  sdkStatus,
} from '../network/network-interface-shape';
import { allowOnly, type Without$metadata } from '../requests/parameters';
import type { Simulation } from '../ec2-state';
import { seenTags, tagList } from '../requests/tags';
import type { Volumes } from './volumes';
import type { Impairment, Instance } from '../world';

type CheckStatus = Impairment['status'] | 'ok' | 'initializing' | 'not-applicable';

/** The `reachability` detail of a status check, for each status that has one. */
const REACHABILITY = {
  ok: 'passed',
  impaired: 'failed',
  initializing: 'initializing',
  'insufficient-data': 'insufficient-data',
} as const satisfies Partial<Record<CheckStatus, string>>;

/**
 * The defaults of a launch.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsRequest.html
 */
const METADATA_DEFAULTS = {
  HttpTokens: 'optional',
  HttpPutResponseHopLimit: 1,
  HttpEndpoint: 'enabled',
  HttpProtocolIpv6: 'disabled',
  InstanceMetadataTags: 'disabled',
} as const;

export class InstanceShapes {
  constructor(
    private readonly simulation: Simulation,
    private readonly attachments: Attachments,
    private readonly elasticIps: ElasticIps,
    private readonly volumes: Volumes,
  ) {}

  describe(input: DescribeInstancesRequest, pageSize: number): Without$metadata<DescribeInstancesCommandOutput> {
    allowOnly('DescribeInstances', input, ['DryRun', 'Filters', 'InstanceIds', 'MaxResults', 'NextToken']);
    const { items, nextToken } = describe(
      this.simulation,
      'instances',
      {
        operation: 'DescribeInstances',
        ids: input.InstanceIds,
        filters: input.Filters,
        maxResults: input.MaxResults,
        nextToken: input.NextToken,
        pageSize,
      },
      this.filters,
      (instance) => seenInstance(this.simulation, instance),
    );
    const reservations = new Map<string, Instance[]>();
    for (const item of items) {
      const { reservationId } = item;
      reservations.set(reservationId, [...(reservations.get(reservationId) ?? []), item]);
    }
    const interfaces = this.attachments.seenByInstance();
    return {
      Reservations: [...reservations.values()].map((instances) =>
        this.reservation(instances, (id) => interfaces.get(id) ?? []),
      ),
      NextToken: nextToken,
    };
  }

  /** The instances of one launch as its response shows them: in their real state. */
  launched(instances: readonly Instance[]): Reservation {
    return this.reservation(instances, (id) => this.attachments.of(id));
  }

  private reservation(instances: readonly Instance[], interfacesOf: (instanceId: string) => Attached[]): Reservation {
    return {
      ReservationId: instances[0]?.reservationId,
      OwnerId: this.simulation.world.accountId,
      Groups: [],
      Instances: instances.map((instance) => this.shape(instance, interfacesOf(instance.id))),
    };
  }

  /** The settings of a launch that have no effect here, in the form that describe calls return. */
  settings(input: RunInstancesRequest): Record<string, unknown> {
    const { IamInstanceProfile: profile, MetadataOptions: metadata } = input;
    const { accountId } = this.simulation.world;
    return {
      EbsOptimized: input.EbsOptimized ?? false,
      IsMonitored: input.Monitoring?.Enabled ?? false,
      ...(profile && {
        IamInstanceProfile: { Arn: profile.Arn ?? `arn:aws:iam::${accountId}:instance-profile/${profile.Name}` },
      }),
      MetadataOptions: { ...METADATA_DEFAULTS, ...metadata },
      Tenancy: input.Placement?.Tenancy ?? 'default',
      ...(input.UserData !== undefined && { UserData: input.UserData }),
    };
  }

  private shape(instance: Instance, interfaces: readonly Attached[]): Described {
    // Only DescribeInstanceAttribute returns the user data: see instance-attributes.ts.
    const {
      Tenancy: tenancy,
      UserData: _,
      IsMonitored: isMonitored,
      MetadataOptions: metadata,
      ...settings
    } = instance.settings;
    const isSettled = instance.state !== 'pending';
    return {
      InstanceId: instance.id,
      InstanceType: instance.instanceType as NonNullable<Described['InstanceType']>,
      ImageId: instance.imageId,
      Architecture: this.simulation.world.images.get(instance.imageId)?.architecture,
      AmiLaunchIndex: instance.launchIndex,
      State: { Name: instance.state, Code: STATE_CODES[instance.state] },
      StateTransitionReason: stateTransitionReason(instance),
      ...(instance.stateReason && {
        StateReason: { Code: instance.stateReason.code, Message: instance.stateReason.message },
      }),
      LaunchTime: new Date(instance.launchedAt),
      Placement: { AvailabilityZone: instance.availabilityZone, GroupName: '', Tenancy: tenancy as 'default' },
      ...(instance.lifeCycle === 'spot' && {
        InstanceLifecycle: 'spot',
        SpotInstanceRequestId: instance.spotRequestId,
      }),
      ClientToken: instance.clientToken ?? '',
      KeyName: instance.keyName,
      Tags: tagList(seenTags(this.simulation, instance)),
      Monitoring: { State: isMonitored !== true ? 'disabled' : isSettled ? 'enabled' : 'pending' },
      MetadataOptions: { ...(metadata as object), State: isSettled ? 'applied' : 'pending' },
      RootDeviceName: ROOT_DEVICE.deviceName,
      RootDeviceType: 'ebs',
      BlockDeviceMappings: this.volumes.mappingsOf(instance.id),
      ...settings,
      ...this.shapeNetwork(instance, interfaces),
    };
  }

  /** A terminated instance no longer has a network: no subnet, no addresses, no interfaces. */
  private shapeNetwork(
    instance: Instance,
    interfaces: readonly Attached[] = this.attachments.seenOf(instance.id),
  ): Partial<Described> {
    if (instance.state === 'terminated') return { NetworkInterfaces: [], SecurityGroups: [] };
    const primary = interfaces.find(({ attachment }) => attachment.deviceIndex === 0);
    if (primary === undefined) return { NetworkInterfaces: [], SecurityGroups: [] };
    const { region } = this.simulation.world;
    const publicIp = this.publicIpOf(primary);
    return {
      SubnetId: instance.subnetId,
      VpcId: instance.vpcId,
      PrivateIpAddress: primary.privateIpAddress,
      PrivateDnsName: privateDnsName(region, primary.privateIpAddress),
      ...(publicIp !== undefined && { PublicIpAddress: publicIp, PublicDnsName: publicDnsName(region, publicIp) }),
      ...(primary.ipv6Addresses[0] !== undefined && { Ipv6Address: primary.ipv6Addresses[0] }),
      SourceDestCheck: primary.sourceDestCheck,
      SecurityGroups: describeGroups(this.simulation, primary.groupIds),
      NetworkInterfaces: interfaces.map((networkInterface) => this.shapeInterface(networkInterface)),
    };
  }

  private shapeInterface(networkInterface: Attached): InstanceNetworkInterface {
    const { attachment } = networkInterface;
    const { Association: association } = describeAssociation(this.simulation, this.elasticIps, networkInterface);
    // An instance shows only the owner and the address. The allocation is shown with the interface itself.
    const brief = association && {
      IpOwnerId: association.IpOwnerId,
      PublicIp: association.PublicIp,
      PublicDnsName: association.PublicDnsName,
    };
    return {
      NetworkInterfaceId: networkInterface.id,
      SubnetId: networkInterface.subnetId,
      VpcId: networkInterface.vpcId,
      OwnerId: this.simulation.world.accountId,
      InterfaceType: 'interface',
      Description: networkInterface.description,
      Status: sdkStatus(networkInterface.status),
      MacAddress: networkInterface.macAddress,
      SourceDestCheck: networkInterface.sourceDestCheck,
      PrivateIpAddress: networkInterface.privateIpAddress,
      PrivateIpAddresses: [
        { Primary: true, PrivateIpAddress: networkInterface.privateIpAddress, ...(brief && { Association: brief }) },
      ],
      Ipv6Addresses: networkInterface.ipv6Addresses.map((Ipv6Address) => ({ Ipv6Address })),
      Groups: describeGroups(this.simulation, networkInterface.groupIds),
      ...(brief && { Association: brief }),
      Attachment: {
        AttachmentId: attachment.id,
        DeviceIndex: attachment.deviceIndex,
        NetworkCardIndex: 0,
        Status: attachment.status,
        AttachTime: new Date(attachment.attachedAt),
        DeleteOnTermination: attachment.deleteOnTermination,
      },
    };
  }

  /** Returns only running instances, unless the request includes all. */
  describeStatus(
    input: DescribeInstanceStatusRequest,
    pageSize: number,
  ): Without$metadata<DescribeInstanceStatusCommandOutput> {
    allowOnly('DescribeInstanceStatus', input, [
      'DryRun',
      'Filters',
      'IncludeAllInstances',
      'InstanceIds',
      'MaxResults',
      'NextToken',
    ]);
    const { items, nextToken } = describe(
      this.simulation,
      'instances',
      {
        operation: 'DescribeInstanceStatus',
        ids: input.InstanceIds,
        filters: [
          ...(input.Filters ?? []),
          ...(input.IncludeAllInstances ? [] : [{ Name: 'instance-state-name', Values: ['running'] }]),
        ],
        maxResults: input.MaxResults,
        nextToken: input.NextToken,
        pageSize,
      },
      this.statusFilters,
      (instance) => seenInstance(this.simulation, instance),
    );
    return { InstanceStatuses: items.map((item) => this.shapeStatus(item)), NextToken: nextToken };
  }

  private shapeStatus(instance: Instance): InstanceStatus {
    return {
      InstanceId: instance.id,
      AvailabilityZone: instance.availabilityZone,
      InstanceState: { Name: instance.state, Code: STATE_CODES[instance.state] },
      InstanceStatus: this.shapeCheck(instance, 'instance'),
      SystemStatus: this.shapeCheck(instance, 'system'),
      AttachedEbsStatus: this.shapeCheck(instance, 'attached-ebs'),
    };
  }

  private shapeCheck(instance: Instance, check: Impairment['check']): InstanceStatusSummary {
    const status = this.statusOf(instance, check);
    if (status === 'not-applicable') return { Status: status };
    const failsSince = status === 'impaired' ? instance.impairment?.since : undefined;
    return {
      Status: status,
      Details: [
        {
          Name: 'reachability',
          Status: REACHABILITY[status],
          ...(failsSince !== undefined && { ImpairedSince: new Date(failsSince) }),
        },
      ],
    };
  }

  private statusOf({ state, reachableAt, impairment }: Instance, check: Impairment['check']): CheckStatus {
    if (state !== 'running') return 'not-applicable';
    if (impairment?.check === check) return impairment.status;
    return this.simulation.now() >= (reachableAt ?? Infinity) ? 'ok' : 'initializing';
  }

  private publicIpOf(networkInterface: Attached): string | undefined {
    return this.elasticIps.seenOn(networkInterface.id)?.elasticIp.publicIp ?? networkInterface.autoAssignedPublicIp;
  }

  private readonly statusFilters: FilterTable<Instance> = {
    'availability-zone': ({ availabilityZone }) => [availabilityZone],
    'instance-state-name': ({ state }) => [state],
    'instance-status.status': (instance) => [this.statusOf(instance, 'instance')],
    'system-status.status': (instance) => [this.statusOf(instance, 'system')],
    'attached-ebs-status.status': (instance) => [this.statusOf(instance, 'attached-ebs')],
  };

  private readonly filters: FilterTable<Instance> = {
    'availability-zone': ({ availabilityZone }) => [availabilityZone],
    'client-token': ({ clientToken }) => [clientToken],
    'image-id': ({ imageId }) => [imageId],
    'instance-id': ({ id }) => [id],
    'instance-lifecycle': ({ lifeCycle }) => [lifeCycle === 'spot' ? 'spot' : undefined],
    'instance-state-code': ({ state }) => [String(STATE_CODES[state])],
    'instance-state-name': ({ state }) => [state],
    'instance-type': ({ instanceType }) => [instanceType],
    'ip-address': (instance) => [this.shapeNetwork(instance).PublicIpAddress],
    'key-name': ({ keyName }) => [keyName],
    'network-interface.network-interface-id': ({ id }) => this.attachments.seenOf(id).map((eni) => eni.id),
    'network-interface.subnet-id': ({ id }) => this.attachments.seenOf(id).map((eni) => eni.subnetId),
    'private-ip-address': (instance) => [this.shapeNetwork(instance).PrivateIpAddress],
    'reservation-id': ({ reservationId }) => [reservationId],
    'spot-instance-request-id': ({ spotRequestId }) => [spotRequestId],
    'subnet-id': (instance) => [this.shapeNetwork(instance).SubnetId],
    'vpc-id': (instance) => [this.shapeNetwork(instance).VpcId],
  };
}
