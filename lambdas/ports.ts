/**
 * What the steps need from the outside, in domain words. The adapters beside this file implement these ports on the
 * AWS SDK, and nothing else imports the SDK. Each port has one suite in test/contracts. The suite runs against the
 * adapter and against the port in memory that the unit tests use.
 */
import type { HoldfastError, UnreadableRecord } from '../domain/errors';
import type { NamesInConfig } from '../domain/node/validate-against-account';
import type {
  AccountAddress,
  AccountImage,
  AccountInstanceType,
  AccountKeyPair,
  AccountRegion,
  AccountSecurityGroup,
  AccountSubnet,
  AccountVpc,
  AccountZone,
  ImageQuery,
  ZoneSpotPrice,
} from '../domain/node/account-things';
import type { Migration, MigrationEnding } from '../domain/import/import';
import type {
  InstanceAttachment,
  InstanceState,
  SeenAccount,
  SeenElasticIp,
  SeenInstance,
  SeenInterface,
  SeenOriginal,
  SeenVolume,
} from '../domain/node/observations';
import type { SpotPrice, TimeRange } from '../domain/costs/costs';
import type { LogEntry, LogPage, LogQuery } from '../domain/node/node-log';
import type { ListedNode } from '../domain/operation/listed-node';
import type { StateVisit } from '../domain/operation/state-visit';
import type { HistoryPage, HistoryQuery, OperationRecord } from '../domain/operation/operation-record';
import type { Glance } from '../domain/reconciliation/at-rest';
import type { TableIdentity } from '../domain/reconciliation/deployment';
import type { DryPool } from '../domain/capacity/dry-pools';
import type { PoolRefusal } from '../domain/capacity/pool-refusal';
import type { Origin } from '../domain/reconciliation/unknown';
import type { NodeRequest } from '../domain/operation/trigger';
import type { Usage } from '../domain/costs/usage';
import type { InstanceSample } from '../domain/monitoring/instance-metrics';
import type { PacedActionName } from '../domain/throttling/paced-actions';
import type { Permit } from '../domain/node/stateful-node';
import type { Level } from '../domain/throttling/turns';
import type { AwaySince } from '../domain/monitoring/missing-address';
import type { Measurement } from '../domain/monitoring/metrics';
import type { AwaitedState } from '../domain/operation/await-instance';
import type {
  InterfaceRequest,
  LaunchPool,
  LaunchRequest,
  LaunchSettings,
  NodeInstance,
  OperationKind,
  StatefulNode,
  Tag,
} from '../domain/node/stateful-node';

/** EC2 instances. Every method may throw the transient errors of `domain/errors.ts`. */
export interface Instances {
  /** Undefined if EC2 does not show the instance (yet, or any more). */
  observe(instanceId: string): Promise<SeenInstance | undefined>;
  /** Those of the instances that EC2 shows, with what is attached to them, in one call and in any order. */
  observeAll(
    instanceIds: readonly string[],
  ): Promise<readonly (SeenInstance & { readonly attachments: readonly InstanceAttachment[] })[]>;
  /** The instance that was launched under the client token. Undefined if there is none, or EC2 does not show it yet. */
  launchedBy(clientToken: string): Promise<SeenInstance | undefined>;
  /**
   * Asks for one instance. Repeating the request returns the same instance, even before EC2 shows it. A refusal leaves
   * the client token unused.
   * @throws InterfaceNotFree if the interface is still attached
   */
  launch(request: LaunchRequest): Promise<LaunchOutcome>;
  /**
   * Returns the state that EC2 answers. Undefined if EC2 does not know the instance (yet, or any more).
   * @param how `skipOsShutdown`: the guest is not shut down, so that what it has not written to its volumes is lost
   */
  terminate(instanceId: string, how?: { readonly skipOsShutdown: boolean }): Promise<InstanceState | undefined>;
}

/**
 * `refused`: EC2 refuses to launch an instance in the pool.
 * `token-spent`: the instance launched under this client token has ended.
 * `token-used`: an instance was launched under this client token, with another configuration.
 * `interface-missing`: the interface does not exist, or EC2 does not show it yet.
 */
