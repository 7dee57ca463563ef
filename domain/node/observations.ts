/** What EC2 shows of the parts of a node, in domain words. Decisions are made from these. */
import type { LifeCycle, NodeConfig } from '../config/node-config';
import type { Tag } from './stateful-node';

/** EC2's instance states. */
export type InstanceState = 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

export interface SeenInstance {
  readonly id: string;
  readonly state: InstanceState;
  readonly imageId: string;
  readonly instanceType: string;
  readonly lifeCycle: LifeCycle;
  readonly subnetId: string;
  readonly availabilityZone: string;
  /** ISO 8601, UTC. */
  readonly launchedAt: string;
  /** Why it is in its state, in EC2's words; absent while EC2 gives no reason. */
  readonly stateReason?: string | undefined;
  /** The node it is tagged with. */
  readonly nodeId?: string | undefined;
  /** The attached volumes that outlive it. Absent: none. */
  readonly keptVolumeIds?: readonly string[] | undefined;
}

/** An interface on an instance, as the instance shows it. */
export interface InstanceAttachment extends SeenAttachment {
  readonly interfaceId: string;
}

export interface SeenInterface {
  readonly id: string;
  /** EC2 also returns `attaching` and `detaching` here for a moment. */
  readonly status: 'pending' | 'available' | 'associated' | 'attaching' | 'in-use' | 'detaching';
  readonly vpcId?: string | undefined;
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly privateIp: string;
  readonly macAddress: string;
  readonly ipv6Address?: string;
  readonly securityGroupIds: readonly string[];
  /** The allocation id of the Elastic IP, as the interface itself shows it. */
  readonly allocationId?: string;
  readonly attachment?: SeenAttachment;
  /** The node it is tagged with. */
  readonly nodeId?: string | undefined;
  /** Those that neither Holdfast nor AWS has set for itself. Absent: none. */
  readonly tags?: readonly Tag[];
}

export interface SeenAttachment {
  readonly id: string;
  readonly instanceId: string;
  readonly deviceIndex: number;
  readonly status: 'attaching' | 'attached' | 'detaching' | 'detached';
  readonly deleteOnTermination: boolean;
}

export interface SeenElasticIp {
  readonly allocationId: string;
  readonly publicIp: string;
  /** Absent if it is associated with no interface. */
  readonly associationId?: string;
  /** The interface that it is associated with now; absent if there is none. */
  readonly interfaceId?: string;
}

/** `state` is EC2's: `creating`, `available`, `in-use`, `deleting`, `deleted`, `error`. */
export interface SeenVolume extends LeftMarks {
  readonly id: string;
  readonly state: string;
  /** The node it is tagged with. Absent unless it also has this deployment's tag. */
  readonly nodeId?: string | undefined;
  /** The instances that it is attached to. */
  readonly instanceIds: readonly string[];
  /** Whether EC2 deletes it when one of those instances ends. */
  readonly deleteOnTermination: boolean;
  /** Those that neither Holdfast nor AWS has set for itself. Absent: none. */
  readonly tags?: readonly Tag[];
}

/** The tags on what a deleted node has left. */
export interface LeftMarks {
  /** The node whose deletion has left it. Absent: it was not left. */
  readonly leftBy?: string | undefined;
  /** When it expires, as the tag says. People can write tags too, so this need not be a time. */
  readonly expiresAt?: string | undefined;
}

export interface SeenSubnet {
  readonly id: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  /** IPv4, in CIDR notation. Absent: the subnet is for IPv6 only. */
  readonly cidrBlock?: string | undefined;
  readonly hasIpv6: boolean;
}

export interface SeenImage {
  /** EC2's architecture names, like `arm64`. */
  readonly architecture: string;
  /** `available`, or why it cannot be launched: `pending`, `disabled`, `deregistered`... */
  readonly state: string;
  /** The devices that it has volumes for, like `/dev/xvda`. */
  readonly deviceNames: readonly string[];
  /** What it runs, in EC2's `PlatformDetails`, like `Linux/UNIX` or `Windows with SQL Server Web`. */
  readonly platform: string;
}

