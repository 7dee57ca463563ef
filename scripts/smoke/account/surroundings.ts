/** Reads what a run needs to exist: the account, the subnet, the instance types and the image. Changes nothing. */
import {
  DescribeInstanceTypesCommand,
  DescribeInternetGatewaysCommand,
  DescribeSubnetsCommand,
  type InstanceTypeInfo,
} from '@aws-sdk/client-ec2';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { Failed } from '../../../cli/failures';
import type { Clients } from './clients';

export interface Caller {
  readonly accountId: string;
  readonly arn: string;
  /** `aws`, except in China and in GovCloud. */
  readonly partition: string;
}

/** @throws an error of the SDK */
export async function readCaller({ sts }: Pick<Clients, 'sts'>): Promise<Caller> {
  const { Account: accountId, Arn: arn } = await sts.send(new GetCallerIdentityCommand({}));
  if (accountId === undefined || arn === undefined) throw new Failed('STS returned no account.');
  return { accountId, arn, partition: arn.split(':')[1] ?? 'aws' };
}

export interface Subnet {
  readonly id: string;
  readonly arn: string;
  readonly ownerId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
}

/** A hot replacement has two instances with three interfaces at once, and EC2 needs a moment to free addresses. */
const ADDRESSES_NEEDED = 4;

/** @throws Failed with every fault of the subnet, or an error of the SDK */
export async function readSubnet({ ec2 }: Pick<Clients, 'ec2'>, subnetId: string): Promise<Subnet> {
  const { Subnets: [found] = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] }));
  const { VpcId: vpcId, AvailabilityZone: availabilityZone, OwnerId: ownerId, SubnetArn: arn } = found ?? {};
  if (vpcId === undefined || availabilityZone === undefined || ownerId === undefined || arn === undefined)
    throw new Failed(`EC2 does not show the subnet ${subnetId} completely.`);
  const attached = new DescribeInternetGatewaysCommand({ Filters: [{ Name: 'attachment.vpc-id', Values: [vpcId] }] });
  const { InternetGateways: gateways = [] } = await ec2.send(attached);
  const faults = [
    ...(gateways.length > 0 ? [] : [`${vpcId} has no internet gateway, which an Elastic IP needs`]),
    ...((found?.AvailableIpAddressCount ?? 0) >= ADDRESSES_NEEDED
      ? []
      : [`${subnetId} has fewer than ${ADDRESSES_NEEDED} free addresses`]),
  ];
  if (faults.length > 0) throw new Failed(...faults);
  return { id: subnetId, arn, ownerId, vpcId, availabilityZone };
}

export interface Machine {
  /** In the order in which they were wanted. */
  readonly instanceTypes: readonly string[];
  readonly imageId: string;
  /** The public parameter that has the image's id. */
  readonly imageParameter: string;
}

const ARCHITECTURES = ['arm64', 'x86_64'] as const;

/** @throws Failed with every fault, or an error of the SDK */
export async function readMachine(clients: Pick<Clients, 'ec2' | 'ssm'>, wanted: readonly string[]): Promise<Machine> {
  // A filter, because EC2 refuses all types if one of them does not exist in the Region.
  const filter = { Name: 'instance-type', Values: [...wanted] };
  const { InstanceTypes: found = [] } = await clients.ec2.send(new DescribeInstanceTypesCommand({ Filters: [filter] }));
  const usable = wanted.filter((type) => found.some((info) => info.InstanceType === type && isUsable(info)));
  const [first] = usable;
  if (first === undefined)
    throw new Failed(
      `None of ${wanted.join(', ')} exists in this Region as a Spot Instance with two interfaces; give others with --types`,
    );
  const architectureOf = (type: string) =>
    ARCHITECTURES.find((each) =>
      found.some((info) => info.InstanceType === type && info.ProcessorInfo?.SupportedArchitectures?.includes(each)),
    );
  const architecture = architectureOf(first);
  if (architecture === undefined)
    throw new Failed(`Amazon Linux 2023 does not run on ${first}; give another with --types`);
  const imageParameter = `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`;
  const { Parameter } = await clients.ssm.send(new GetParameterCommand({ Name: imageParameter }));
  if (Parameter?.Value === undefined) throw new Failed(`The parameter ${imageParameter} is empty.`);
  return {
    // One image serves one architecture.
    instanceTypes: usable.filter((type) => architectureOf(type) === architecture),
    imageId: Parameter.Value,
    imageParameter,
  };
}

function isUsable({ NetworkInfo, SupportedUsageClasses = [] }: InstanceTypeInfo): boolean {
  return (NetworkInfo?.MaximumNetworkInterfaces ?? 0) >= 2 && SupportedUsageClasses.includes('spot');
}
