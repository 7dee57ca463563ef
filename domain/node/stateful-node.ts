/**
 * The node record: what Holdfast knows of one stateful node, and the only thing it stores about it.
 *
 * A stateful node is an identity (interface, private IP, MAC address, perhaps an Elastic IP) that outlives
 * the instances carrying it. The record says what was asked for (`config`), what persists (`identity`), which
 * instance carries it now, and which operation owns it.
 */
import type { EniAttachment, LifeCycle, NodeConfig } from '../config/node-config';

/** The status strings of the public API contract. */
export type NodeStatus = 'ACTIVE' | 'PAUSING' | 'PAUSED' | 'RESUMING' | 'RECYCLING' | 'DEALLOCATING' | 'ERROR';

export interface StatefulNode {
  /** `smi-` and eight hexadecimal digits. */
  readonly id: string;
  /** Grows by one with every write; a write is conditional on the version it read. */
  readonly version: number;
  readonly config: NodeConfig;
  /** The configured subnets in which the interface may be made: those that contain the private IP asked for. */
  readonly eligibleSubnetIds: readonly string[];
  readonly status: NodeStatus;
  /** Why the node is in `ERROR`, for a person: what failed, what is retained, what to do. */
  readonly errorReason?: string;
  /** The operation that failed last, as long as none has made good for it. */
  readonly failure?: Failure;
  /** Instances in a row that ended soon after the node had become ACTIVE on them; absent after one that lasted. */
  readonly restarts?: number;
  /** Adjustments in a row that somebody else's changes have called for, and when the last of them began. */
  readonly drifts?: { readonly count: number; readonly lastAt: string };
  /** What the record asked EC2 for and has no use for any more. Nothing else is ever removed. Absent: none. */
  readonly givenUp?: readonly GivenUp[];
  readonly identity: NetworkIdentity;
  /** The instance that carries the identity; absent while none does. */
  readonly instance?: NodeInstance;
  /** The operation that owns the node; absent at rest. */
  readonly operation?: Operation;
  /** The number of the latest operation: an older one may no longer write. */
  readonly generation: number;
  /** What was asked for and is not under way yet, oldest first. */
  readonly intents: readonly Intent[];
  /** Grows with every update of the configuration. */
  readonly configRevision: number;
  /** The revision whose settings that need no new instance have been applied. */
  readonly appliedRevision: number;
  /** Keys of the configured tags that are on the node's instance and interface. */
  readonly appliedTagKeys: readonly string[];
  /** The addresses that no other node may use meanwhile. */
  readonly heldClaims: readonly string[];
  /** How to take the node apart; present once its deletion was asked for. */
  readonly deletion?: Deletion;
  /** The import that makes the node; gone once that has finished. */
  readonly adoption?: Adoption;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** ISO 8601, UTC. */
  readonly updatedAt: string;
}

export interface Failure {
  /** What would make good for it. */
  readonly operation: OperationKind;
  /** How many operations have failed in a row. */
  readonly count: number;
  /** When it is tried again by itself; ISO 8601, UTC. Absent where a person has to act first. */
  readonly nextTryAt?: string;
  /** What the next try goes on with. Absent: it begins anew. */
  readonly remains?: Remains;
}

/**
 * What a failed operation leaves behind for the next try. A launch that was asked for is looked for before another is
 * made, and a replacement that lives is put right rather than replaced.
 */
export type Remains = Pick<
  Operation,
  | ('config' | 'configRevision' | 'eligibleSubnetIds' | 'oldInstanceId' | 'launch' | 'interfaceRequest')
  | ('interfacesMade' | 'retiredInterfaceIds' | 'detachments')
>;

/**
 * An instance or interface that the record asked for and gave up. It is removed as soon as EC2 shows it and lets it go;
 * it is never used again.
 */
export type GivenUp = {
  readonly kind: 'instance' | 'interface';
  /** When it was given up; ISO 8601, UTC. */
  readonly since: string;
} & ({ readonly id: string } | { readonly clientToken: string });

