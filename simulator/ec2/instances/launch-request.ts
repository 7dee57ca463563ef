/**
 * Reads and checks a `RunInstances` request, without changing anything.
 *
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
 */
import type { InstanceNetworkInterfaceSpecification, RunInstancesRequest } from '@aws-sdk/client-ec2';
import type { Attachments } from '../network/attachments';
import { planVolumes, type PlannedVolume } from './block-devices';
import { ec2Error, NotSimulated } from '../requests/ec2-error';
import { checkCredits, checkProfile, checkProtection, checkSpotRole } from './launch-refusals';
import { find, findUsable } from '../requests/lookup';
import type { InterfaceRequest, NetworkInterfaces } from '../network/network-interfaces';
import { allowOnly, badValue, combination, required } from '../requests/parameters';
import type { Simulation } from '../ec2-state';
import { readTagSpecifications, type TagsByResource } from '../requests/tags';
import type { Image, InstanceType, LifeCycle, NetworkInterface, Subnet } from '../world';

/** Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html */
const USER_DATA_MAX_BYTES = 16 * 1024;

/** Supported parameters. Some are only stored and have no effect in the simulator. */
const PARAMETERS = [
  'BlockDeviceMappings',
  'ClientToken',
  'CreditSpecification',
  'DisableApiTermination',
  'DryRun',
  'EbsOptimized',
  'IamInstanceProfile',
  'ImageId',
  'InstanceMarketOptions',
  'InstanceType',
  'Ipv6AddressCount',
  'KeyName',
  'MaxCount',
  'MetadataOptions',
  'MinCount',
  'Monitoring',
  'NetworkInterfaces',
  'Placement',
  'PrivateIpAddress',
  'SecurityGroupIds',
  'SubnetId',
  'TagSpecifications',
  'UserData',
] as const;

const INTERFACE_PARAMETERS = [
  'AssociatePublicIpAddress',
  'DeleteOnTermination',
  'Description',
  'DeviceIndex',
  'Groups',
  'Ipv6AddressCount',
  'NetworkInterfaceId',
  'PrivateIpAddress',
  'SubnetId',
] as const;

/** Properties that an existing interface already has. A launch may not give them again. */
const BELONGS_TO_INTERFACE = [
  'AssociatePublicIpAddress',
  'Description',
  'Groups',
  'Ipv6AddressCount',
  'PrivateIpAddress',
  'SubnetId',
] as const;

export interface LaunchPlan {
  readonly image: Image;
  readonly type: InstanceType;
  readonly lifeCycle: LifeCycle;
  /** The subnet of the primary interface. */
  readonly subnet: Subnet;
  readonly interfaces: readonly PlannedInterface[];
  /** The volumes of each instance. */
  readonly volumes: readonly PlannedVolume[];
  readonly tags: TagsByResource;
  readonly leastCount: number;
  readonly mostCount: number;
}

export interface PlannedInterface {
  readonly deviceIndex: number;
  readonly deleteOnTermination: boolean;
  readonly source:
    | { readonly kind: 'existing'; readonly networkInterface: NetworkInterface }
    | { readonly kind: 'new'; readonly subnet: Subnet; readonly request: InterfaceRequest };
}

export class LaunchRequests {
  constructor(
    private readonly simulation: Simulation,
    private readonly interfaces: NetworkInterfaces,
    private readonly attachments: Attachments,
  ) {}

  read(input: RunInstancesRequest): LaunchPlan {
    allowOnly('RunInstances', input, PARAMETERS);
    const { leastCount, mostCount } = readCounts(input);
    const image = this.readImage(input);
    const type = find(this.simulation, 'instanceTypes', required(input.InstanceType, 'InstanceType'));
    if (!type.architectures.includes(image.architecture)) {
      throw badValue(`The architecture of ${type.id} does not match the architecture of ${image.id}`);
    }
    if (input.KeyName !== undefined) find(this.simulation, 'keyPairs', input.KeyName);
    checkUserData(input.UserData);
    checkCredits(type, input.CreditSpecification);
    checkProfile(this.simulation.world, input.IamInstanceProfile);
    const lifeCycle = readLifeCycle(input);
    checkProtection(lifeCycle, input.DisableApiTermination ?? false);
    checkSpotRole(this.simulation.world, lifeCycle);
    const volumes = planVolumes(this.simulation, input.BlockDeviceMappings);
    const interfaces = this.readInterfaces(input, mostCount);
    const subnet = this.checkPlace(input, type, interfaces);
    this.attachments.checkLimit(type.id, interfaces.length);
    const tags = readTagSpecifications(input.TagSpecifications, 'RunInstances', [
      'instance',
      'volume',
      ...(lifeCycle === 'spot' ? ['spot-instances-request'] : []),
      ...(interfaces.some(({ source }) => source.kind === 'new') ? ['network-interface'] : []),
    ]);
    return { image, type, lifeCycle, subnet, interfaces, volumes, tags, leastCount, mostCount };
  }