export type LaunchOutcome =
  | { readonly kind: 'launched'; readonly instance: SeenInstance }
  | { readonly kind: 'refused'; readonly refusal: PoolRefusal }
  | { readonly kind: 'token-spent' }
  | { readonly kind: 'token-used' }
  | { readonly kind: 'interface-missing' };

/** Instances that Holdfast did not launch, with what an import needs to know about them. */
export interface Originals {
  /** Undefined if EC2 knows no such instance, or the id is malformed. An instance that has ended has no interfaces. */
  observe(instanceId: string): Promise<SeenOriginal | undefined>;
}

/** EC2 network interfaces. */
export interface NetworkInterfaces {
  /** Undefined if EC2 does not show the interface (yet, or any more). */
  observe(interfaceId: string): Promise<SeenInterface | undefined>;
  /** The interface that was made under the client token. Undefined if there is none (yet, or any more). */
  madeBy(clientToken: string): Promise<SeenInterface | undefined>;
  /**
   * Makes an interface. A second request under the same client token returns the same interface, even if its settings
   * differ.
   * @throws AddressTaken if the requested private IP is in use
   */
  create(request: InterfaceRequest): Promise<CreateOutcome>;
  /**
   * Starts a detachment, or forces one that does not end. Does nothing if the attachment is gone.
   * @throws NotReady if a detachment is under way, and this one is not forced
   * @throws RequestRejected for the primary interface of an instance that has not ended
   */
  detach(attachmentId: string, how?: { readonly force: boolean }): Promise<void>;
  /**
   * Starts an attachment. Returns false if the device index is taken.
   * @throws InterfaceNotFree if the interface is attached
   * @throws NotReady unless the instance is running or stopped
   * @throws NotYetVisible if EC2 does not know the interface or the instance
   */
  attach(interfaceId: string, instanceId: string, deviceIndex: number): Promise<boolean>;
  /** Does nothing if the interface is gone. @throws InterfaceNotFree if it is attached */
  delete(interfaceId: string): Promise<void>;
  /** Replaces the security groups. @throws NotYetVisible if EC2 does not know the interface */
  setSecurityGroups(interfaceId: string, securityGroupIds: readonly string[]): Promise<void>;
  /** Keeps the interface when its instance is terminated. @throws NotYetVisible if the attachment is gone */
  keepOnTermination(interfaceId: string, attachmentId: string): Promise<void>;
  /** Deletes the interface when its instance is terminated. Does nothing if the attachment is gone. */
  deleteOnTermination(interfaceId: string, attachmentId: string): Promise<void>;
}

/**
 * `refused`: the subnet has no free address left.
 * `token-spent`: the interface that was made under this client token has been deleted.
 */
export type CreateOutcome =
  | { readonly kind: 'made'; readonly interface: SeenInterface }
  | { readonly kind: 'token-spent' }
  | { readonly kind: 'refused'; readonly refusal: PoolRefusal };

/** Everything in the account that has this deployment's tag, as EC2 shows it. Read by the page, not node by node. */
export interface Fleet {
  /** Includes instances that ended within about the last hour. @param nodeId only those with this node's tag */
  instances(nodeId?: string): Promise<readonly (SeenInstance & { readonly origin: Origin })[]>;
  /** @param nodeId only those with this node's tag */
  interfaces(nodeId?: string): Promise<readonly (SeenInterface & { readonly origin: Origin })[]>;
  /** Every Elastic IP of the account, ours or not. */
  elasticIps(): Promise<readonly SeenElasticIp[]>;
  /** The instances, ours or not, whose status checks fail, with the time since when (ISO 8601, UTC). */
  impairments(): Promise<readonly { readonly instanceId: string; readonly since: string }[]>;
}

/**
 * Launch templates, and launches from them by instant fleets: EC2 allows more of these a second than of other launches. Only
 * an instance with an interface of its own can be launched from a template (hot).
 */
