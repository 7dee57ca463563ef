/**
 * The record of a stateful node: everything that Holdfast stores about it.
 *
 * A stateful node is an identity (interface, private IP, MAC address, and optionally an Elastic IP) that outlives the
 * instances that carry it. The record says what was asked for (`config`), what persists (`identity`), which instance
 * carries the identity now, and which operation owns the node.
 */
import type { EniAttachment, LifeCycle, NodeConfig } from '../config/node-config';
import type { OutdatedSettings } from './running-settings';

/** The status strings of the public API contract. */
export type NodeStatus = 'ACTIVE' | 'PAUSING' | 'PAUSED' | 'RESUMING' | 'RECYCLING' | 'DEALLOCATING' | 'ERROR';

export interface StatefulNode {
  /** `smi-` and eight hexadecimal digits. */
  readonly id: string;
  /** Grows by one with every write. A write is conditional on the version that was read. */
  readonly version: number;
  readonly config: NodeConfig;
  /** The configured subnets in which the interface may be made: those that contain the configured private IP. */
  readonly eligibleSubnetIds: readonly string[];
  readonly status: NodeStatus;
  /** Why the node is in `ERROR`, for a person: what failed, what is retained, what to do. */
  readonly errorReason?: string;
  /** The operation that failed last, until another one succeeds in its place. */
  readonly failure?: Failure;
  /** How many instances in a row ended soon after the node had become ACTIVE on them; absent after one that lasted. */
  readonly restarts?: number;
  /** The last instance that `restarts` counts. */
  readonly lastLostInstanceId?: string;
  /** How many adjustments in a row repaired changes from outside Holdfast, and when the last of them began. */
  readonly drifts?: { readonly count: number; readonly lastAt: string };
  /** What the node requested from EC2 and no longer needs. Nothing else is ever removed. Absent: none. */
  readonly givenUp?: readonly GivenUp[];
  readonly identity: NetworkIdentity;
  /** The instance that carries the identity; absent while none does. */
  readonly instance?: NodeInstance;
  /** The last replacement that was confirmed. Absent: none was, or only by an earlier version. */
  readonly lastReplacement?: LastReplacement;
  /** The operation that owns the node; absent at rest. */
  readonly operation?: Operation;
  /** The number of the latest operation. An older operation can no longer write. */
  readonly generation: number;
  /** What was asked for and is not under way, oldest first. */
  readonly intents: readonly Intent[];
  /** Grows with every update of the configuration. */
  readonly configRevision: number;
  /** The revision up to which the settings that need no new instance have been applied. */
  readonly appliedRevision: number;
  /** Keys of the configured tags that may be on the node's instance. */
  readonly appliedTagKeys: readonly string[];
  /** The same for the volumes of that instance. Absent: they are those of the instance. */
  readonly volumeTagKeys?: readonly string[];
  /** The same for the node's interface. Absent: none. */
  readonly interfaceTagKeys?: readonly string[];
  /** Fields of `config` that the document did not have: `complete-config.ts` filled them in. Absent: none. */
  readonly impliedFields?: readonly string[];
  /** The claims of the node: addresses that no other node may use. */
  readonly heldClaims: readonly string[];
  /** The nodes that were being deleted when this one was created, and whose addresses it gets. Absent: none. */
  readonly awaitedNodeIds?: readonly string[];
  /** How to delete the node; present once its deletion was requested. */
  readonly deletion?: Deletion;
  /** The import that makes the node; absent once it has finished. */
  readonly adoption?: Adoption;
  /** The name of the launch template for the node's next launch. It is of no use if the configuration has changed. */
  readonly launchTemplate?: string;
  /** Names the request that made the node, so that a repeat makes no other. Absent: repeats make other nodes. */
  readonly requestKey?: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** ISO 8601, UTC. */
  readonly updatedAt: string;
}

/** Whether an update has settings that need no new instance and that no operation has applied yet. */
export function hasUnappliedUpdate({ configRevision, appliedRevision }: StatefulNode): boolean {
  return configRevision > appliedRevision;
}

export interface Failure {
  /** The operation to try next. */
  readonly operation: OperationKind;
  /** The name of the error that it failed with last. Absent in records of earlier versions. */
  readonly errorName?: string;
  /** How many operations have failed in a row. */
  readonly count: number;
  /** When the reconciler tries it again; ISO 8601, UTC. Absent if a person must act first. */
  readonly nextTryAt?: string;
  /** What the next try continues from. Absent: it starts afresh. */
  readonly remains?: Remains;
}

/**
 * What a failed operation leaves behind for the next try. The next try looks for a requested launch before it makes
 * another, and completes a replacement that runs instead of replacing it.
 */
