/** Instances as `RunInstances`, `DescribeInstances` and `DescribeInstanceStatus` answer them. */
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
import type { Attachments } from './attachments';
import { describe, type FilterTable } from './describe';
import type { ElasticIps } from './elastic-ips';
import { STATE_CODES } from './lifecycle';
import { describeAssociation, describeGroups, privateDnsName, publicDnsName } from './network-interface-shape';
import { allowOnly, type Without$metadata } from './parameters';
import type { Simulation } from './simulation';
import { seenTags, tagList } from './tags';
import type { Attachment, Impairment, Instance, NetworkInterface } from './world';

type CheckStatus = Impairment['status'] | 'ok' | 'initializing' | 'not-applicable';

/** How the one detail of a status check reads for each status that has one. */
const REACHABILITY = {
  ok: 'passed',
  impaired: 'failed',
  initializing: 'initializing',
  'insufficient-data': 'insufficient-data',
} as const satisfies Partial<Record<CheckStatus, string>>;

export class InstanceShapes {
  constructor(
    private readonly simulation: Simulation,
    private readonly attachments: Attachments,
    private readonly elasticIps: ElasticIps,
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
    );
    const reservationIds = [...new Set(items.map(({ reservationId }) => reservationId))];
    return {
      Reservations: reservationIds.map((id) => this.reservation(items.filter((item) => item.reservationId === id))),
      NextToken: nextToken,
    };
  }

  /** The instances of one launch. */
  reservation(instances: readonly Instance[]): Reservation {
    return {
      ReservationId: instances[0]?.reservationId,
      OwnerId: this.simulation.world.accountId,
      Groups: [],
      Instances: instances.map((instance) => this.shape(instance)),
    };
  }

  /** What a launch was asked for and only shows: the shapes that describes answer. */
  settings(input: RunInstancesRequest): Record<string, unknown> {
    const { IamInstanceProfile: profile, MetadataOptions: metadata } = input;
    const { accountId } = this.simulation.world;
    return {
      EbsOptimized: input.EbsOptimized ?? false,
      Monitoring: { State: input.Monitoring?.Enabled ? 'enabled' : 'disabled' },
      ...(profile && {
        IamInstanceProfile: { Arn: profile.Arn ?? `arn:aws:iam::${accountId}:instance-profile/${profile.Name}` },
      }),
      ...(metadata && { MetadataOptions: { ...metadata, State: 'applied' } }),
      Tenancy: input.Placement?.Tenancy ?? 'default',
      ...(input.UserData !== undefined && { UserData: input.UserData }),
      DisableApiTermination: input.DisableApiTermination ?? false,
    };
  }

  private shape(instance: Instance): Described {
    // Two of them EC2 tells only when it is asked for them by name: see instance-attributes.ts.
    const { Tenancy: tenancy, UserData: _, DisableApiTermination: __, ...settings } = instance.settings;
    return {
      InstanceId: instance.id,
      InstanceType: instance.instanceType as NonNullable<Described['InstanceType']>,
      ImageId: instance.imageId,
      Architecture: this.simulation.world.images.get(instance.imageId)?.architecture,
      AmiLaunchIndex: instance.launchIndex,
      State: { Name: instance.state, Code: STATE_CODES[instance.state] },
      StateTransitionReason: instance.stateReason?.message ?? '',
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
      ...settings,
      ...this.shapeNetwork(instance),
    };
  }

  /** A terminated instance has no network any more: no subnet, no addresses, no interfaces. */
  private shapeNetwork(instance: Instance): Partial<Described> {
    if (instance.state === 'terminated') return { NetworkInterfaces: [], SecurityGroups: [] };
    const interfaces = this.attachments.of(instance.id);
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

  private shapeInterface(networkInterface: NetworkInterface & { attachment: Attachment }): InstanceNetworkInterface {
    const { attachment } = networkInterface;
    const { Association: association } = describeAssociation(this.simulation, this.elasticIps, networkInterface);
    // An instance names the owner and the address only; the allocation stands with the interface itself.
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
      Status: networkInterface.status,
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

  /** Only running instances, unless all are asked for. */
  describeStatus(
    input: DescribeInstanceStatusRequest,
    pageSize: number,
  ): Without$metadata<DescribeInstanceStatusCommandOutput> {
    allowOnly('DescribeInstanceStatus', input, [
      ...(['DryRun', 'Filters', 'IncludeAllInstances', 'InstanceIds', 'MaxResults', 'NextToken'] as const),
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

  private publicIpOf(networkInterface: NetworkInterface): string | undefined {
    return this.elasticIps.seenOn(networkInterface.id)?.elasticIp.publicIp ?? networkInterface.autoAssignedPublicIp;
  }

  private readonly statusFilters: FilterTable<Instance> = {
    'availability-zone': ({ availabilityZone }) => [availabilityZone],
    'instance-state-name': ({ state }) => [state],
    'instance-status.status': (instance) => [this.statusOf(instance, 'instance')],
    'system-status.status': (instance) => [this.statusOf(instance, 'system')],
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
    'network-interface.network-interface-id': ({ id }) => this.attachments.of(id).map((eni) => eni.id),
    'network-interface.subnet-id': ({ id }) => this.attachments.of(id).map((eni) => eni.subnetId),
    'private-ip-address': (instance) => [this.shapeNetwork(instance).PrivateIpAddress],
    'reservation-id': ({ reservationId }) => [reservationId],
    'spot-instance-request-id': ({ spotRequestId }) => [spotRequestId],
    'subnet-id': (instance) => [this.shapeNetwork(instance).SubnetId],
    'vpc-id': (instance) => [this.shapeNetwork(instance).VpcId],
  };
}