export interface LaunchTemplates {
  /** The name of the node's template with these settings. Other settings have another name. */
  nameFor(nodeId: string, settings: LaunchSettings): string;
  /** Makes the template with these settings. Does nothing if it exists. */
  make(nodeId: string, settings: LaunchSettings): Promise<void>;
  /** The names of the node's templates that EC2 shows. A template that was made a moment ago may be missing. */
  ofNode(nodeId: string): Promise<readonly string[]>;
  /** Returns false if EC2 shows no such template (yet, or any more). */
  delete(name: string): Promise<boolean>;
  /** Asks for one instance from the template. Repeating the request launches no other, whatever the answer was. */
  launch(name: string, request: LaunchRequest): Promise<FleetOutcome>;
}

/**
 * `refused`: EC2 refuses to launch an instance in the pool.
 * `failed`: EC2 has launched nothing, for a reason that will pass.
 * `unusable`: EC2 refuses the fleet, and another way to launch may succeed. If it is the answer to a repeat, the first
 * request may have launched an instance.
 * `unknown`: the answer does not say what the fleet has launched. `Instances.launchedBy` finds it.
 */
export type FleetOutcome =
  | { readonly kind: 'launched'; readonly instanceId: string }
  | { readonly kind: 'refused'; readonly refusal: PoolRefusal }
  | { readonly kind: 'failed'; readonly error: HoldfastError }
  | { readonly kind: 'unusable'; readonly code: string; readonly message: string }
  | { readonly kind: 'unknown' };

/** Elastic IP addresses. */
export interface ElasticIps {
  /** Undefined if EC2 knows no such address. */
  observe(allocationId: string): Promise<SeenElasticIp | undefined>;
  /**
   * Moves the address to the interface, wherever it is now. It replaces another Elastic IP there. Idempotent: a repeat
   * keeps the association.
   * @throws InterfaceMissing if the interface is gone
   * @throws NotReady while the interface's instance is pending
   * @throws NotYetVisible if EC2 does not know the address
   */
  associate(allocationId: string, interfaceId: string): Promise<void>;
  /** Does nothing if the association has ended. */
  disassociate(associationId: string): Promise<void>;
}

/** EBS volumes. */
export interface Volumes {
  /** Undefined if EC2 knows no such volume. */
  observe(volumeId: string): Promise<SeenVolume | undefined>;
  /** Every volume with the tags of the node and of this deployment. */
  ofNode(nodeId: string): Promise<readonly SeenVolume[]>;
  /** Every volume of this deployment that the deletion of a node has left. */
  left(): Promise<readonly SeenVolume[]>;
  /** Does nothing if the volume is gone. @throws NotReady if it is in use */
  delete(volumeId: string): Promise<void>;
}

/** List prices. */
export interface Prices {
  /**
   * The pool's spot prices in the range, oldest first. The first is the price at the start of the range, if EC2 still
   * knows it: it keeps 90 days. Empty if EC2 knows no price.
   */
  spotHistory(pool: SpotPricePool, range: TimeRange): Promise<readonly SpotPrice[]>;
  /** US dollars an hour, in the deployment's Region. Undefined if the price list has none. */
  onDemandUsdPerHour(instanceType: string, product: string): Promise<number | undefined>;
}

/** What CloudWatch has measured of instances. It keeps it after their end. */
export interface InstanceMetrics {
  /**
   * The samples of each instance in the range, oldest first; none of an instance that was not measured. Asks about at most
   * `MEASURED_INSTANCES_MAX` instances.
   */
  read(
    instanceIds: readonly string[],
    range: TimeRange,
    periodSeconds: number,
  ): Promise<ReadonlyMap<string, readonly InstanceSample[]>>;
}

export type SpotPricePool = Pick<Usage, 'instanceType' | 'availabilityZone' | 'product'>;

/**
 * Tags of EC2 resources. A call changes all of the resources or none. A call without resources or tags does nothing.
 * @throws NotYetVisible if EC2 does not know one of the resources
 */