export type Remains = Pick<
  Operation,
  | ('config' | 'configRevision' | 'eligibleSubnetIds' | 'oldInstanceId' | 'launch' | 'interfaceRequest')
  | ('interfacesMade' | 'retiredInterfaceIds' | 'detachments' | 'addressTakenAt')
>;

/** Something that the node requested and no longer needs. It is removed as soon as EC2 shows it and allows its removal. */
export type GivenUp = GivenUpResource | GivenUpTemplate;

/** It is never used again. */
export type GivenUpResource = {
  readonly kind: 'instance' | 'interface';
  /** When it was given up; ISO 8601, UTC. */
  readonly since: string;
} & ({ readonly id: string } | { readonly clientToken: string });

/** The launch template of an earlier configuration. If that comes back, so does the template. */
export interface GivenUpTemplate {
  readonly kind: 'launch-template';
  /** When it was given up; ISO 8601, UTC. */
  readonly since: string;
  /** Its name. */
  readonly id: string;
}

/** What persists. Empty until the node's first launch has made the interface. */
export type NetworkIdentity = NoInterface | InterfaceIdentity;

/** For a member of a union that never has these fields. Code can still read them to tell the members apart. */
type Without<Fields extends string> = { readonly [Field in Fields]?: undefined };

export type NoInterface = { readonly settled: false } & Without<Exclude<keyof InterfaceIdentity, 'settled'>>;

export interface InterfaceIdentity {
  readonly interfaceId: string;
  /** When Holdfast made the interface; ISO 8601, UTC. Absent for an adopted interface. */
  readonly madeAt?: string | undefined;
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly privateIp: string;
  readonly ipv6Address?: string | undefined;
  readonly macAddress: string;
  /** The allocation id of the Elastic IP that Holdfast has associated with the interface. */
  readonly allocationId?: string | undefined;
  /** The Elastic IP's address, once it has been seen on the interface. */
  readonly publicIp?: string | undefined;
  /** True once the node has been ACTIVE with this identity. From then on a persisted private IP never changes. */
  readonly settled: boolean;
}

/** The import of an instance that Holdfast did not launch, and its progress. */
export type Adoption = AdoptionTerms & AdoptionProgress;

/** An import that was not cancelled. */
export type OpenAdoption = AdoptionTerms & OpenProgress;

export interface AdoptionTerms {
  /** `smg-` and eight hexadecimal digits. */
  readonly migrationId: string;
  readonly originalInstanceId: string;
  /** Whether the node keeps the original's primary interface, and so its addresses. */
  readonly shouldKeepPrivateIp: boolean;
  readonly shouldTerminateInstance: boolean;
  /** Whether that interface was set to be deleted with the original. A cancelled import restores this setting. */
  readonly deletedOnTermination: boolean;
}

/**
 * The times that are set tell the progress; each is ISO 8601, UTC.
 * - none: the original is unchanged.
 * - `adoptedAt`: the original is tagged as the node's, and its interface outlives it.
 * - `committedAt`: the import can no longer be cancelled. The original ends, or the node is complete without it.
 * - `cancelledAt`: the import was cancelled, before or after the original was tagged.
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

/** What a deletion removes. */
export interface Deletion {
  readonly shouldTerminateInstance: boolean;
  readonly shouldDeleteNetworkInterfaces: boolean;
  /** Absent in records of earlier versions: the volumes are left. */
  readonly shouldDeleteVolumes?: boolean;
  /** How long the interface is left, in hours. Absent: for good, unless the deletion deletes it. */
  readonly interfacesTtlHours?: number;
  /** How long the volumes are left, in hours. Absent: for good, unless the deletion deletes them. */
  readonly volumesTtlHours?: number;
}

/** How long the address was away: see `domain/operation/address-away.ts`. */
export interface LastReplacement {
  /** When it was confirmed; ISO 8601, UTC. */
  readonly at: string;
  /** ISO 8601, UTC. Absent if it is not known. */
  readonly awayFrom?: string | undefined;
  /** ISO 8601, UTC. */
  readonly awayTo?: string | undefined;
}

export interface NodeInstance {
  readonly id: string;
  readonly imageId: string;
  readonly instanceType: string;
  readonly lifeCycle: LifeCycle;
  readonly subnetId: string;
  /** ISO 8601, UTC. */
  readonly launchedAt: string;
  /** How it carries the interface. A change of the configuration takes effect with the next instance. */
  readonly attachment: EniAttachment;
  /** When the node became ACTIVE on it; ISO 8601, UTC. Absent if it did not. */
  readonly activeAt?: string;
  /** What it was launched with where the configuration has another value now. Absent: nothing. */
  readonly outdated?: OutdatedSettings;
}

