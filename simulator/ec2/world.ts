/**
 * Everything that exists in the simulated account, as plain data: what is here can be written to JSON and
 * opened again, pending transitions included. Times are milliseconds since the epoch.
 */
import type { InterruptionAction } from '../events';

/** Counts entities in the order of their making; pages are cut by it. */
export interface Entity {
  readonly id: string;
  readonly ordinal: number;
  tags: TagSet;
}

export interface TagSet {
  current: Record<string, string>;
  /** What describes still show until `visibleAt`. */
  previous: Record<string, string>;
  visibleAt: number;
  /** When they vanish: those of a terminated instance do, long before it does. */
  goneAt?: number;
  /** Given with the making, and not changed since. */
  readonly areFromMaking?: true;
}

/** What describes stop showing at some moment. */
export interface Past<View> {
  readonly view: View;
  readonly until: number;
}

export type LifeCycle = 'spot' | 'on_demand';
export type InstanceState = 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

export interface Vpc extends Entity {
  readonly cidrBlock: string;
}

/** Attached to one VPC, or to none. */
export interface InternetGateway extends Entity {
  readonly vpcId?: string;
}

export interface Subnet extends Entity {
  readonly vpcId: string;
  /** IPv4. Absent: the subnet is for IPv6 only. */
  readonly cidrBlock?: string;
  readonly ipv6CidrBlock?: string;
  readonly availabilityZone: string;
  readonly mapPublicIpOnLaunch: boolean;
  /** Describes show it; calls that use it do not find it before. Absent: they find it. */
  readonly usableAt?: number;
}

export interface SecurityGroup extends Entity {
  readonly vpcId: string;
  readonly name: string;
  readonly description: string;
  /** Describes show it; calls that use it do not find it before. Absent: they find it. */
  readonly usableAt?: number;
}

export type Architecture = 'x86_64' | 'arm64';

export type ImageState = 'pending' | 'available' | 'disabled';

export interface Image extends Entity {
  readonly name: string;
  readonly architecture: Architecture;
  readonly rootSnapshotId: string;
  /** Absent: available. */
  readonly state?: ImageState;
  /** Describes show it; calls that use it do not find it before. Absent: they find it. */
  readonly usableAt?: number;
}

/** Of an EBS volume. */
export interface Snapshot extends Entity {
  readonly sizeGib: number;
  readonly state: 'pending' | 'completed';
}

/** Its id here is its name, because calls go by the name. */
export interface KeyPair extends Entity {
  readonly keyPairId: string;
}

/** Its id is its name, like `m7g.large`. */
export interface InstanceType extends Entity {
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly architectures: readonly Architecture[];
  readonly maximumNetworkInterfaces: number;
  /** On demand, under Linux, in US dollars. Absent: it has no price. */
  readonly usdPerHour?: number;
  /** Absent: in all of them. */
  readonly availabilityZones?: readonly string[];
}

export interface Impairment {
  /**
   * `instance`: the guest does not answer; `system`: the hardware or its network does not work; `attached-ebs`: its
   * volumes cannot be reached.
   */
  readonly check: 'instance' | 'system' | 'attached-ebs';
  readonly status: 'impaired' | 'insufficient-data';
  readonly since: number;
}

/** Why an instance stopped or ended, in EC2's words. */
export interface StateReason {
  readonly code: string;
  readonly message: string;
}

/** Which launches something happens to. What is left out matches every launch. */
export interface LaunchSelector {
  readonly instanceType?: string;
  readonly availabilityZone?: string;
  readonly lifeCycle?: LifeCycle;
  /** A tag that the launch gives the instance. */
  readonly tag?: { readonly key: string; readonly value: string };
}

export interface PlannedFailure {
  readonly selector: LaunchSelector;
  readonly outcome:
    | { readonly kind: 'dies-pending'; readonly stateReason: StateReason }
    | { readonly kind: 'ends-running'; readonly afterMs: number };
  launchesLeft: number | 'all';
}

/** What describes show of an instance late. */
export interface InstanceView {
  readonly state: InstanceState;
  readonly stateReason?: StateReason & { readonly at: number };
}