export interface Tags {
  /** Adds the tags, and replaces those with the same keys. */
  set(resourceIds: readonly string[], tags: readonly Tag[]): Promise<void>;
  /** Removes the tags with these keys, whatever their values. A missing key is no error. */
  remove(resourceIds: readonly string[], keys: readonly string[]): Promise<void>;
}

/** What the account has, to check a configuration against. */
export interface Account {
  /** The Region of the deployment. */
  readonly region: string;
  /** Returns exactly the named things that exist, in any order. A missing one is no error. */
  observe(names: NamesInConfig): Promise<SeenAccount>;
}

/**
 * Lists of what the account has in the Region of the deployment, for a person to choose from. In any order.
 * @throws Throttled @throws ServiceUnavailable @throws RequestRejected
 */
export interface AccountLists {
  /** The Regions that the account has enabled. */
  regions(): Promise<readonly AccountRegion[]>;
  zones(): Promise<readonly AccountZone[]>;
  vpcs(): Promise<readonly AccountVpc[]>;
  subnets(): Promise<readonly AccountSubnet[]>;
  addresses(): Promise<readonly AccountAddress[]>;
  images(query: ImageQuery): Promise<readonly AccountImage[]>;
  securityGroups(): Promise<readonly AccountSecurityGroup[]>;
  keyPairs(): Promise<readonly AccountKeyPair[]>;
  instanceTypes(): Promise<readonly AccountInstanceType[]>;
  /** The present prices of Linux/UNIX, in each zone that sells the type. */
  spotPrices(instanceTypes: readonly string[]): Promise<readonly ZoneSpotPrice[]>;
}

/**
 * Node records. Every write is a conditional write of a single item, so no writer overwrites another by accident.
 * Undefined members are not written.
 */
export interface Nodes {
  /** @throws UnreadableRecord */
  get(nodeId: string): Promise<StatefulNode | undefined>;
  /** Those of the records that exist, in the order of the ids given. One that cannot be read hides no other. */
  getAll(nodeIds: readonly string[]): Promise<NodeList>;
  /**
   * All nodes, ordered by id, for little: what is compared of a node at rest, and of the others only the id. It may be a
   * moment old, or lack a record that has just been made. So it only tells which records to read.
   */
  glances(): Promise<readonly Glance[]>;
  /** @throws RecordContended if the id is taken */
  create(node: StatefulNode): Promise<void>;
  /** All records, ordered by id. A record that cannot be read does not hide the others. */
  list(): Promise<NodeList>;
  /**
   * The readable records, ordered by id. Pages are read only as far as the caller iterates.
   * @param after return only records whose id comes after this one; it need not be the id of a record
   */
  listFrom(after?: string): AsyncIterable<StatefulNode>;
  /** Does nothing if the record is gone. @throws RecordContended if another writer wrote it meanwhile */
  remove(node: StatefulNode): Promise<void>;
  /**
   * Writes the record if it is still at `node.version`. Returns it with its new version.
   * @throws RecordContended if another writer wrote or removed it meanwhile
   */
  save(node: StatefulNode): Promise<StatefulNode>;
}

export interface NodeList {
  readonly nodes: readonly StatefulNode[];
  /** Their nodes exist, so we must neither change nor replace them. */
  readonly unreadable: readonly UnreadableRecord[];
}

/** The nodes as a list for pages shows them, without their configurations. It may lag a write by a moment. */
export interface NodeListing {
  /**
   * Changes whenever what the list shows of any node changes, and is never again what it was. Reads little, whatever the
   * number of nodes. Undefined if it cannot be told without the list.
   */
  tag(): Promise<string | undefined>;
  /**
   * In the order of the ids, without those that are being deleted. Records that cannot be read are left out.
   * @param query `after`: only ids that come after this one; `limit`: absent for all
   */
  list(query: { readonly after?: string | undefined; readonly limit?: number | undefined }): Promise<{
    readonly nodes: readonly ListedNode[];
    readonly isLast: boolean;
    /** Of the whole list, as it was read. */
    readonly tag: string;
  }>;
}