/** `state` is EC2's: `completed`, or why no volume can be made of it: `pending`, `error`... */
export interface SeenSnapshot {
  readonly id: string;
  readonly state: string;
  readonly sizeGib: number;
}

export interface SeenInstanceType {
  readonly name: string;
  readonly architectures: readonly string[];
  readonly maximumInterfaces: number;
  /** Whether it has CPU credits. */
  readonly isBurstable: boolean;
}

/** An interface that has the configured private IP, as its primary or as a secondary address. */
export interface SeenInterfaceAddress {
  readonly interfaceId: string;
  readonly subnetId: string;
  /** The node it is tagged with. */
  readonly nodeId?: string;
}

/** What exists in the account of the things that a configuration names, and what the deployment may use. */
export interface SeenAccount {
  /** The Region of the deployment. */
  readonly region: string;
  /** The roles that the deployment may give to instances. */
  readonly instanceRoleArns: readonly string[];
  readonly vpcIds: readonly string[];
  readonly subnets: readonly SeenSubnet[];
  /** In any of those subnets. */
  readonly privateIpHolders: readonly SeenInterfaceAddress[];
  readonly elasticIp: SeenElasticIp | undefined;
  /** Whether an internet gateway is attached to the VPC. Looked up only if an Elastic IP is configured. */
  readonly hasInternetGateway: boolean;
  readonly image: SeenImage | undefined;
  readonly instanceTypes: readonly SeenInstanceType[];
  /** The configured groups, or the default group of the VPC if none is configured. */
  readonly securityGroups: readonly { readonly id: string; readonly vpcId: string }[];
  /** By name. */
  readonly keyPairs: readonly string[];
  readonly snapshots: readonly SeenSnapshot[];
}

/** The original of an import, with everything that the node takes from it. */
export interface SeenOriginal {
  readonly id: string;
  readonly state: InstanceState;
  readonly imageId: string;
  readonly instanceType: string;
  /** `other`: neither spot nor on-demand, so no launch of a node requests it. */
  readonly lifeCycle: LifeCycle | 'other';
  readonly vpcId: string;
  readonly subnetId: string;
  readonly availabilityZone: string;
  /** ISO 8601, UTC. */
  readonly launchedAt: string;
  readonly tenancy: 'default' | 'dedicated' | 'host';
  readonly placementGroup?: string | undefined;
  readonly keyPair?: string | undefined;
  /** Base64. */
  readonly userData?: string | undefined;
  readonly instanceProfileArn?: string | undefined;
  readonly isEbsOptimized: boolean;
  readonly isMonitored: boolean;
  readonly isTerminationProtected: boolean;
  /** The Spot request that would launch another instance when this one ends. */
  readonly persistentSpotRequestId?: string | undefined;
  readonly hasMetadataService: boolean;
  readonly metadataOptions?: NodeConfig['compute']['launchSpecification']['metadataOptions'];
  readonly tags: readonly Tag[];
  readonly interfaces: readonly SeenOriginalInterface[];
}

export interface SeenOriginalInterface {
  readonly id: string;
  readonly deviceIndex: number;
  readonly privateIp: string;
  readonly macAddress: string;
  readonly ipv6Address?: string | undefined;
  readonly securityGroupIds: readonly string[];
  readonly deleteOnTermination: boolean;
  /** The Elastic IP on its primary address: the allocation id, and the address. */
  readonly allocationId?: string | undefined;
  readonly elasticIp?: string | undefined;
  /** A public address that EC2 releases when the instance ends. */
  readonly transientPublicIp?: string | undefined;
  /** The allocation ids of Elastic IPs on its secondary addresses. */
  readonly otherElasticIps: readonly string[];
}
