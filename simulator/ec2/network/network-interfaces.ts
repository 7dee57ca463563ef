/**
 * Creates, modifies, describes and deletes network interfaces. For attaching and detaching see attachments.ts.
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html
 */
import type {
  CreateNetworkInterfaceCommandOutput,
  CreateNetworkInterfaceRequest,
  DeleteNetworkInterfaceRequest,
  DescribeNetworkInterfacesCommandOutput,
  DescribeNetworkInterfacesRequest,
  ModifyNetworkInterfaceAttributeRequest,
} from '@aws-sdk/client-ec2';
import { checkAddress, freeAddress, randomIpv6Address, randomMacAddress, randomPublicAddress } from './addressing';
import { resourcesOfToken, spendToken } from '../requests/client-tokens';
import { describe, type FilterTable } from '../requests/describe';
import { ec2Error } from '../requests/ec2-error';
import type { ElasticIps } from './elastic-ips';
import { noteNewInterface, seenInterface } from '../lateness';
import { find, findUsable } from '../requests/lookup';
import { describeInterface, sdkStatus } from './network-interface-shape';
import { allowOnly, badValue, combination, required, type Without$metadata } from '../requests/parameters';
import { checkNetworkInterfaceQuota } from '../instances/quotas';
import type { Simulation } from '../ec2-state';
import { readTagSpecifications } from '../requests/tags';
import type { NetworkInterface, Subnet } from '../world';

/** Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const MAX_SECURITY_GROUPS = 5;

/** An interface to create. All its properties have been checked, and nothing has been changed. */
export interface InterfacePlan {
  readonly subnet: Subnet;
  readonly privateIpAddress: string;
  readonly ipv6AddressCount: number;
  readonly groupIds: readonly string[];
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether launches and starts give it a public address. */
  readonly wantsPublicIp: boolean;
}

export interface InterfaceRequest {
  readonly subnetId: string;
  readonly privateIpAddress?: string | undefined;
  readonly ipv6AddressCount?: number | undefined;
  readonly groupIds?: readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly wantsPublicIp?: boolean;
}

export class NetworkInterfaces {
  constructor(
    private readonly simulation: Simulation,
    private readonly elasticIps: ElasticIps,
    /** The error code for an interface in use. EC2 returns either, and does not document which one. */
    private readonly inUseCode: 'InvalidNetworkInterface.InUse' | 'InvalidParameterValue',
  ) {}

  create(input: CreateNetworkInterfaceRequest): Without$metadata<CreateNetworkInterfaceCommandOutput> {
    allowOnly('CreateNetworkInterface', input, [
      'ClientToken',
      'Description',
      'DryRun',
      'Groups',
      'Ipv6AddressCount',
      'PrivateIpAddress',
      'SubnetId',
      'TagSpecifications',
    ]);
    const made = resourcesOfToken(this.simulation.world, 'CreateNetworkInterface', input);
    const networkInterface = made === undefined ? this.createNew(input) : this.again(required(made[0], 'ClientToken'));
    spendToken(this.simulation.world, 'CreateNetworkInterface', input, [networkInterface.id]);
    const described = describeInterface(this.simulation, this.elasticIps, networkInterface);
    const status = made === undefined ? sdkStatus('pending') : described.Status;
    return {
      NetworkInterface: { ...described, Status: status },
      ClientToken: input.ClientToken,
    };
  }

  private createNew(input: CreateNetworkInterfaceRequest): NetworkInterface {
    const tags = readTagSpecifications(input.TagSpecifications, 'CreateNetworkInterface', ['network-interface']);
    return this.add(
      this.plan({
        subnetId: required(input.SubnetId, 'subnetId'),
        privateIpAddress: input.PrivateIpAddress,
        ipv6AddressCount: input.Ipv6AddressCount,
        groupIds: input.Groups,
        description: input.Description,
        tags: tags['network-interface'],
      }),
    );
  }

  /** Returns the interface that a token created, even if it is not visible yet. */
  private again(interfaceId: string): NetworkInterface {
    return (
      this.simulation.world.networkInterfaces.get(interfaceId) ??
      find(this.simulation, 'networkInterfaces', interfaceId)
    );
  }

