/** A network interface as `DescribeNetworkInterfaces` returns it. */
import type { NetworkInterface as Described, NetworkInterfaceAssociation } from '@aws-sdk/client-ec2';
import type { ElasticIps } from './elastic-ips';
import type { Simulation } from '../ec2-state';
import { seenTags, tagList } from '../requests/tags';
import type { InterfaceStatus, NetworkInterface } from '../world';

export function describeInterface(
  simulation: Simulation,
  elasticIps: ElasticIps,
  networkInterface: NetworkInterface,
): Described {
  const { attachment, privateIpAddress } = networkInterface;
  const association = describeAssociation(simulation, elasticIps, networkInterface);
  return {
    NetworkInterfaceId: networkInterface.id,
    SubnetId: networkInterface.subnetId,
    VpcId: networkInterface.vpcId,
    AvailabilityZone: networkInterface.availabilityZone,
    OwnerId: simulation.world.accountId,
    InterfaceType: 'interface',
    RequesterManaged: false,
    Description: networkInterface.description,
    Status: sdkStatus(networkInterface.status),
    MacAddress: networkInterface.macAddress,
    PrivateIpAddress: privateIpAddress,
    PrivateDnsName: privateDnsName(simulation.world.region, privateIpAddress),
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: privateIpAddress, ...association }],
    Ipv6Addresses: networkInterface.ipv6Addresses.map((Ipv6Address) => ({ Ipv6Address })),
    SourceDestCheck: networkInterface.sourceDestCheck,
    Groups: describeGroups(simulation, networkInterface.groupIds),
    TagSet: tagList(seenTags(simulation, networkInterface)),
    ...association,
    ...(attachment && {
      Attachment: {
        AttachmentId: attachment.id,
        InstanceId: attachment.instanceId,
        InstanceOwnerId: simulation.world.accountId,
        DeviceIndex: attachment.deviceIndex,
        NetworkCardIndex: 0,
        Status: attachment.status,
        AttachTime: new Date(attachment.attachedAt),
        DeleteOnTermination: attachment.deleteOnTermination,
      },
    }),
  };
}

/** EC2 also returns `pending`, which is missing in the SDK's types. */
export function sdkStatus(status: InterfaceStatus): NonNullable<Described['Status']> {
  return status as Exclude<InterfaceStatus, 'pending'>;
}

/** Empty if the interface has no public address. */
export function describeAssociation(
  simulation: Simulation,
  elasticIps: ElasticIps,
  networkInterface: NetworkInterface,
): { Association?: NetworkInterfaceAssociation } {
  const seen = elasticIps.seenOn(networkInterface.id);
  if (seen !== undefined) {
    const { elasticIp, association } = seen;
    return {
      Association: {
        AllocationId: elasticIp.id,
        AssociationId: association.id,
        IpOwnerId: simulation.world.accountId,
        PublicIp: elasticIp.publicIp,
        PublicDnsName: publicDnsName(simulation.world.region, elasticIp.publicIp),
      },
    };
  }
  const publicIp = networkInterface.autoAssignedPublicIp;
  if (publicIp === undefined) return {};
  const dnsName = publicDnsName(simulation.world.region, publicIp);
  return { Association: { IpOwnerId: 'amazon', PublicIp: publicIp, PublicDnsName: dnsName } };
}

export function describeGroups(simulation: Simulation, groupIds: readonly string[]) {
  return groupIds.map((id) => ({ GroupId: id, GroupName: simulation.world.securityGroups.get(id)?.name }));
}

/** us-east-1, the oldest Region, has a different domain. */
export function privateDnsName(region: string, address: string): string {
  const domain = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
  return `ip-${address.replaceAll('.', '-')}.${domain}`;
}

export function publicDnsName(region: string, address: string): string {
  const domain = region === 'us-east-1' ? 'compute-1' : `${region}.compute`;
  return `ec2-${address.replaceAll('.', '-')}.${domain}.amazonaws.com`;
}
