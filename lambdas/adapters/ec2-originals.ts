/** Originals of imports, on the AWS SDK: everything that a node takes over from them. */
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSpotInstanceRequestsCommand,
  type EC2Client,
  type Instance,
  type NetworkInterface,
} from '@aws-sdk/client-ec2';
import type { SeenOriginal, SeenOriginalInterface } from '../../domain/node/observations';
import type { Originals } from '../ports';
import { callEc2, toHoldfastError } from './ec2-error';

type Ec2 = Pick<EC2Client, 'send'>;

/** Attributes that EC2 does not return with the instance, but one call at a time. */
interface Attributes {
  readonly userData: string | undefined;
  readonly isTerminationProtected: boolean;
  readonly persistentSpotRequestId: string | undefined;
}

export function ec2Originals(ec2: Ec2): Originals {
  return {
    observe: (instanceId) =>
      callEc2<SeenOriginal | undefined>(() => observe(ec2, instanceId), {
        'not-found': () => undefined,
        rejected: (failure) => {
          if (failure.code === 'InvalidInstanceID.Malformed') return undefined;
          throw toHoldfastError(failure);
        },
      }),
  };
}

async function observe(ec2: Ec2, instanceId: string): Promise<SeenOriginal | undefined> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  const [instance] = Reservations.flatMap(({ Instances = [] }) => Instances);
  if (instance === undefined) return undefined;
  // A terminated instance has no attributes and no interfaces to ask for.
  if (instance.State?.Name === 'terminated') return seenOriginal(instance, [], NO_ATTRIBUTES);
  const [interfaces, attributes] = await Promise.all([interfacesOf(ec2, instance), attributesOf(ec2, instance)]);
  return seenOriginal(instance, interfaces, attributes);
}

const NO_ATTRIBUTES: Attributes = {
  userData: undefined,
  isTerminationProtected: false,
  persistentSpotRequestId: undefined,
};

/** DescribeInstances does not return the allocation ids of the addresses. */
async function interfacesOf(ec2: Ec2, instance: Instance): Promise<readonly NetworkInterface[]> {
  const ids = (instance.NetworkInterfaces ?? []).map(({ NetworkInterfaceId = '' }) => NetworkInterfaceId);
  if (ids.length === 0) return [];
  const { NetworkInterfaces = [] } = await ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: ids }));
  return NetworkInterfaces;
}

async function attributesOf(ec2: Ec2, { InstanceId, SpotInstanceRequestId }: Instance): Promise<Attributes> {
  const [{ UserData }, { DisableApiTermination }, persistentSpotRequestId] = await Promise.all([
    ec2.send(new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'userData' })),
    ec2.send(new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'disableApiTermination' })),
    SpotInstanceRequestId === undefined ? undefined : persistentRequest(ec2, SpotInstanceRequestId),
  ]);
  const isTerminationProtected = DisableApiTermination?.Value ?? false;
  return { userData: UserData?.Value, isTerminationProtected, persistentSpotRequestId };
}

/** The spot request, if it would launch another instance when this one ends. */
async function persistentRequest(ec2: Ec2, requestId: string): Promise<string | undefined> {
  const command = new DescribeSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [requestId] });
  const { SpotInstanceRequests: [request] = [] } = await ec2.send(command);
  const isOpen = request?.State === 'active' || request?.State === 'open';
  return request?.Type === 'persistent' && isOpen ? requestId : undefined;
}

function seenOriginal(
  instance: Instance,
  interfaces: readonly NetworkInterface[],
  { userData, ...attributes }: Attributes,
): SeenOriginal {
  return {
    id: instance.InstanceId ?? '',
    state: instance.State?.Name ?? 'pending',
    imageId: instance.ImageId ?? '',
    instanceType: instance.InstanceType ?? '',
    lifeCycle: lifeCycleOf(instance),
    launchedAt: instance.LaunchTime?.toISOString() ?? '',
    keyPair: instance.KeyName,
    userData: userData === '' ? undefined : userData,
    ...attributes,
    tags: (instance.Tags ?? []).map(({ Key = '', Value = '' }) => ({ key: Key, value: Value })),
    interfaces: interfaces.map(seenInterface),
    ...placeOf(instance),
    ...settingsOf(instance),
  };
}

function placeOf({ VpcId = '', SubnetId = '', Placement: placement = {} }: Instance) {
  return {
    vpcId: VpcId,
    subnetId: SubnetId,
    availabilityZone: placement.AvailabilityZone ?? '',
    tenancy: placement.Tenancy ?? 'default',
    placementGroup: placement.GroupName === '' ? undefined : placement.GroupName,
  };
}

function settingsOf({ IamInstanceProfile, EbsOptimized, Monitoring, MetadataOptions }: Instance) {
  return {
    instanceProfileArn: IamInstanceProfile?.Arn,
    isEbsOptimized: EbsOptimized ?? false,
    isMonitored: Monitoring?.State === 'enabled' || Monitoring?.State === 'pending',
    hasMetadataService: MetadataOptions?.HttpEndpoint !== 'disabled',
    metadataOptions: MetadataOptions && metadataOptionsOf(MetadataOptions),
  };
}

function lifeCycleOf({ InstanceLifecycle: bought }: Instance): SeenOriginal['lifeCycle'] {
  if (bought === undefined) return 'on_demand';
  return bought === 'spot' ? 'spot' : 'other';
}

function metadataOptionsOf(
  metadata: NonNullable<Instance['MetadataOptions']>,
): NonNullable<SeenOriginal['metadataOptions']> {
  const { HttpTokens: httpTokens, HttpPutResponseHopLimit: hops, InstanceMetadataTags: tags } = metadata;
  return {
    ...(httpTokens !== undefined && { httpTokens }),
    ...(hops !== undefined && { httpPutResponseHopLimit: hops }),
    ...(tags !== undefined && { instanceMetadataTags: tags }),
  };
}

function seenInterface(found: NetworkInterface): SeenOriginalInterface {
  const { Attachment: attachment = {}, Ipv6Addresses: [ipv6] = [] } = found;
  return {
    id: found.NetworkInterfaceId ?? '',
    deviceIndex: attachment.DeviceIndex ?? 0,
    privateIp: found.PrivateIpAddress ?? '',
    macAddress: found.MacAddress ?? '',
    ipv6Address: ipv6?.Ipv6Address,
    securityGroupIds: (found.Groups ?? []).map(({ GroupId = '' }) => GroupId),
    deleteOnTermination: attachment.DeleteOnTermination ?? false,
    ...publicAddressesOf(found),
  };
}

/** An address without an allocation belongs to EC2, which takes it back. */
function publicAddressesOf({ Association: association = {}, PrivateIpAddresses: addresses = [] }: NetworkInterface) {
  const { AllocationId: allocationId, PublicIp: publicIp } = association;
  const isElastic = allocationId !== undefined;
  return {
    allocationId,
    elasticIp: isElastic ? publicIp : undefined,
    transientPublicIp: isElastic ? undefined : publicIp,
    otherElasticIps: addresses.flatMap(({ Primary, Association }) =>
      Primary === true || Association?.AllocationId === undefined ? [] : [Association.AllocationId],
    ),
  };
}