/**
 * A claim reserves an address for one node: an Elastic IP by its allocation id, or a private IP as `vpc-.../10.0.0.5`.
 * An instance that is being imported is claimed the same way, by its id.
 */
export interface Claims {
  /**
   * Claims the address for the node if it is free, or held by the node itself or by `staleHolder`. Returns the holder
   * after the call, and since when (ISO 8601, UTC). If the holder repeats its claim, the time is that of the repeat.
   */
  claim(request: ClaimRequest): Promise<HeldClaim>;
  /** Returns the claim on the address, or undefined. Changes nothing. */
  find(address: string): Promise<HeldClaim | undefined>;
  /** Does nothing unless the node holds it. */
  release(address: string, nodeId: string): Promise<void>;
}

export interface HeldClaim {
  readonly holder: string;
  /** ISO 8601, UTC. */
  readonly claimedAt: string;
}

export interface ClaimRequest {
  readonly address: string;
  readonly nodeId: string;
  readonly now: string;
  /** A holder that is known not to exist, or to need the address no more. */
  readonly staleHolder?: string;
}

/**
 * Which node an instance belongs to, and which execution waits for it. Kept apart from the node record, so that an
 * event reads one item.
 */
export interface InstanceIndex {
  /** The latest registration counts. It does not change the waiter. */
  register(instanceId: string, nodeId: string): Promise<void>;
  nodeOf(instanceId: string): Promise<string | undefined>;
  /**
   * One execution at a time waits for an instance: the latest subscription counts. Returns the state from the latest
   * event about the instance, if there was one. It may be ahead of what EC2 shows.
   */
  subscribe(instanceId: string, waiter: Waiter): Promise<InstanceState | undefined>;
  waiterOf(instanceId: string): Promise<Waiter | undefined>;
  /** The state from the latest event about the instance. Undefined before the first one. */
  stateOf(instanceId: string): Promise<InstanceState | undefined>;
  /**
   * Records the state from an event at `at` (ISO 8601, UTC), unless a later event is recorded already. Of two events at
   * the same time, the state that comes later in an instance's life counts. The state of an instance that belongs to no
   * node is kept too, because an event may arrive before the launch is registered.
   * Returns the instance's node and waiter, or undefined if the instance belongs to no node.
   */
  noteState(instanceId: string, state: InstanceState, at: string): Promise<KnownInstance | undefined>;
}

export interface KnownInstance {
  readonly nodeId: string;
  readonly waiter: Waiter | undefined;
}

export interface Waiter {
  readonly taskToken: string;
  readonly awaited: AwaitedState;
}

/** Step Functions, for waking an execution. A task token that was used or has expired is ignored. */
export interface WaitingTasks {
  succeed(taskToken: string, output: unknown): Promise<void>;
  fail(taskToken: string, error: { readonly name: string; readonly message: string }): Promise<void>;
}

/** The node log. */
export interface NodeLog {
  append(nodeId: string, entry: LogEntry): Promise<void>;
  /** A page's token may be used with any end of the range. A page beyond that end is empty. */
  read(nodeId: string, query: LogQuery): Promise<LogPage>;
}

/** What operations did, kept as long as the node log. Undefined members are not written. */
export interface OperationHistory {
  /** Call it just before the write that ends the operation. A repeat for the same operation replaces its record. */
  write(nodeId: string, record: OperationRecord): Promise<void>;
  /** A page's token may be used with any start of the range, and with the end and the kind of the page. */
  list(nodeId: string, query: HistoryQuery): Promise<HistoryPage>;
}

