/**
 * Elastic IP addresses.
 *
 * An association takes effect at once. Describe calls show it a moment later.
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
 */
import type {
  Address,
  AllocateAddressCommandOutput,
  AllocateAddressRequest,
  AssociateAddressCommandOutput,
  AssociateAddressRequest,
  DescribeAddressesCommandOutput,
  DescribeAddressesRequest,
  DisassociateAddressRequest,
  ReleaseAddressRequest,
} from '@aws-sdk/client-ec2';
import { randomPublicAddress } from './addressing';
import { describe, type FilterTable } from '../requests/describe';
import { ec2Error, NotSimulated } from '../requests/ec2-error';
import { find } from '../requests/lookup';
import { allowOnly, badValue, combination, required, type Without$metadata } from '../requests/parameters';
import { checkAddresses } from '../instances/quotas';
import type { Simulation } from '../ec2-state';
import { readTagSpecifications, seenTags, tagList } from '../requests/tags';
import type { Association, ElasticIp, Instance, NetworkInterface } from '../world';

export class ElasticIps {
  constructor(
    private readonly simulation: Simulation,
    /** Addresses per Region. */
    private readonly quota: number,
  ) {}

  allocate(input: AllocateAddressRequest): Without$metadata<AllocateAddressCommandOutput> {
    allowOnly('AllocateAddress', input, ['Domain', 'DryRun', 'TagSpecifications']);
    if (input.Domain !== undefined && input.Domain !== 'vpc') throw new NotSimulated(`the domain ${input.Domain}`);
    const tags = readTagSpecifications(input.TagSpecifications, 'AllocateAddress', ['elastic-ip']);
    const { simulation } = this;
    checkAddresses(simulation.world);
    if (simulation.world.elasticIps.size >= this.quota) {
      throw ec2Error('AddressLimitExceeded', 'The maximum number of addresses has been reached.');
    }
    const elasticIp: ElasticIp = {
      id: simulation.newId('eipalloc'),
      ordinal: simulation.nextOrdinal(),
      tags: simulation.newTags(tags['elastic-ip'] ?? {}),
      publicIp: randomPublicAddress((address) => this.isPublicIpTaken(address), simulation.drawn('address/elastic')),
      associationVisibleAt: simulation.now(),
    };
    simulation.world.elasticIps.set(elasticIp.id, elasticIp);
    return {
      AllocationId: elasticIp.id,
      PublicIp: elasticIp.publicIp,
      Domain: 'vpc',
      PublicIpv4Pool: 'amazon',
      NetworkBorderGroup: simulation.world.region,
    };
  }

  isPublicIpTaken(address: string): boolean {
    const { elasticIps, networkInterfaces } = this.simulation.world;
    return (
      [...elasticIps.values()].some(({ publicIp }) => publicIp === address) ||
      [...networkInterfaces.values()].some(({ autoAssignedPublicIp }) => autoAssignedPublicIp === address)
    );
  }

  associate(input: AssociateAddressRequest): Without$metadata<AssociateAddressCommandOutput> {
    allowOnly('AssociateAddress', input, [
      'AllocationId',
      'AllowReassociation',
      'DryRun',
      'InstanceId',
      'NetworkInterfaceId',
      'PrivateIpAddress',
    ]);
    const elasticIp = find(this.simulation, 'elasticIps', required(input.AllocationId, 'AllocationId'));
    const target = this.target(input);
    this.checkGateway(target);
    if (input.PrivateIpAddress !== undefined && input.PrivateIpAddress !== target.privateIpAddress) {
      throw badValue(`Address ${input.PrivateIpAddress} is not on interface ${target.id}`);
    }
    const { association } = elasticIp;
    if (association?.networkInterfaceId === target.id) return { AssociationId: association.id };
    if (input.AllowReassociation === false) this.checkNothingMoves(elasticIp, target);
    this.disassociateFrom(target.id);
    return { AssociationId: this.move(elasticIp, target).id };
  }