  private readImage({ ImageId }: RunInstancesRequest): Image {
    const image = findUsable(this.simulation, 'images', required(ImageId, 'ImageId'));
    const { id, state = 'available' } = image;
    if (state === 'available') return image;
    throw ec2Error('InvalidAMIID.Unavailable', `The image ID '${id}' is in the state ${state}`);
  }

  private readInterfaces(input: RunInstancesRequest, count: number): PlannedInterface[] {
    const specifications = input.NetworkInterfaces ?? [];
    if (specifications.length === 0) return [this.primaryFromTopLevel(input, count)];
    const alsoAtTop = (['SubnetId', 'SecurityGroupIds', 'PrivateIpAddress', 'Ipv6AddressCount'] as const).find(
      (name) => input[name] !== undefined,
    );
    if (alsoAtTop !== undefined) {
      throw combination(
        `Network interfaces and an instance-level ${alsoAtTop} may not be specified on the same request`,
      );
    }
    const planned = specifications.map((specification) =>
      this.readInterface(specification, specifications.length, count),
    );
    checkDeviceIndexes(planned);
    return planned;
  }

  private primaryFromTopLevel(input: RunInstancesRequest, count: number): PlannedInterface {
    if (input.SubnetId === undefined) {
      throw ec2Error('MissingInput', 'No subnets found for the default VPC. Please specify a subnet.');
    }
    const specification = {
      DeviceIndex: 0,
      SubnetId: input.SubnetId,
      Groups: input.SecurityGroupIds,
      PrivateIpAddress: input.PrivateIpAddress,
      Ipv6AddressCount: input.Ipv6AddressCount,
    };
    return this.newInterface(specification, 1, count);
  }

  private readInterface(
    specification: InstanceNetworkInterfaceSpecification,
    interfaceCount: number,
    instanceCount: number,
  ): PlannedInterface {
    allowOnly('RunInstances.NetworkInterfaces', specification, INTERFACE_PARAMETERS);
    return specification.NetworkInterfaceId === undefined
      ? this.newInterface(specification, interfaceCount, instanceCount)
      : this.existingInterface(specification, specification.NetworkInterfaceId, instanceCount);
  }

  private existingInterface(
    specification: InstanceNetworkInterfaceSpecification,
    interfaceId: string,
    instanceCount: number,
  ): PlannedInterface {
    const given = BELONGS_TO_INTERFACE.find((name) => specification[name] !== undefined);
    if (given !== undefined) throw combination(`An interface with an id may not be given a ${given} as well`);
    if (specification.DeleteOnTermination === true) {
      throw combination('Delete on termination may be true only for an interface made in the same launch');
    }
    if (instanceCount > 1) throw combination('An interface with an id fits one instance only');
    const networkInterface = find(this.simulation, 'networkInterfaces', interfaceId);
    this.interfaces.checkAvailable(networkInterface);
    return {
      deviceIndex: required(specification.DeviceIndex, 'NetworkInterface.DeviceIndex'),
      deleteOnTermination: false,
      source: { kind: 'existing', networkInterface },
    };
  }