/** What persists: nothing until the node's first launch has made the interface. */
export type NetworkIdentity = NoInterface | InterfaceIdentity;

/** A member of a union that never has these fields. They can be read all the same, and tell the members apart. */
type Without<Fields extends string> = { readonly [Field in Fields]?: undefined };

export type NoInterface = { readonly settled: false } & Without<Exclude<keyof InterfaceIdentity, 'settled'>>;

export interface InterfaceIdentity {
  readonly interfaceId: string;
  /** When Holdfast has made the interface; ISO 8601, UTC. Absent for one that it was given. */
  readonly madeAt?: string | undefined;
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly privateIp: string;
  readonly ipv6Address?: string | undefined;
  readonly macAddress: string;
  /** The Elastic IP's allocation that Holdfast has put on the interface. */
  readonly allocationId?: string | undefined;
  /** The Elastic IP's address, once it has been seen on the interface. */
  readonly publicIp?: string | undefined;
  /** True once the node has been ACTIVE with this identity: from then on a persisted private IP never moves. */
  readonly settled: boolean;
}

/** The import of an instance that Holdfast did not launch, and how far it has come. */
export type Adoption = AdoptionTerms & AdoptionProgress;

/** An import that was not taken back. */
export type OpenAdoption = AdoptionTerms & OpenProgress;

export interface AdoptionTerms {
  /** `smg-` and eight hexadecimal digits. */
  readonly migrationId: string;
  readonly originalInstanceId: string;
  /** Whether the node takes over the original's primary interface, and with it its addresses. */
  readonly shouldKeepPrivateIp: boolean;
  readonly shouldTerminateInstance: boolean;
  /** Whether that interface would have ended with the original; a cancelled import puts it back so. */
  readonly deletedOnTermination: boolean;
}

/**
 * By which of its times there are; each is ISO 8601, UTC.
 * - none: the original is as it was.
 * - `adoptedAt`: the original is marked as the node's, and its interface outlives it.
 * - `committedAt`: there is no way back. The original ends, or the node is done without it.
 * - `cancelledAt`: the import was taken back, before the original was marked or after.
 */
export type AdoptionProgress = OpenProgress | CancelledProgress;

type OpenProgress =
  | Without<'adoptedAt' | 'committedAt' | 'cancelledAt'>
  | ({ readonly adoptedAt: string } & Without<'committedAt' | 'cancelledAt'>)
  | ({ readonly adoptedAt: string; readonly committedAt: string } & Without<'cancelledAt'>);

type CancelledProgress = {
  readonly adoptedAt?: string | undefined;
  readonly cancelledAt: string;
} & Without<'committedAt'>;

/** What a deletion leaves and what it takes away. */
export interface Deletion {
  readonly shouldTerminateInstance: boolean;
  readonly shouldDeleteNetworkInterfaces: boolean;
}

export interface NodeInstance {
  readonly id: string;
  readonly imageId: string;
  readonly instanceType: string;
  readonly lifeCycle: LifeCycle;
  readonly subnetId: string;
  /** ISO 8601, UTC. */
  readonly launchedAt: string;
  /** How it carries the interface; a configuration that has changed since takes effect with the next instance. */
  readonly attachment: EniAttachment;
  /** When the node became ACTIVE on it; ISO 8601, UTC. Absent where it has not. */
  readonly activeAt?: string;
}

/**
 * - `launch`: gives a node without an instance one; the first launch and every resume.
 * - `replace`: puts another instance under the node; interruptions and recycles.
 * - `pause`: takes the instance away and keeps the identity.
 * - `adjust`: applies the settings that need no new instance.
 * - `delete`: takes everything apart, as asked.
 */
export const OPERATION_KINDS = ['launch', 'replace', 'pause', 'adjust', 'delete'] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