export interface Instance extends Entity {
  readonly reservationId: string;
  readonly launchIndex: number;
  readonly instanceType: string;
  readonly imageId: string;
  readonly lifeCycle: LifeCycle;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly visibleAt: number;
  readonly clientToken?: string;
  readonly spotRequestId?: string;
  readonly keyName?: string;
  /** What launch was asked for and has no effect in the simulator, in the SDK's own shapes. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly volumeTags: Readonly<Record<string, string>>;
  state: InstanceState;
  stateReason?: StateReason & { readonly at: number };
  /** Views that describes still show, the oldest first. */
  past?: Past<InstanceView>[];
  /** What awaits it; absent: nothing. */
  plannedFailure?: PlannedFailure['outcome'];
  /** Whether calls to terminate it are refused. */
  isTerminationProtected: boolean;
  /** A terminated instance counts towards the vCPU quota until then. */
  quotaHeldUntil?: number;
  /** Changes with a start. */
  launchedAt: number;
  reachableAt?: number;
  /** A status check that does not pass; a start on other hardware ends it. */
  impairment?: Impairment;
  /** Spoilt by a forced detachment until the instance stops. */
  blockedDeviceIndexes: number[];
}

/** `detached` is only ever seen: an interface that is free has no attachment. */
export type AttachmentStatus = 'attaching' | 'attached' | 'detaching' | 'detached';

export interface Attachment {
  readonly id: string;
  readonly instanceId: string;
  readonly deviceIndex: number;
  readonly attachedAt: number;
  status: AttachmentStatus;
  deleteOnTermination: boolean;
}

export type VolumeTypeName = 'gp3' | 'gp2' | 'io1' | 'io2' | 'st1' | 'sc1' | 'standard';

export interface Volume extends Entity {
  readonly availabilityZone: string;
  readonly sizeGib: number;
  readonly volumeType: VolumeTypeName;
  readonly snapshotId?: string;
  readonly iops?: number;
  /** In MiB/s. */
  readonly throughput?: number;
  readonly createdAt: number;
  readonly visibleAt: number;
  attachment?: VolumeAttachment;
}

export interface VolumeAttachment {
  readonly instanceId: string;
  readonly deviceName: string;
  readonly deleteOnTermination: boolean;
}

/** `pending` is only ever seen: a new interface can be used at once. */
export type InterfaceStatus = 'pending' | 'available' | 'attaching' | 'in-use' | 'detaching';

/** What describes show of an interface late. */
export interface InterfaceView {
  readonly status: InterfaceStatus;
  readonly attachment?: Attachment;
}

export interface NetworkInterface extends Entity {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly macAddress: string;
  readonly privateIpAddress: string;
  readonly ipv6Addresses: readonly string[];
  readonly visibleAt: number;
  /** Made in a launch that gave it a public address of its own; a start gives it another. */
  readonly wantsPublicIp: boolean;
  description: string;
  groupIds: readonly string[];
  sourceDestCheck: boolean;
  status: InterfaceStatus;
  attachment?: Attachment;
  /** The public address that came with the launch; an Elastic IP pushes it out. */
  autoAssignedPublicIp?: string;
  /** How long this one takes to become available, in milliseconds, whatever the latencies say. */
  releaseDelayMs?: number | 'for-ever';
  /** It outlasts the end of its instance, attached, until somebody detaches it, or forces it off. */
  sticksUntil?: 'detached' | 'forced';
  /** Views that describes still show, the oldest first. */
  past?: Past<InterfaceView>[];
}

export interface Association {
  readonly id: string;
  readonly networkInterfaceId: string;
  readonly privateIpAddress: string;
}

/** Its id is the allocation's. */
export interface ElasticIp extends Entity {
  readonly publicIp: string;
  association?: Association;
  /** What describes still show until `associationVisibleAt`. */
  previousAssociation?: Association;
  associationVisibleAt: number;
}