/**
 * - `launch`: launches an instance for a node that has none: the first launch, and every resume.
 * - `replace`: replaces the instance: after interruptions, and for recycles.
 * - `pause`: terminates the instance and keeps the identity.
 * - `adjust`: applies the settings that need no new instance.
 * - `delete`: deletes the node, and what the request says.
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
  /** The configuration that the operation uses. An update of the node does not change it. */
  readonly config: NodeConfig;
  /** Fixed with the configuration. */
  readonly eligibleSubnetIds: readonly string[];
  /** The instance that the operation takes the identity from; absent if there is none. */
  readonly oldInstanceId?: string;
  /** When EC2 ends the old instance, if EC2 has announced it; ISO 8601, UTC. */
  readonly endsAt?: string;
  /** The cause, if it was neither a user intent nor a warning. */
  readonly cause?: Cause;
  /** What has started it, for the metrics. Absent if there is a `cause`. */
  readonly startedBy?: StartedBy;
  /**
   * When the old instance is terminated, if its end is timed for the launch of the replacement: many nodes are replaced at
   * once. ISO 8601, UTC.
   */
  readonly terminateAt?: string;
  /** The turn that the launch waits for. Absent if it does not wait, or the call has been made. */
  readonly launchPermit?: Permit;
  /** The same for a launch by a fleet. */
  readonly fleetPermit?: Permit;
  /** The turn that the move of the interface waits for, or has waited for. Absent if it has not waited. */
  readonly movePermit?: Permit;
  /** When it began to take the address from the instance that carried it as a primary one; ISO 8601, UTC. */
  readonly addressTakenAt?: string;
  /** Whether it continues from what a failed operation left behind: see `Remains`. */
  readonly continues?: boolean;
  /** How many executions ended before the operation did, and when the last one was taken over. */
  readonly takeovers?: { readonly count: number; readonly lastAt: string };
  /** The launch under way. It is written before EC2 is called, so that it can be found after a crash. */
  readonly launch?: LaunchProgress;
  /** The interface being made. It is written before EC2 is called, so that it can be found after a crash. */
  readonly interfaceRequest?: InterfaceRequest;
  /** How many interfaces EC2 has made for the operation. */
  readonly interfacesMade?: number;
  /** Interfaces that this operation has replaced. They are deleted once the replacement is confirmed. */
  readonly retiredInterfaceIds: readonly string[];
  /** The detachments requested, so that one that hangs is noticed. */
  readonly detachments?: readonly Detachment[];
}

/** Permission to make one call. It can be stored as JSON. */
export interface Permit {
  /** The turn as it was when the permit was given (ISO 8601, UTC). If it has passed, the call may be made at once. */
  readonly turnAt: string;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  /** Absent if the turn cannot move any more: the permit of a front-runner, or of a call that is not paced. */
  readonly ticket?: number | undefined;
}

export interface Detachment {
  readonly attachmentId: string;
  /** ISO 8601, UTC. */
  readonly askedAt: string;
  /** When it was forced; ISO 8601, UTC. */
  readonly forcedAt?: string;
}

/** A node together with the operation that owns it. */
export interface OwnedNode {
  readonly node: StatefulNode;
  readonly operation: Operation;
}

/** A request by an event or a person that is not under way. It is kept until an operation starts for it. */
export interface Intent {
  readonly kind: OperationKind;
  readonly reason: string;
  /** For an event: its instance. The intent lapses when the node has another instance. Absent for a user intent. */
  readonly instanceId?: string | undefined;
  /** ISO 8601, UTC. */
  readonly requestedAt: string;
  /** For a warning: when the instance ends; ISO 8601, UTC. */
  readonly endsAt?: string | undefined;
  /** The cause, if it was neither a user intent nor a warning. */
  readonly cause?: Cause | undefined;
}

/**
 * Why an operation is needed without a user intent or a warning.
 * - `lost`: the instance has ended or stopped.
 * - `unhealthy`: the instance runs, and its status checks fail.
 * - `drift`: something was changed from outside Holdfast that an adjustment can repair.
 */
export type Cause = 'lost' | 'unhealthy' | 'drift';

/**
 * What has started an operation that has no cause: a warning of its instance's end, a recommendation to move, a person, or
 * another try of what has failed.
 */
export type StartedBy = 'interruption' | 'rebalance' | 'request' | 'retry';

/** Where to launch: one instance type, in one subnet, as spot or on-demand. */
export interface LaunchPool {
  readonly instanceType: string;
  readonly subnetId: string;
  readonly lifeCycle: LifeCycle;
}

/** The progress of an operation's launch. */
export type LaunchProgress = NextLaunch | RequestedLaunch | LaunchedLaunch | ExhaustedLaunch;

/** The pool is chosen, and EC2 has not been called. */
export interface NextLaunch extends LaunchRound, Without<'clientToken' | 'fleet' | 'instanceId' | 'launchedAt'> {
  readonly state: 'next';
}