export interface Operation {
  readonly kind: OperationKind;
  /** The Step Functions execution that owns the node. */
  readonly executionId: string;
  readonly generation: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Why, for a person: "spot interruption warning (terminate)". */
  readonly reason: string;
  /** The revision of `config`. */
  readonly configRevision: number;
  /** The configuration that the operation works from. Frozen: it may be updated meanwhile. */
  readonly config: NodeConfig;
  /** Frozen with the configuration. */
  readonly eligibleSubnetIds: readonly string[];
  /** The instance that the operation takes the identity from; absent where there is none. */
  readonly oldInstanceId?: string;
  /** When EC2 ends the old instance, as far as it has said so; ISO 8601, UTC. */
  readonly endsAt?: string;
  /** What called for it, where there was no user intent and no warning. */
  readonly cause?: Cause;
  /** Whether it goes on with what an operation before it has left: see `Remains`. */
  readonly continues?: boolean;
  /** How many executions have ended without bringing it to an end, and when the last of them was taken over. */
  readonly takeovers?: { readonly count: number; readonly lastAt: string };
  /** The launch under way, written before it is asked for, so that a crash finds it again. */
  readonly launch?: LaunchProgress;
  /** The interface being made, written before it is asked for, so that a crash finds it again. */
  readonly interfaceRequest?: InterfaceRequest;
  /** How many interfaces EC2 has made for it. */
  readonly interfacesMade?: number;
  /** Interfaces that this operation replaced by one in another subnet; deleted once the new one is proven. */
  readonly retiredInterfaceIds: readonly string[];
  /** The detachments asked for, so that one that does not come to an end is seen. */
  readonly detachments?: readonly Detachment[];
}

export interface Detachment {
  readonly attachmentId: string;
  /** ISO 8601, UTC. */
  readonly askedAt: string;
  /** When it was asked for by force; ISO 8601, UTC. */
  readonly forcedAt?: string;
}

/** A node together with the operation that owns it. */
export interface OwnedNode {
  readonly node: StatefulNode;
  readonly operation: Operation;
}

/** An event's or a user intent, kept until an operation takes it up. */
export interface Intent {
  readonly kind: OperationKind;
  readonly reason: string;
  /** For an event: the instance it is about. It lapses when that is no longer the node's. Absent for a person's. */
  readonly instanceId?: string | undefined;
  /** ISO 8601, UTC. */
  readonly requestedAt: string;
  /** For a warning: when the instance ends; ISO 8601, UTC. */
  readonly endsAt?: string | undefined;
  /** What no person asked for and no event announced. */
  readonly cause?: Cause | undefined;
}

/**
 * What calls for an operation without a user intent or a warning.
 * - `lost`: the instance has ended or stopped.
 * - `unhealthy`: it runs, and its status checks fail.
 * - `drift`: somebody has changed what an adjustment can put right.
 */
export type Cause = 'lost' | 'unhealthy' | 'drift';

/** A place to launch: one instance type, in one subnet, bought one way. */
export interface LaunchPool {
  readonly instanceType: string;
  readonly subnetId: string;
  readonly lifeCycle: LifeCycle;
}

/** How far the launch of an operation has come. */
export type LaunchProgress = NextLaunch | RequestedLaunch | LaunchedLaunch | ExhaustedLaunch;

/** The pool is chosen, and nothing has been asked of EC2. */
export interface NextLaunch extends LaunchRound, Without<'clientToken' | 'instanceId' | 'launchedAt'> {
  readonly state: 'next';
}

/** EC2 may or may not have heard of the request under `clientToken`. */
export interface RequestedLaunch extends LaunchRound, Without<'instanceId' | 'launchedAt'> {
  readonly state: 'requested';
  /** At most 64 characters. Written before the request is sent, so that what it makes is always found again. */
  readonly clientToken: string;
}

/** EC2 has answered with an instance. */
export interface LaunchedLaunch extends LaunchRound {
  readonly state: 'launched';
  readonly clientToken: string;
  readonly instanceId: string;
  /** When EC2 launched it; ISO 8601, UTC. */
  readonly launchedAt: string;
}

/** Every pool of the round has refused. */
export interface ExhaustedLaunch extends LaunchRound, Without<'clientToken' | 'instanceId' | 'launchedAt'> {
  readonly state: 'exhausted';
}