/** Which instance carried a node, and when. Written before the node record, so that a crash loses nothing. */
export interface UsageRecords {
  /** Records that an instance carries the node. A repeat changes nothing. */
  begin(nodeId: string, usage: Usage): Promise<void>;
  /**
   * Records that the instance stopped carrying the node at `at` (ISO 8601, UTC). Does nothing if the end is recorded
   * already. The usage record may not exist.
   */
  end(nodeId: string, instance: Pick<NodeInstance, 'id' | 'launchedAt'>, at: string): Promise<void>;
  /** The usage of the instances launched until then (ISO 8601, UTC), oldest first. */
  list(nodeId: string, until: string): Promise<readonly Usage[]>;
}

/** The records of imports. Undefined members are not written. */
export interface Migrations {
  /** @throws RecordContended if the id is taken */
  create(migration: Migration): Promise<void>;
  get(migrationId: string): Promise<Migration | undefined>;
  /**
   * Records how an import has ended. Repeating the same ending is harmless. Does nothing if the import was never
   * created.
   */
  end(migrationId: string, ending: MigrationEnding): Promise<void>;
}

/** Which deployment the table belongs to, according to the table itself. */
export interface TableOwnership {
  /** Why the table is in doubt, for a person to read. Undefined if its records are this deployment's own. */
  doubt(): Promise<string | undefined>;
  /** The deployment that the table names, or undefined if it names none. @throws UnreadableRecord */
  identity(): Promise<TableIdentity | undefined>;
  /** Records this deployment as the owner, unless the table names one already. */
  establish(now: string): Promise<void>;
  /** Records this deployment as the owner, whatever the table said before, and ends any doubt. */
  adopt(now: string): Promise<void>;
  /** Puts the table in doubt, so that we stop acting on its records. Does nothing if it is in doubt already. */
  halt(because: string, now: string): Promise<void>;
}

/** Under which keys of the table the node records are. */
export interface RecordKeys {
  /**
   * Moves records that an earlier version has written to their present keys, once that is safe. Does nothing in a table
   * in doubt. `now` is ISO 8601, UTC. Returns how many it moved, and why it could not move others.
   */
  upgrade(now: string): Promise<{ readonly moved: number; readonly failures: readonly unknown[] }>;
}

/** Since when nodes have been without their address. Only the reconciler writes it. */
export interface MissingAddresses {
  /** Empty if none is known. */
  read(): Promise<AwaySince>;
  replace(awaySince: AwaySince): Promise<void>;
}

/**
 * Turns for EC2 calls, shared by all nodes of the deployment, so that EC2 refuses no call of a storm. Another deployment in
 * the same account and Region takes from the same buckets: the pacer learns of it from refusals.
 *
 * The pacer never stops a call and never throws. If it cannot be used (its item is unreadable, or DynamoDB does not answer),
 * it says so in the log and returns a turn that has come: the call goes at once. Times are ISO 8601, UTC.
 */
export interface Pacer {
  /** How busy the action is. Takes no turn. */
  level(action: PacedActionName, now: string): Promise<Level>;
  /** Takes the next turn. It may have passed: then the call goes at once. */
  take(action: PacedActionName, now: string): Promise<Permit>;
  /** The same if that turn is no later than in so many milliseconds. Otherwise takes none and returns undefined. */
  takeIfSoon(action: PacedActionName, now: string, withinMs: number): Promise<Permit | undefined>;
  /**
   * When the permit's call may be made, as the turns are now. A turn comes later if EC2 refuses calls or if others go ahead,
   * so ask again when the time has come. It comes earlier if calls recover, so do not wait for longer than a minute.
   */
  turnAt(action: PacedActionName, permit: Permit, now: string): Promise<string>;
  /**
   * Takes a turn ahead of all waiting tickets, which go later by one interval. For a call that has waited before: its turn
   * has passed unused, EC2 has refused it, or its pool had no capacity.
   */
  jump(action: PacedActionName, now: string): Promise<Permit>;
  /** Learns that EC2 has refused a call with `RequestLimitExceeded`. Call it before the `jump` of that call. */
  refused(action: PacedActionName, now: string): Promise<void>;
}

/**
 * The pools in which EC2 had no capacity a moment ago, for any node. It never throws: if the memory is not available, no
 * pool is dry. `now` is ISO 8601, UTC.
 */