/** The request may have reached EC2, under `clientToken`. */
export interface RequestedLaunch extends LaunchRound, Without<'instanceId' | 'launchedAt'> {
  readonly state: 'requested';
  /** At most 64 characters. Written before the request is sent, so that its instance can always be found. */
  readonly clientToken: string;
  /** If it is requested as a fleet. A repeat asks for the same. */
  readonly fleet?: FleetRequest | undefined;
}

export interface FleetRequest {
  /** The name of the launch template. */
  readonly template: string;
  /** ISO 8601, UTC. */
  readonly requestedAt: string;
}

/** EC2 has returned an instance. */
export interface LaunchedLaunch extends LaunchRound {
  readonly state: 'launched';
  readonly clientToken: string;
  readonly fleet?: FleetRequest | undefined;
  readonly instanceId: string;
  /** When EC2 launched it; ISO 8601, UTC. */
  readonly launchedAt: string;
}

/** EC2 has refused every pool of the round. */
export interface ExhaustedLaunch extends LaunchRound, Without<'clientToken' | 'fleet' | 'instanceId' | 'launchedAt'> {
  readonly state: 'exhausted';
}

export interface LaunchRound {
  /** The subnets of this round, in the order in which they are tried. The other parts of a pool are configured. */
  readonly subnetIds: readonly string[];
  /** Index of `pool` among the pools of the round. */
  readonly poolIndex: number;
  /** The pool being tried, or the one that the instance came from. */
  readonly pool: LaunchPool;
  /** The number of the operation's attempt, from 0; part of the client token. */
  readonly attempt: number;
  /** The refusals of this round, one entry for each reason and error code. */
  readonly refusals: readonly Refusal[];
  /** The number of the round over all pools, from 1. */
  readonly rounds: number;
  /** How many instances that this operation launched ended before they carried the identity. */
  readonly losses: number;
  /** Why the last of them ended, in EC2's words, if EC2 gave a reason. */
  readonly lossReason?: string | undefined;
  /** Whether the launch has waited for its turn: many nodes launch at once, and soon their interfaces move at once. */
  readonly isInStorm?: boolean | undefined;
  /** Why this operation launches by no fleet any more, in EC2's words. */
  readonly fleetRefusal?: string | undefined;
}

/**
 * - `capacity`: the pool has no capacity at present.
 * - `quota`: the account's quota for the pool's life cycle is used up.
 * - `unsuitable`: the pool can never serve this configuration.
 */
export type RefusalReason = 'capacity' | 'quota' | 'unsuitable';

export interface Refusal {
  readonly because: RefusalReason;
  /** EC2's error code. */
  readonly code: string;
  /** EC2's own message for the first pool. */
  readonly message: string;
  /** The life cycles of the refused pools. */
  readonly lifeCycles: readonly LifeCycle[];
  /** The first pool that was refused for this reason. */
  readonly pool: LaunchPool;
  /** How many pools were refused for this reason. */
  readonly count: number;
}

/** What the configuration says about an instance, whichever launch makes it. */
export interface LaunchSettings {
  readonly imageId: string;
  readonly securityGroupIds: readonly string[];
  /** Of the primary interface that the launch makes (hot). */
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
}

/** Everything that a launch needs, in domain words. The EC2 adapters turn it into `RunInstances` or `CreateFleet`. */
export interface LaunchRequest extends LaunchSettings {
  /** At most 64 characters. */
  readonly clientToken: string;
  readonly pool: LaunchPool;
  /** The persisted interface as the primary (cold); absent if the launch makes its own primary (hot). */
  readonly interfaceId?: string;
  /** For the instance, with Holdfast's own tags. */
  readonly tags: readonly Tag[];
  /** The same for its volumes. */
  readonly volumeTags: readonly Tag[];
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
 * On everything that a deployment makes or adopts: the name of its CloudFormation stack. Policies are scoped by this
 * tag, and a deployment lists only what has its own name.
 */
export const DEPLOYMENT_TAG = 'holdfast:deployment';
/** On everything that a deployment makes: the client token of the request that made it. */
export const REQUEST_TAG = 'holdfast:request';
/** On every instance, volume and interface that Holdfast makes: the node it belongs to. */
export const NODE_ID_TAG = 'holdfast:node-id';
/**
 * On every interface that Holdfast makes: the name of its node at that time. A rebuilt record takes its name from here.
 */
export const NODE_NAME_TAG = 'holdfast:node-name';
/** On every instance and interface that Holdfast makes: the generation of the operation that made it. */
export const GENERATION_TAG = 'holdfast:generation';
/** On what a deleted node leaves behind: the node that it was made for. */
export const LEFT_BY_TAG = 'holdfast:left-by';
/** On what a deleted node leaves behind for a limited time: when it may be deleted; ISO 8601, UTC. */
export const EXPIRES_AT_TAG = 'holdfast:expires-at';
