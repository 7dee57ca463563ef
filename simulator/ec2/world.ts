/**
 * The world: everything that exists in the simulated account, as plain data. It can be written to JSON and read again,
 * including pending transitions. Times are milliseconds since the epoch.
 */
import type { InterruptionAction } from '../events';

/** The base of all entities. `ordinal` counts them in creation order; pages are cut by it. */
export interface Entity {
  readonly id: string;
  readonly ordinal: number;
  tags: TagSet;
}

export interface TagSet {
  current: Record<string, string>;
  /** What describe calls still show until `visibleAt`. */
  previous: Record<string, string>;
  visibleAt: number;
  /** When the tags vanish. Those of a terminated instance vanish long before the instance does. */
  goneAt?: number;
  /** Given at creation, and not changed since. */
  readonly areFromCreation?: true;
}

/** A past view. Describe calls stop showing it at `until`. */
export interface Past<View> {
  readonly view: View;
  readonly until: number;
}

export type LifeCycle = 'spot' | 'on_demand';
export type InstanceState = 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

export interface Vpc extends Entity {
  readonly cidrBlock: string;
}

/** Attached to one VPC or to none. */
export interface InternetGateway extends Entity {
  readonly vpcId?: string;
}

export interface Subnet extends Entity {
  readonly vpcId: string;
  /** IPv4. Absent: the subnet is IPv6-only. */
  readonly cidrBlock?: string;
  readonly ipv6CidrBlock?: string;
  readonly availabilityZone: string;
  readonly mapPublicIpOnLaunch: boolean;
  /** When calls that use it start to find it. Describe calls show it before. Absent: at once. */
  readonly usableAt?: number;
}

export interface SecurityGroup extends Entity {
  readonly vpcId: string;
  readonly name: string;
  readonly description: string;
  /** When calls that use it start to find it. Describe calls show it before. Absent: at once. */
  readonly usableAt?: number;
}

export type Architecture = 'x86_64' | 'arm64';

export type ImageState = 'pending' | 'available' | 'disabled';

export interface Image extends Entity {
  readonly name: string;
  readonly architecture: Architecture;
  readonly rootSnapshotId: string;
  /** @default Linux/UNIX */
  readonly platformDetails?: string;
  /** Absent: available. */
  readonly state?: ImageState;
  /** When calls that use it start to find it. Describe calls show it before. Absent: at once. */
  readonly usableAt?: number;
}

/** Of an EBS volume. */
export interface Snapshot extends Entity {
  readonly sizeGib: number;
  readonly state: 'pending' | 'completed';
}

/** Its id here is its name, because calls use the name. */
export interface KeyPair extends Entity {
  readonly keyPairId: string;
}

/** Its id is its name, like `m7g.large`. */
export interface InstanceType extends Entity {
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly architectures: readonly Architecture[];
  readonly maximumNetworkInterfaces: number;
  /** The on-demand price per hour under Linux, in US dollars. Absent: the type has no price. */
  readonly usdPerHour?: number;
  /** The zones that offer the type. Absent: all zones. */
  readonly availabilityZones?: readonly string[];
}

export interface Impairment {
  /**
   * `instance`: the guest is not reachable. `system`: the hardware or its network does not work. `attached-ebs`: the
   * volumes are not reachable.
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

/** Selects launches. An absent field matches every launch. */
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
    | { readonly kind: 'fails-pending'; readonly stateReason: StateReason }
    | { readonly kind: 'ends-running'; readonly afterMs: number };
  launchesLeft: number | 'all';
}

/** The part of an instance that describe calls show late. */
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
  /** Launch settings without effect in the simulator, in the SDK's own shapes. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly volumeTags: Readonly<Record<string, string>>;
  state: InstanceState;
  stateReason?: StateReason & { readonly at: number };
  /** The views that describe calls still show, oldest first. */
  past?: Past<InstanceView>[];
  /** The failure planned for it. Absent: none. */
  plannedFailure?: PlannedFailure['outcome'];
  /** Whether EC2 refuses calls to terminate it. */
  isTerminationProtected: boolean;
  /** Until then, the terminated instance counts towards the vCPU quota. */
  quotaHeldUntil?: number;
  /** A start changes it. */
  launchedAt: number;
  reachableAt?: number;
  /** A status check that fails. A start, which is on other hardware, ends it. */
  impairment?: Impairment;
  /** Blocked by forced detachments until the instance stops. */
  blockedDeviceIndexes: number[];
}