/** Something that will happen by itself. A transition that no longer applies when it is due does nothing. */
export type Transition =
  | { readonly kind: 'instance-running'; readonly instanceId: string }
  | { readonly kind: 'instance-stopped'; readonly instanceId: string }
  | { readonly kind: 'instance-terminated'; readonly instanceId: string }
  | { readonly kind: 'instance-forgotten'; readonly instanceId: string }
  | { readonly kind: 'instance-interrupted'; readonly instanceId: string; readonly action: InterruptionAction }
  | { readonly kind: 'guest-shut-down'; readonly instanceId: string }
  | { readonly kind: 'interface-attached'; readonly interfaceId: string; readonly attachmentId: string }
  | { readonly kind: 'interface-detached'; readonly interfaceId: string; readonly attachmentId: string };

export interface PendingTransition {
  readonly dueAt: number;
  readonly transition: Transition;
}

/** What a client token was used for. */
export interface SpentToken {
  /** Every parameter but the token itself. */
  readonly fingerprint: string;
  readonly resourceIds: readonly string[];
}

export type Quota = 'network-interfaces' | 'volume-gib';
export type Shortage = 'addresses' | `volumes/${string}`;

export interface World {
  readonly region: string;
  readonly accountId: string;
  readonly vpcs: Map<string, Vpc>;
  readonly internetGateways: Map<string, InternetGateway>;
  readonly subnets: Map<string, Subnet>;
  readonly securityGroups: Map<string, SecurityGroup>;
  readonly images: Map<string, Image>;
  readonly snapshots: Map<string, Snapshot>;
  readonly keyPairs: Map<string, KeyPair>;
  /** By name. Empty: every profile exists. */
  readonly instanceProfiles: Map<string, true>;
  /** Whether AWSServiceRoleForEC2Spot exists. */
  hasSpotRole: boolean;
  readonly instanceTypes: Map<string, InstanceType>;
  readonly instances: Map<string, Instance>;
  readonly networkInterfaces: Map<string, NetworkInterface>;
  readonly elasticIps: Map<string, ElasticIp>;
  readonly volumes: Map<string, Volume>;
  /** Associations that ended, because disassociating one twice is no error. */
  readonly endedAssociationIds: Map<string, true>;
  /** By operation and token. */
  readonly spentTokens: Map<string, SpentToken>;
  /** How many instances a pool has room for; a pool not named here has room for any number. */
  readonly capacity: Map<string, number>;
  /** vCPUs by life cycle; one not named here has no limit. */
  readonly vcpuQuota: Map<LifeCycle, number>;
  /** Other quotas; one not named here has no limit. */
  readonly quotas: Map<Quota, number>;
  readonly shortages: Map<Shortage, true>;
  /** What becomes of the launches to come, by the order of their making. */
  readonly plannedFailures: Map<number, PlannedFailure>;
  readonly pending: Map<number, PendingTransition>;
  /** How often each random stream was drawn from: all the state that randomness has. */
  readonly draws: Map<string, number>;
}

export function emptyWorld(region: string, accountId: string): World {
  return {
    region,
    accountId,
    vpcs: new Map(),
    internetGateways: new Map(),
    subnets: new Map(),
    securityGroups: new Map(),
    images: new Map(),
    snapshots: new Map(),
    keyPairs: new Map(),
    instanceProfiles: new Map(),
    hasSpotRole: true,
    instanceTypes: new Map(),
    instances: new Map(),
    networkInterfaces: new Map(),
    elasticIps: new Map(),
    volumes: new Map(),
    endedAssociationIds: new Map(),
    spentTokens: new Map(),
    capacity: new Map(),
    vcpuQuota: new Map(),
    quotas: new Map(),
    shortages: new Map(),
    plannedFailures: new Map(),
    pending: new Map(),
    draws: new Map(),
  };
}

/** The world as JSON: every Map becomes its list of entries. */
export function worldToJson(world: World): string {
  return JSON.stringify(world, (_key, value: unknown) => (value instanceof Map ? [...value] : value));
}

/** The opposite of {@link worldToJson}. */
export function worldFromJson(json: string): World {
  const plain = JSON.parse(json) as Record<keyof World, unknown>;
  const world: Record<string, unknown> = { ...emptyWorld(String(plain.region), String(plain.accountId)) };
  for (const [name, value] of Object.entries(plain)) {
    world[name] = world[name] instanceof Map ? new Map(value as [unknown, unknown][]) : value;
  }
  return world as unknown as World;
}