  /** Checks a request and chooses the address. @param alsoTaken addresses of other plans */
  plan(request: InterfaceRequest, alsoTaken: ReadonlySet<string> = new Set()): InterfacePlan {
    const subnet = findUsable(this.simulation, 'subnets', request.subnetId);
    checkNetworkInterfaceQuota(this.simulation.world, alsoTaken.size + 1);
    const groupIds = request.groupIds?.length ? request.groupIds : [this.defaultGroupId(subnet)];
    this.checkGroups(groupIds, subnet.vpcId);
    const ipv6AddressCount = request.ipv6AddressCount ?? 0;
    if (ipv6AddressCount > 0 && subnet.ipv6CidrBlock === undefined) {
      throw badValue(`Subnet ${subnet.id} has no IPv6 CIDR block`);
    }
    const taken = new Set([...alsoTaken, ...this.addressesIn(subnet)]);
    const isTaken = (address: string) => taken.has(address);
    if (request.privateIpAddress !== undefined) checkAddress(subnet, request.privateIpAddress, isTaken);
    return {
      subnet,
      privateIpAddress:
        request.privateIpAddress ?? freeAddress(subnet, isTaken, this.simulation.drawn('address/private')),
      ipv6AddressCount,
      groupIds,
      description: request.description ?? '',
      tags: request.tags ?? {},
      wantsPublicIp: request.wantsPublicIp ?? false,
    };
  }

  /** Creates a planned interface. */
  add(plan: InterfacePlan): NetworkInterface {
    const { simulation } = this;
    const networkInterface: NetworkInterface = {
      id: simulation.newId('eni'),
      ordinal: simulation.nextOrdinal(),
      tags: simulation.newTags(plan.tags),
      subnetId: plan.subnet.id,
      vpcId: plan.subnet.vpcId,
      availabilityZone: plan.subnet.availabilityZone,
      macAddress: randomMacAddress(simulation.drawn('address/mac')),
      privateIpAddress: plan.privateIpAddress,
      ipv6Addresses: Array.from({ length: plan.ipv6AddressCount }, () =>
        randomIpv6Address(plan.subnet, simulation.drawn('address/ipv6')),
      ),
      visibleAt: simulation.now() + simulation.latencyMs('newResourceVisible'),
      wantsPublicIp: plan.wantsPublicIp,
      description: plan.description,
      groupIds: plan.groupIds,
      sourceDestCheck: true,
      status: 'available',
    };
    noteNewInterface(simulation, networkInterface);
    simulation.world.networkInterfaces.set(networkInterface.id, networkInterface);
    simulation.changed(networkInterface.id, 'interface', 'none', 'available');
    if (plan.wantsPublicIp) this.assignPublicIp(networkInterface);
    return networkInterface;
  }

  /** Gives an interface a public address for as long as its instance runs, unless an Elastic IP is on it. */
  assignPublicIp(networkInterface: NetworkInterface): void {
    if (this.elasticIps.isOn(networkInterface.id)) return;
    const draw = this.simulation.drawn('address/public');
    networkInterface.autoAssignedPublicIp = randomPublicAddress(
      (address) => this.elasticIps.isPublicIpTaken(address),
      draw,
    );
  }

  /** Removes the interface and its Elastic IP's association. */
  remove(networkInterface: NetworkInterface): void {
    this.elasticIps.disassociateFrom(networkInterface.id);
    this.simulation.world.networkInterfaces.delete(networkInterface.id);
    this.simulation.changed(networkInterface.id, 'interface', networkInterface.status, 'deleted');
  }

  delete(input: DeleteNetworkInterfaceRequest): object {
    allowOnly('DeleteNetworkInterface', input, ['DryRun', 'NetworkInterfaceId']);
    const networkInterface = find(
      this.simulation,
      'networkInterfaces',
      required(input.NetworkInterfaceId, 'networkInterfaceId'),
    );
    this.checkAvailable(networkInterface);
    this.remove(networkInterface);
    return {};
  }

  /** @throws InvalidNetworkInterface.InUse if it is attached, attaching or detaching */
  checkAvailable({ id, status }: NetworkInterface): void {
    if (status === 'available') return;
    throw ec2Error(this.inUseCode, `Network interface '${id}' is currently in use (${status}).`);
  }

  /** Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html */
  modify(input: ModifyNetworkInterfaceAttributeRequest): object {
    const attributes = ['Attachment', 'Description', 'Groups', 'SourceDestCheck'] as const;
    allowOnly('ModifyNetworkInterfaceAttribute', input, ['DryRun', 'NetworkInterfaceId', ...attributes]);
    const id = required(input.NetworkInterfaceId, 'networkInterfaceId');
    const networkInterface = find(this.simulation, 'networkInterfaces', id);
    const given = attributes.filter((name) => input[name] !== undefined);
    if (given.length !== 1) throw combination('Exactly one attribute of an interface can be modified at a time');
    if (input.Groups !== undefined) {
      this.checkGroups(required(input.Groups, 'Groups'), networkInterface.vpcId);
      networkInterface.groupIds = [...input.Groups];
    }
    if (input.SourceDestCheck !== undefined) {
      networkInterface.sourceDestCheck = required(input.SourceDestCheck.Value, 'SourceDestCheck.Value');
    }
    if (input.Description !== undefined) networkInterface.description = input.Description.Value ?? '';
    if (input.Attachment !== undefined) this.modifyAttachment(networkInterface, input.Attachment);
    return {};
  }