/** `detached` exists only in views: an available interface has no attachment. */
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

/** `pending` exists only in views: a new interface can be used at once. */
export type InterfaceStatus = 'pending' | 'available' | 'attaching' | 'in-use' | 'detaching';

/** The part of an interface that describe calls show late. */
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
  /** Whether the launch gave it a public address. A start then gives it another one. */
  readonly wantsPublicIp: boolean;
  description: string;
  groupIds: readonly string[];
  sourceDestCheck: boolean;
  status: InterfaceStatus;
  attachment?: Attachment;
  /** The public address that came with the launch. An Elastic IP replaces it. */
  autoAssignedPublicIp?: string;
  /** How long a detachment of this interface takes, in milliseconds. It overrides the latencies. */
  releaseDelayMs?: number | 'for-ever';
  /** If set, it stays attached after its instance's end, until a detachment or a forced detachment. */
  sticksUntil?: 'detached' | 'forced';
  /** The views that describe calls still show, oldest first. */
  past?: Past<InterfaceView>[];
}

/** Of one version. */
export interface LaunchTemplate extends Entity {
  readonly name: string;
  /** In the SDK's own shapes. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
  readonly visibleAt: number;
}

/** An instant fleet, which launched one instance or none. */
export interface Fleet extends Entity {
  readonly lifeCycle: LifeCycle;
  /** The template and what overrides it, as the answer shows them. */
  readonly used: Readonly<Record<string, unknown>>;
  readonly instanceIds: readonly string[];
  readonly errors: readonly { readonly code: string; readonly message: string }[];
}

export interface Association {
  readonly id: string;
  readonly networkInterfaceId: string;
  readonly privateIpAddress: string;
}

/** Its id is the allocation id. */
export interface ElasticIp extends Entity {
  readonly publicIp: string;
  association?: Association;
  /** What describe calls still show until `associationVisibleAt`. */
  previousAssociation?: Association;
  associationVisibleAt: number;
}

/** A change that EC2 makes by itself. If it no longer applies when it is due, nothing happens. */
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

/** What a used client token created. */
export interface SpentToken {
  /** All parameters except the token itself. */
  readonly fingerprint: string;
  readonly resourceIds: readonly string[];
}

export type Quota = 'network-interfaces' | 'volume-gib';
export type Shortage = 'addresses' | `volumes/${string}`;

/**
 * Code that changes an entity gets it from its collection by id, even if it was found by going through the collection:
 * `npm start` stores what was got, added or deleted (local/server/tracked-world.ts).
 */
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
  readonly launchTemplates: Map<string, LaunchTemplate>;
  readonly fleets: Map<string, Fleet>;
  /** Associations that ended. They are kept because disassociating twice is not an error. */
  readonly endedAssociationIds: Map<string, true>;
  /** By operation and token. */
  readonly spentTokens: Map<string, SpentToken>;
  /** How many instances a pool has room for. A missing pool has no limit. */
  readonly capacity: Map<string, number>;
  /** vCPU quotas by life cycle. A missing one is unlimited. */
  readonly vcpuQuota: Map<LifeCycle, number>;
  /** Other quotas. A missing one is unlimited. */
  readonly quotas: Map<Quota, number>;
  readonly shortages: Map<Shortage, true>;
  /** The failures planned for later launches, by ordinal. */
  readonly plannedFailures: Map<number, PlannedFailure>;
  readonly pending: Map<number, PendingTransition>;
  /** How often each random stream was drawn from. This is the only state of the randomness. */
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
    launchTemplates: new Map(),
    fleets: new Map(),
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

/** Writes the world as JSON. Every Map becomes a list of entries. */
export function worldToJson(world: World): string {
  return JSON.stringify(world, (_key, value: unknown) => (value instanceof Map ? [...value] : value));
}

/** Reads what {@link worldToJson} wrote. */
export function worldFromJson(json: string): World {
  const plain = JSON.parse(json) as Record<keyof World, unknown>;
  const world: Record<string, unknown> = { ...emptyWorld(String(plain.region), String(plain.accountId)) };
  for (const [name, value] of Object.entries(plain)) {
    world[name] = world[name] instanceof Map ? new Map(value as [unknown, unknown][]) : value;
  }
  return world as unknown as World;
}