  private target({
    InstanceId: instanceId,
    NetworkInterfaceId: interfaceId,
  }: AssociateAddressRequest): NetworkInterface {
    if (interfaceId !== undefined && instanceId !== undefined) {
      throw combination('Either an instance or a network interface can be named, not both');
    }
    if (interfaceId === undefined)
      return this.onlyInterfaceOf(required(instanceId, 'instanceId or networkInterfaceId'));
    const networkInterface = find(this.simulation, 'networkInterfaces', interfaceId);
    const carrier = this.simulation.world.instances.get(networkInterface.attachment?.instanceId ?? '');
    if (carrier?.state === 'pending') {
      throw ec2Error(
        'IncorrectInstanceState',
        `The pending-instance-creation instance to which '${interfaceId}' is attached is not in a valid state`,
      );
    }
    return networkInterface;
  }

  /** Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, `Gateway.NotAttached` */
  private checkGateway({ id, vpcId }: NetworkInterface): void {
    const gateways = [...this.simulation.world.internetGateways.values()];
    if (gateways.some((gateway) => gateway.vpcId === vpcId)) return;
    throw ec2Error('Gateway.NotAttached', `Network ${vpcId}, of ${id}, is not attached to any internet gateway`);
  }

  private onlyInterfaceOf(instanceId: string): NetworkInterface {
    const instance: Instance = find(this.simulation, 'instances', instanceId);
    if (!['running', 'stopping', 'stopped'].includes(instance.state)) {
      throw ec2Error(
        'InvalidInstanceID',
        `The ${instance.state} instance '${instanceId}' is not in a valid state for this operation.`,
      );
    }
    const interfaces = [...this.simulation.world.networkInterfaces.values()].filter(
      ({ attachment }) => attachment?.instanceId === instanceId,
    );
    const [only, ...others] = interfaces;
    if (only === undefined || others.length > 0) {
      throw ec2Error('InvalidInstanceID', `Instance '${instanceId}' has several network interfaces; name one of them`);
    }
    return only;
  }

  private checkNothingMoves(elasticIp: ElasticIp, target: NetworkInterface): void {
    if (elasticIp.association === undefined && this.heldBy(target.id) === undefined) return;
    throw ec2Error('Resource.AlreadyAssociated', `Address ${elasticIp.publicIp} or its target is already associated`);
  }

  /** An Elastic IP replaces the public address that came with the launch. */
  private move(elasticIp: ElasticIp, target: NetworkInterface): Association {
    delete target.autoAssignedPublicIp;
    const association: Association = {
      id: this.simulation.newId('eipassoc'),
      networkInterfaceId: target.id,
      privateIpAddress: target.privateIpAddress,
    };
    this.setAssociation(elasticIp, association);
    return association;
  }

  private setAssociation(elasticIp: ElasticIp, association: Association | undefined): void {
    const { simulation } = this;
    const before = elasticIp.association;
    const seenBefore = this.seenAssociation(elasticIp);
    if (before !== undefined) simulation.world.endedAssociationIds.set(before.id, true);
    delete elasticIp.previousAssociation;
    if (seenBefore !== undefined) elasticIp.previousAssociation = seenBefore;
    delete elasticIp.association;
    if (association !== undefined) elasticIp.association = association;
    elasticIp.associationVisibleAt = simulation.now() + simulation.latencyMs('associationVisible');
    const names = [before, association].map((one) => one?.networkInterfaceId ?? 'none');
    simulation.changed(elasticIp.id, 'association', names[0] ?? 'none', names[1] ?? 'none');
  }

  /** Idempotent: ending an association twice is not an error. */
  disassociate(input: DisassociateAddressRequest): object {
    allowOnly('DisassociateAddress', input, ['AssociationId', 'DryRun']);
    const associationId = required(input.AssociationId, 'AssociationId');
    const elasticIp = this.associated(({ id }) => id === associationId);
    if (elasticIp !== undefined) this.setAssociation(elasticIp, undefined);
    else if (!this.simulation.world.endedAssociationIds.has(associationId)) {
      throw ec2Error('InvalidAssociationID.NotFound', `The association ID '${associationId}' does not exist`);
    }
    return {};
  }

  isOn(interfaceId: string): boolean {
    return this.heldBy(interfaceId) !== undefined;
  }

  /** Disassociates the interface's Elastic IP, if it has one. */
  disassociateFrom(interfaceId: string): void {
    const elasticIp = this.heldBy(interfaceId);
    if (elasticIp !== undefined) this.setAssociation(elasticIp, undefined);
  }

