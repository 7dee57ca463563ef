/** A default account: a VPC with an internet gateway, subnets in three zones, images, instance types. */
import type { SimulatedEc2 } from './ec2';

export interface DefaultAccount {
  readonly vpcId: string;
  /** One in each of three zones. The first assigns public addresses. */
  readonly subnetIds: readonly [string, string, string];
  readonly availabilityZones: readonly [string, string, string];
  readonly securityGroupId: string;
  /** Amazon Linux 2023, for arm64 types. */
  readonly arm64ImageId: string;
  /** Amazon Linux 2023, for x86_64 types. */
  readonly x86ImageId: string;
  readonly keyName: string;
}

/**
 * vCPUs, memory and interfaces as EC2 lists them.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html
 */
const INSTANCE_TYPES = [
  { type: 't3.micro', vcpus: 2, memoryMib: 1024, maximumNetworkInterfaces: 2, architectures: ['x86_64'] },
  { type: 't3.medium', vcpus: 2, memoryMib: 4096, maximumNetworkInterfaces: 3, architectures: ['x86_64'] },
  { type: 'm5.large', vcpus: 2, memoryMib: 8192, maximumNetworkInterfaces: 3, architectures: ['x86_64'] },
  { type: 'm5.xlarge', vcpus: 4, memoryMib: 16384, maximumNetworkInterfaces: 4, architectures: ['x86_64'] },
  { type: 't4g.small', vcpus: 2, memoryMib: 2048, maximumNetworkInterfaces: 3, architectures: ['arm64'] },
  { type: 'm6g.large', vcpus: 2, memoryMib: 8192, maximumNetworkInterfaces: 3, architectures: ['arm64'] },
  { type: 'm7g.large', vcpus: 2, memoryMib: 8192, maximumNetworkInterfaces: 3, architectures: ['arm64'] },
  { type: 'm7g.xlarge', vcpus: 4, memoryMib: 16384, maximumNetworkInterfaces: 4, architectures: ['arm64'] },
] as const;

/** On-demand prices under Linux in us-east-1. Source: https://aws.amazon.com/ec2/pricing/on-demand/ */
const USD_PER_HOUR: Readonly<Record<(typeof INSTANCE_TYPES)[number]['type'], number>> = {
  't3.micro': 0.0104,
  't3.medium': 0.0416,
  'm5.large': 0.096,
  'm5.xlarge': 0.192,
  't4g.small': 0.0168,
  'm6g.large': 0.077,
  'm7g.large': 0.0816,
  'm7g.xlarge': 0.1632,
};

/** The IPv4 ranges of the three subnets, within 10.0.0.0/16. The first contains 10.0.0.42. */
export type SubnetRanges = readonly [string, string, string];

/** For about 250 interfaces each. */
const SMALL_SUBNETS: SubnetRanges = ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24'];

/** For more than 16,000 interfaces each. */
export const LARGE_SUBNETS: SubnetRanges = ['10.0.0.0/18', '10.0.64.0/18', '10.0.128.0/18'];

export function defaultAccount(ec2: SimulatedEc2, ranges = SMALL_SUBNETS): DefaultAccount {
  const { region } = ec2.world;
  const availabilityZones = [`${region}a`, `${region}b`, `${region}c`] as const;
  const [first, second, third] = availabilityZones;
  const [firstRange, secondRange, thirdRange] = ranges;
  const vpcId = ec2.addVpc({ cidrBlock: '10.0.0.0/16', tags: { Name: 'main' } });
  ec2.addInternetGateway(vpcId);
  const subnetIds = [
    ec2.addSubnet({
      vpcId,
      cidrBlock: firstRange,
      availabilityZone: first,
      mapPublicIpOnLaunch: true,
      ipv6CidrBlock: '2001:db8:0:1::/64',
    }),
    ec2.addSubnet({ vpcId, cidrBlock: secondRange, availabilityZone: second }),
    ec2.addSubnet({ vpcId, cidrBlock: thirdRange, availabilityZone: third }),
  ] as const;
  const securityGroupId = ec2.addSecurityGroup({ vpcId, name: 'stateful-nodes' });
  for (const each of INSTANCE_TYPES) ec2.addInstanceType({ ...each, usdPerHour: USD_PER_HOUR[each.type] });
  ec2.addKeyPair('operator');
  return {
    vpcId,
    subnetIds,
    availabilityZones,
    securityGroupId,
    arm64ImageId: ec2.addImage({ name: 'al2023-ami-2023-arm64', architecture: 'arm64' }),
    x86ImageId: ec2.addImage({ name: 'al2023-ami-2023-x86_64', architecture: 'x86_64' }),
    keyName: 'operator',
  };
}