export interface LaunchRound {
  /** The subnets of this round, in the order in which they are tried. The configuration says the rest. */
  readonly subnetIds: readonly string[];
  /** Index of `pool` among the pools of the round. */
  readonly poolIndex: number;
  /** The one being tried, or the one that gave the instance. */
  readonly pool: LaunchPool;
  /** Counts every attempt of the operation, from 0; part of the client token. */
  readonly attempt: number;
  /** The refusals of this round, one entry for each of EC2's answers. */
  readonly refusals: readonly Refusal[];
  /** Counts the rounds over all pools, from 1. */
  readonly rounds: number;
  /** How many instances this operation has launched that ended before they carried the identity. */
  readonly losses: number;
  /** Why the last of them ended, in EC2's words, where EC2 has said. */
  readonly lossReason?: string | undefined;
}

/**
 * - `capacity`: the pool has nothing to give at present.
 * - `quota`: the account's quota for this way of buying is used up.
 * - `unsuitable`: the pool can never serve this configuration.
 */
export type RefusalReason = 'capacity' | 'quota' | 'unsuitable';

export interface Refusal {
  readonly because: RefusalReason;
  /** EC2's error code. */
  readonly code: string;
  /** EC2's own sentence, of the first pool. */
  readonly message: string;
  /** The ways of buying in which the pools were. */
  readonly lifeCycles: readonly LifeCycle[];
  /** The first pool that was refused so. */
  readonly pool: LaunchPool;
  /** How many pools were refused so. */
  readonly count: number;
}

/** Everything a launch needs, in domain words; the EC2 adapter turns it into `RunInstances`. */
export interface LaunchRequest {
  /** At most 64 characters. */
  readonly clientToken: string;
  readonly pool: LaunchPool;
  readonly imageId: string;
  readonly securityGroupIds: readonly string[];
  /** The persisted interface as the primary (cold); absent where the launch makes its own (hot). */
  readonly interfaceId?: string;
  readonly associatePublicIpAddress?: boolean;
  readonly keyPair?: string;
  /** Base64. */
  readonly userData?: string;
  readonly iamRole?: { readonly name?: string; readonly arn?: string };
  readonly ebsOptimized?: boolean;
  readonly monitoring?: boolean;
  readonly tenancy?: 'default' | 'dedicated';
  readonly cpuCredits?: 'standard' | 'unlimited';
  readonly metadataOptions?: NodeConfig['compute']['launchSpecification']['metadataOptions'];
  readonly blockDeviceMappings?: NodeConfig['compute']['launchSpecification']['blockDeviceMappings'];
  /** For the instance and its volumes; Holdfast's own tags included. */
  readonly tags: readonly Tag[];
}

export interface InterfaceRequest {
  /** At most 64 characters. */
  readonly clientToken: string;
  readonly subnetId: string;
  /** Absent: EC2 chooses one from the subnet. */
  readonly privateIp?: string;
  readonly withIpv6Address: boolean;
  readonly securityGroupIds: readonly string[];
  readonly tags: readonly Tag[];
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/**
 * On everything that a deployment makes or takes over: the name of its CloudFormation stack. Policies are scoped by
 * it, and a deployment lists only what carries its own.
 */
export const DEPLOYMENT_TAG = 'holdfast:deployment';
/** On everything that a deployment makes: the client token of the request that made it. */
export const REQUEST_TAG = 'holdfast:request';
/** On every instance and interface that Holdfast makes: the node it belongs to. */
export const NODE_ID_TAG = 'holdfast:node-id';
/** On every interface that Holdfast makes: the name of its node when it was made. A rebuilt record takes it from here. */
export const NODE_NAME_TAG = 'holdfast:node-name';
/** On every instance and interface that Holdfast makes: the operation that made it. */
export const GENERATION_TAG = 'holdfast:generation';
/** On what a deleted node has left behind: the node that it was made for. */
export const LEFT_BY_TAG = 'holdfast:left-by';