  private modifyAttachment(
    { attachment }: NetworkInterface,
    changes: NonNullable<ModifyNetworkInterfaceAttributeRequest['Attachment']>,
  ): void {
    allowOnly('ModifyNetworkInterfaceAttribute.Attachment', changes, ['AttachmentId', 'DeleteOnTermination']);
    const attachmentId = required(changes.AttachmentId, 'Attachment.AttachmentId');
    if (attachment?.id !== attachmentId) {
      throw ec2Error('InvalidAttachmentID.NotFound', `The attachment '${attachmentId}' does not exist`);
    }
    attachment.deleteOnTermination = required(changes.DeleteOnTermination, 'Attachment.DeleteOnTermination');
  }

  describe(
    input: DescribeNetworkInterfacesRequest,
    pageSize: number,
  ): Without$metadata<DescribeNetworkInterfacesCommandOutput> {
    allowOnly('DescribeNetworkInterfaces', input, [
      'DryRun',
      'Filters',
      'MaxResults',
      'NetworkInterfaceIds',
      'NextToken',
    ]);
    const { items, nextToken } = describe(
      this.simulation,
      'networkInterfaces',
      {
        operation: 'DescribeNetworkInterfaces',
        ids: input.NetworkInterfaceIds,
        filters: input.Filters,
        maxResults: input.MaxResults,
        nextToken: input.NextToken,
        pageSize,
      },
      this.filters,
      (networkInterface) => seenInterface(this.simulation, networkInterface),
    );
    return {
      NetworkInterfaces: items.map((item) => describeInterface(this.simulation, this.elasticIps, item)),
      NextToken: nextToken,
    };
  }

  private readonly filters: FilterTable<NetworkInterface> = {
    'addresses.association.public-ip': (eni) => [this.elasticIps.seenOn(eni.id)?.elasticIp.publicIp],
    'addresses.private-ip-address': (eni) => [eni.privateIpAddress],
    'association.allocation-id': (eni) => [this.elasticIps.seenOn(eni.id)?.elasticIp.id],
    'association.association-id': (eni) => [this.elasticIps.seenOn(eni.id)?.association.id],
    'association.public-ip': (eni) => [this.elasticIps.seenOn(eni.id)?.elasticIp.publicIp],
    'attachment.attachment-id': (eni) => [eni.attachment?.id],
    'attachment.delete-on-termination': (eni) => [eni.attachment && String(eni.attachment.deleteOnTermination)],
    'attachment.device-index': (eni) => [eni.attachment && String(eni.attachment.deviceIndex)],
    'attachment.instance-id': (eni) => [eni.attachment?.instanceId],
    'attachment.status': (eni) => [eni.attachment?.status],
    'availability-zone': (eni) => [eni.availabilityZone],
    description: (eni) => [eni.description],
    'group-id': (eni) => eni.groupIds,
    'ipv6-addresses.ipv6-address': (eni) => eni.ipv6Addresses,
    'mac-address': (eni) => [eni.macAddress],
    'network-interface-id': (eni) => [eni.id],
    'private-ip-address': (eni) => [eni.privateIpAddress],
    status: (eni) => [eni.status],
    'subnet-id': (eni) => [eni.subnetId],
    'vpc-id': (eni) => [eni.vpcId],
  };

  private addressesIn(subnet: Subnet): string[] {
    return [...this.simulation.world.networkInterfaces.values()]
      .filter(({ subnetId }) => subnetId === subnet.id)
      .map(({ privateIpAddress }) => privateIpAddress);
  }

  private checkGroups(groupIds: readonly string[], vpcId: string): void {
    if (groupIds.length > MAX_SECURITY_GROUPS) {
      throw ec2Error(
        'SecurityGroupsPerInterfaceLimitExceeded',
        'The maximum number of security groups per interface has been reached.',
      );
    }
    for (const groupId of groupIds) {
      const group = findUsable(this.simulation, 'securityGroups', groupId);
      if (group.vpcId !== vpcId) {
        throw ec2Error('InvalidParameter', `Security group ${groupId} and the subnet belong to different networks`);
      }
    }
  }

  private defaultGroupId({ vpcId }: Subnet): string {
    const groups = [...this.simulation.world.securityGroups.values()];
    const group = groups.find((candidate) => candidate.vpcId === vpcId && candidate.name === 'default');
    if (group === undefined) throw ec2Error('InvalidGroup.NotFound', `VPC ${vpcId} has no default security group`);
    return group.id;
  }
}