export interface DryPools {
  /** Notes a refusal of the pool. Only a lack of capacity counts. */
  note(pool: LaunchPool, refusal: PoolRefusal, now: string): Promise<void>;
  /** The refusals of the last minute that rule out one of the pools, in any order. A refusal of this second may be missing. */
  read(pools: readonly LaunchPool[], now: string): Promise<readonly DryPool[]>;
}

export type Measure = (measurement: Measurement) => void;

/** State machines and their executions. */
export interface Operations {
  /** The ids of the running executions. An execution that has just begun or ended may be shown late. */
  running(): Promise<ReadonlySet<string>>;
  /** Whether the execution has ended, with success or not. An execution that is no longer known has ended. */
  hasEnded(executionId: string): Promise<boolean>;
  /**
   * Starts an operation, once for each name: a second start of the same kind under the same name does nothing, even if
   * its request differs or the first has ended.
   */
  start(kind: OperationKind, request: NodeRequest, name: string): Promise<void>;
}

/** What was passed from state to state. */
export interface ExecutionHistory {
  /**
   * The states that the execution has been in, newest first, at most so many. Undefined if the execution is no longer known:
   * Step Functions forgets it 90 days after its end.
   */
  visits(executionId: string, limit: number): Promise<readonly StateVisit[] | undefined>;
}

/** Source of randomness for ids. */
export type RandomHex = (digits: number) => string;

export interface Time {
  now(): Date;
  sleep(delayMs: number): Promise<void>;
}

export interface Ports {
  readonly instances: Instances;
  readonly originals: Originals;
  readonly interfaces: NetworkInterfaces;
  readonly elasticIps: ElasticIps;
  readonly fleet: Fleet;
  readonly volumes: Volumes;
  readonly templates: LaunchTemplates;
  readonly account: Account;
  readonly nodes: Nodes;
  readonly migrations: Migrations;
  readonly claims: Claims;
  readonly tags: Tags;
  /** The name of this deployment. Everything that it makes has this tag. */
  readonly deployment: string;
  readonly log: NodeLog;
  readonly history: OperationHistory;
  readonly usage: UsageRecords;
  readonly index: InstanceIndex;
  readonly waitingTasks: WaitingTasks;
  readonly operations: Operations;
  readonly ownership: TableOwnership;
  readonly missingAddresses: MissingAddresses;
  readonly pacer: Pacer;
  readonly dryPools: DryPools;
  /** Hands a measurement to CloudWatch. It never fails. */
  readonly measure: Measure;
  readonly time: Time;
  readonly randomHex: RandomHex;
}

/** One run of the reconciler at a time. */
export interface RunLease {
  /**
   * Begins a run. Returns its name, or undefined if another one is under way, or has begun a few seconds ago and this one
   * is paced. A run that does not end counts as ended after a while. `now` is ISO 8601, UTC.
   */
  take(now: string, how: { readonly isPaced: boolean }): Promise<string | undefined>;
  /** Ends the run of that name. Does nothing if another run has begun since. */
  release(name: string): Promise<void>;
}

/** What only the reconciler's function needs. */
export interface ReconcilerPorts {
  readonly keys: RecordKeys;
  readonly lease: RunLease;
}

/** What only the API needs besides. */
export interface ApiPorts extends Ports {
  readonly listing: NodeListing;
  readonly accountLists: AccountLists;
  /** The roles that instances may be given. */
  readonly instanceRoleArns: readonly string[];
  readonly prices: Prices;
  readonly instanceMetrics: InstanceMetrics;
  readonly executionHistory: ExecutionHistory;
}

/** Where the API's tokens are kept. */
export interface ApiTokens {
  /**
   * All tokens that are valid now.
   * @throws ApiTokensUnusable
   */
  current(): Promise<readonly string[]>;
}

/** The secret does not hold what it should. The message says what it should hold, never what it holds. */
export class ApiTokensUnusable extends Error {
  override readonly name = 'ApiTokensUnusable';
}
