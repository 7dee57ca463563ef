/** Elastic IP addresses and subnets on the AWS SDK. */
import {
  AssociateAddressCommand,
  DescribeAddressesCommand,
  DescribeSubnetsCommand,
  type EC2Client,
  type Subnet,
} from '@aws-sdk/client-ec2';
import type { SeenElasticIp, SeenSubnet } from '../../domain/observations';
import type { ElasticIps, Subnets } from '../ports';
import { callEc2 } from './ec2-error';

export function ec2ElasticIps(ec2: Pick<EC2Client, 'send'>): ElasticIps {
  return {
    observe: (allocationId) =>
      callEc2<SeenElasticIp | undefined>(
        async () => {
          const { Addresses: [found] = [] } = await ec2.send(
            new DescribeAddressesCommand({ AllocationIds: [allocationId] }),
          );
          return found === undefined
            ? undefined
            : { allocationId, publicIp: found.PublicIp ?? '', interfaceId: found.NetworkInterfaceId };
        },
        { 'not-found': () => undefined },
      ),

    associate: (allocationId, interfaceId) =>
      callEc2(async () => {
        await ec2.send(
          new AssociateAddressCommand({
            AllocationId: allocationId,
            NetworkInterfaceId: interfaceId,
            AllowReassociation: true,
          }),
        );
      }),
  };
}

export function ec2Subnets(ec2: Pick<EC2Client, 'send'>): Subnets {
  return {
    // A filter, because naming one subnet that does not exist by its id fails the whole call.
    observe: (subnetIds) =>
      callEc2(async () => {
        const filter = { Name: 'subnet-id', Values: [...subnetIds] };
        const { Subnets: found = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: [filter] }));
        return found.map(seenSubnet);
      }),
  };
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