  private newInterface(
    specification: InstanceNetworkInterfaceSpecification,
    interfaceCount: number,
    instanceCount: number,
  ): PlannedInterface {
    const deviceIndex = required(specification.DeviceIndex, 'NetworkInterface.DeviceIndex');
    const subnet = findUsable(
      this.simulation,
      'subnets',
      required(specification.SubnetId, 'NetworkInterface.SubnetId'),
    );
    const takesPublicIp = deviceIndex === 0 && interfaceCount === 1;
    if (specification.AssociatePublicIpAddress !== undefined && !takesPublicIp) {
      throw combination('AssociatePublicIpAddress is for the only interface of a launch, at device index 0');
    }
    if (specification.PrivateIpAddress !== undefined && instanceCount > 1) {
      throw combination('A private IP address fits one instance only');
    }
    return {
      deviceIndex,
      deleteOnTermination: specification.DeleteOnTermination ?? deviceIndex === 0,
      source: {
        kind: 'new',
        subnet,
        request: {
          subnetId: subnet.id,
          privateIpAddress: specification.PrivateIpAddress,
          ipv6AddressCount: specification.Ipv6AddressCount,
          groupIds: specification.Groups,
          description: specification.Description,
          wantsPublicIp: takesPublicIp && (specification.AssociatePublicIpAddress ?? subnet.mapPublicIpOnLaunch),
        },
      },
    };
  }

  /** All interfaces must be in one zone: the requested one, which must offer the instance type. */
  private checkPlace(input: RunInstancesRequest, type: InstanceType, interfaces: readonly PlannedInterface[]): Subnet {
    allowOnly('RunInstances.Placement', input.Placement ?? {}, ['AvailabilityZone', 'Tenancy']);
    const subnets = interfaces.map(({ source }) =>
      source.kind === 'new' ? source.subnet : find(this.simulation, 'subnets', source.networkInterface.subnetId),
    );
    const primary = subnets[interfaces.findIndex(({ deviceIndex }) => deviceIndex === 0)];
    if (primary === undefined) throw badValue('An instance needs an interface at device index 0');
    const zones = new Set(subnets.map(({ availabilityZone }) => availabilityZone));
    if (input.Placement?.AvailabilityZone !== undefined) zones.add(input.Placement.AvailabilityZone);
    if (zones.size > 1) throw combination('An instance and its interfaces must be in the same availability zone');
    if (type.availabilityZones?.includes(primary.availabilityZone) === false) {
      throw ec2Error('Unsupported', `${type.id} is not to be had in ${primary.availabilityZone}`);
    }
    return primary;
  }
}

function readCounts({ MinCount, MaxCount }: RunInstancesRequest): { leastCount: number; mostCount: number } {
  const leastCount = required(MinCount, 'MinCount');
  const mostCount = required(MaxCount, 'MaxCount');
  if (leastCount < 1 || mostCount < leastCount)
    throw badValue('MaxCount must be at least MinCount, and that at least 1');
  return { leastCount, mostCount };
}

function readLifeCycle({ InstanceMarketOptions: market }: RunInstancesRequest): LifeCycle {
  if (market === undefined) return 'on_demand';
  allowOnly('RunInstances.InstanceMarketOptions', market, ['MarketType', 'SpotOptions']);
  if (market.MarketType !== 'spot') throw new NotSimulated(`the market type ${market.MarketType}`);
  const options = market.SpotOptions ?? {};
  allowOnly('RunInstances.InstanceMarketOptions.SpotOptions', options, [
    'InstanceInterruptionBehavior',
    'SpotInstanceType',
  ]);
  const { SpotInstanceType: type = 'one-time', InstanceInterruptionBehavior: behaviour = 'terminate' } = options;
  if (type !== 'one-time') throw new NotSimulated(`${type} Spot requests`);
  if (behaviour !== 'terminate') {
    throw combination(`The interruption behaviour ${behaviour} needs a persistent Spot request`);
  }
  return 'spot';
}

function checkUserData(userData: string | undefined): void {
  if (userData === undefined) return;
  const bytes = Buffer.from(userData, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== userData.replace(/\s+/g, '').replace(/=+$/, '')) {
    throw badValue('Invalid BASE64 encoding of user data.');
  }
  if (bytes.length > USER_DATA_MAX_BYTES) throw badValue(`User data is limited to ${USER_DATA_MAX_BYTES} bytes`);
}

function checkDeviceIndexes(planned: readonly PlannedInterface[]): void {
  const indexes = planned.map(({ deviceIndex }) => deviceIndex);
  if (new Set(indexes).size < indexes.length) throw badValue('Two interfaces have the same device index');
  const existing = planned.flatMap(({ source }) => (source.kind === 'existing' ? [source.networkInterface.id] : []));
  if (new Set(existing).size < existing.length) throw badValue('The same interface is given twice');
}