  release(input: ReleaseAddressRequest): object {
    allowOnly('ReleaseAddress', input, ['AllocationId', 'DryRun']);
    const elasticIp = find(this.simulation, 'elasticIps', required(input.AllocationId, 'AllocationId'));
    if (elasticIp.association !== undefined) {
      throw ec2Error('InvalidIPAddress.InUse', `Address ${elasticIp.publicIp} is in use.`);
    }
    this.simulation.world.elasticIps.delete(elasticIp.id);
    return {};
  }

  /** The Elastic IP that describe calls show on an interface now. */
  seenOn(interfaceId: string): { readonly elasticIp: ElasticIp; readonly association: Association } | undefined {
    for (const elasticIp of this.all()) {
      const association = this.seenAssociation(elasticIp);
      if (association?.networkInterfaceId === interfaceId) return { elasticIp, association };
    }
    return undefined;
  }

  describe(input: DescribeAddressesRequest): Without$metadata<DescribeAddressesCommandOutput> {
    allowOnly('DescribeAddresses', input, ['AllocationIds', 'DryRun', 'Filters', 'PublicIps']);
    const query = {
      operation: 'DescribeAddresses',
      ids: input.AllocationIds,
      filters: input.Filters,
      pageSize: Infinity,
    };
    const { items } = describe(this.simulation, 'elasticIps', query, this.filters);
    const named = items.filter(({ publicIp }) => input.PublicIps?.includes(publicIp) ?? true);
    const missing = input.PublicIps?.find((wanted) => !named.some(({ publicIp }) => publicIp === wanted));
    if (missing !== undefined) throw ec2Error('InvalidAddress.NotFound', `Address '${missing}' not found.`);
    return { Addresses: named.map((elasticIp) => this.shape(elasticIp)) };
  }

  private shape(elasticIp: ElasticIp): Address {
    const association = this.seenAssociation(elasticIp);
    const instanceId = this.instanceOf(association);
    return {
      AllocationId: elasticIp.id,
      PublicIp: elasticIp.publicIp,
      Domain: 'vpc',
      PublicIpv4Pool: 'amazon',
      NetworkBorderGroup: this.simulation.world.region,
      Tags: tagList(seenTags(this.simulation, elasticIp)),
      ...(association && {
        AssociationId: association.id,
        NetworkInterfaceId: association.networkInterfaceId,
        NetworkInterfaceOwnerId: this.simulation.world.accountId,
        PrivateIpAddress: association.privateIpAddress,
      }),
      ...(instanceId !== undefined && { InstanceId: instanceId }),
    };
  }

  private readonly filters: FilterTable<ElasticIp> = {
    'allocation-id': ({ id }) => [id],
    'association-id': (elasticIp) => [this.seenAssociation(elasticIp)?.id],
    domain: () => ['vpc'],
    'instance-id': (elasticIp) => [this.instanceOf(this.seenAssociation(elasticIp))],
    'network-interface-id': (elasticIp) => [this.seenAssociation(elasticIp)?.networkInterfaceId],
    'private-ip-address': (elasticIp) => [this.seenAssociation(elasticIp)?.privateIpAddress],
    'public-ip': ({ publicIp }) => [publicIp],
  };

  private seenAssociation(elasticIp: ElasticIp): Association | undefined {
    const isSettled = this.simulation.now() >= elasticIp.associationVisibleAt;
    return isSettled ? elasticIp.association : elasticIp.previousAssociation;
  }

  private heldBy(interfaceId: string): ElasticIp | undefined {
    return this.associated(({ networkInterfaceId }) => networkInterfaceId === interfaceId);
  }

  /** Got by id, because callers change it (see World). */
  private associated(isIt: (association: Association) => boolean): ElasticIp | undefined {
    const { elasticIps } = this.simulation.world;
    for (const { id, association } of elasticIps.values()) {
      if (association !== undefined && isIt(association)) return elasticIps.get(id);
    }
    return undefined;
  }

  private instanceOf(association: Association | undefined): string | undefined {
    const { networkInterfaces } = this.simulation.world;
    return networkInterfaces.get(association?.networkInterfaceId ?? '')?.attachment?.instanceId;
  }

  private all(): ElasticIp[] {
    return [...this.simulation.world.elasticIps.values()];
  }
}
