/**
 * What the steps need of the world, in domain words. The adapters beside this file implement these on the
 * AWS SDK; nothing else imports it. One suite for each port in test/contracts states its promises, and runs over the
 * adapter and over the port in memory that the unit tests use.
 */
import type { UnreadableRecord } from '../domain/errors';
import type { NamesInConfig } from '../domain/node/validate-against-account';
import type { Migration, MigrationEnding } from '../domain/import/import';
import type {
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
import type { TableIdentity } from '../domain/reconciliation/deployment';
import type { PoolRefusal } from '../domain/operation/launch';
import type { Origin } from '../domain/reconciliation/unknown';
import type { NodeRequest } from '../domain/operation/trigger';
import type { Usage } from '../domain/costs/usage';
import type { AwaitedState } from '../domain/operation/await-instance';
import type {
  InterfaceRequest,
  LaunchRequest,
  NodeInstance,
  OperationKind,
  StatefulNode,
  Tag,
} from '../domain/node/stateful-node';

/** EC2 instances. Every method may throw the transient errors of `domain/errors.ts`. */
export interface Instances {
  /** Undefined where EC2 knows no such instance (yet, or any more). */
  observe(instanceId: string): Promise<SeenInstance | undefined>;
  /** The instance that the client token has made. Undefined where there is none (that is visible yet). */
  launchedBy(clientToken: string): Promise<SeenInstance | undefined>;
  /**
   * Asks for one instance. The same request again returns the same instance, before EC2 shows it as well. A refusal
   * leaves the client token unused.
   * @throws InterfaceNotFree where the interface is still attached
   */
  launch(request: LaunchRequest): Promise<LaunchOutcome>;
  /** Does nothing where EC2 knows no such instance (any more, or yet). */
  terminate(instanceId: string): Promise<void>;
}

/**
 * `refused`: EC2 does not give an instance of the pool.
 * `token-spent`: the instance that this client token made has died meanwhile.
 * `token-used`: the client token has made an instance, of a request that was configured otherwise.
 * `interface-missing`: there is no such interface, or it is not visible yet.
 */
export type LaunchOutcome =
  | { readonly kind: 'launched'; readonly instance: SeenInstance }
  | { readonly kind: 'refused'; readonly refusal: PoolRefusal }
  | { readonly kind: 'token-spent' }
  | { readonly kind: 'token-used' }
  | { readonly kind: 'interface-missing' };

/** Instances that Holdfast did not launch, as an import needs to know them. */
export interface Originals {
  /** Undefined if EC2 knows no such instance, or the id is malformed. An instance that has ended has no interfaces. */
  observe(instanceId: string): Promise<SeenOriginal | undefined>;
}

/** EC2 network interfaces. */
export interface NetworkInterfaces {
  /** Undefined if EC2 knows no such interface (yet, or any more). */
  observe(interfaceId: string): Promise<SeenInterface | undefined>;
  /** The interface that the client token has made. Undefined if there is none (yet, or any more). */
  madeBy(clientToken: string): Promise<SeenInterface | undefined>;
  /**
   * Makes an interface. A request under the same client token returns the same interface, whatever its settings are.
   * @throws AddressTaken where the private IP asked for is in use
   */
  create(request: InterfaceRequest): Promise<CreateOutcome>;
  /**
   * Starts a detachment, or forces one that does not end; does nothing if the attachment is gone.
   * @throws NotReady if a detachment is under way, and this one is not forced
   * @throws RequestRejected for the primary interface of an instance that has not ended
   */
  detach(attachmentId: string, how?: { readonly force: boolean }): Promise<void>;
  /**
   * Starts an attachment. Returns false where the device index is taken.
   * @throws InterfaceNotFree where the interface is attached
   * @throws NotReady if the instance neither runs nor is stopped
   * @throws NotYetVisible if EC2 does not know the interface or the instance
   */
  attach(interfaceId: string, instanceId: string, deviceIndex: number): Promise<boolean>;
  /** Does nothing where the interface is gone. @throws InterfaceNotFree where it is attached */
  delete(interfaceId: string): Promise<void>;
  /** Replaces them. @throws NotYetVisible if EC2 does not know the interface */
  setSecurityGroups(interfaceId: string, securityGroupIds: readonly string[]): Promise<void>;
  /** Keeps the interface when its instance is terminated. @throws NotYetVisible if the attachment is gone */
  keepOnTermination(interfaceId: string, attachmentId: string): Promise<void>;
  /** The opposite: the interface ends with its instance. Does nothing where the attachment is gone. */
  deleteOnTermination(interfaceId: string, attachmentId: string): Promise<void>;
}

/** `refused`: the subnet has no free address left. */
export type CreateOutcome =
  | { readonly kind: 'made'; readonly interface: SeenInterface }
  | { readonly kind: 'refused'; readonly refusal: PoolRefusal };

/** Everything in the account that carries this deployment's tag, and what EC2 says of it: by the page, not by the node. */
export interface Fleet {
  /** Those that have ended within about an hour included. */
  instances(): Promise<readonly (SeenInstance & { readonly origin: Origin })[]>;
  interfaces(): Promise<readonly (SeenInterface & { readonly origin: Origin })[]>;
  /** All of the account's. */
  elasticIps(): Promise<readonly SeenElasticIp[]>;
  /** The instances, ours or not, whose status checks fail, and since when (ISO 8601, UTC). */
  impairments(): Promise<readonly { readonly instanceId: string; readonly since: string }[]>;
}

/** Elastic IP addresses. */
export interface ElasticIps {
  /** Undefined if EC2 knows no such address. */
  observe(allocationId: string): Promise<SeenElasticIp | undefined>;
  /**
   * Moves the address to the interface, from wherever it is, and takes the place of another one there. Idempotent: a
   * repeat keeps the association.
   * @throws InterfaceMissing if the interface is gone
   * @throws NotReady while the instance that has the interface is pending
   * @throws NotYetVisible if EC2 does not know the address
   */
  associate(allocationId: string, interfaceId: string): Promise<void>;
  /** Does nothing where the association has ended. */
  disassociate(associationId: string): Promise<void>;
}

/** EBS volumes. */
export interface Volumes {
  /** Undefined where EC2 knows no such volume. */
  observe(volumeId: string): Promise<SeenVolume | undefined>;
  /** Does nothing where the volume is gone. @throws NotReady where it is in use */
  delete(volumeId: string): Promise<void>;
}

/** List prices. */
export interface Prices {
  /**
   * What a pool's spot price was in the range, oldest first, beginning with the price that held at its start, if that
   * is known: EC2 answers for the last 90 days. Empty where it knows none.
   */
  spotHistory(pool: SpotPricePool, range: TimeRange): Promise<readonly SpotPrice[]>;
  /** US dollars an hour, in the deployment's Region; undefined where the price list has none. */
  onDemandUsdPerHour(instanceType: string, product: string): Promise<number | undefined>;
}

export type SpotPricePool = Pick<Usage, 'instanceType' | 'availabilityZone' | 'product'>;

/**
 * Tags of EC2 resources. A call changes all the resources or none, and nothing without resources or tags.
 * @throws NotYetVisible if EC2 does not know one of the resources
 */
export interface Tags {
  /** Adds the tags, and replaces those of the same keys. */
  set(resourceIds: readonly string[], tags: readonly Tag[]): Promise<void>;
  /** Whatever their values are. A key that is not there is no error. */
  remove(resourceIds: readonly string[], keys: readonly string[]): Promise<void>;
}

/** The account, as a configuration is checked against it. */
export interface Account {
  /** Where the deployment is. */
  readonly region: string;
  /** What is named and exists is answered, in any order, and nothing else; what does not exist is no error. */
  observe(names: NamesInConfig): Promise<SeenAccount>;
}

/**
 * Node records. Single-item conditional writes: the last writer never wins by accident. Members that are undefined are
 * not written.
 */
export interface Nodes {
  /** @throws UnreadableRecord */
  get(nodeId: string): Promise<StatefulNode | undefined>;
  /** @throws RecordContended where the id is taken */
  create(node: StatefulNode): Promise<void>;
  /** All of them, in the order of their ids. One that cannot be read hides none of the others. */
  list(): Promise<NodeList>;
  /**
   * Those that can be read, in the order of their ids, read as far as they are asked for.
   * @param after only those whose id comes after this one, of which there may be none
   */
  listFrom(after?: string): AsyncIterable<StatefulNode>;
  /** Does nothing if the record is gone. @throws RecordContended if another writer wrote it meanwhile */
  remove(node: StatefulNode): Promise<void>;
  /**
   * Writes the record if it is still at `node.version`, and answers it with its new version.
   * @throws RecordContended if another writer wrote it meanwhile, or removed it
   */
  save(node: StatefulNode): Promise<StatefulNode>;
}

export interface NodeList {
  readonly nodes: readonly StatefulNode[];
  /** Their nodes exist, and nothing may be done to them or in their place. */
  readonly unreadable: readonly UnreadableRecord[];
}

/**
 * An address serves one node: an Elastic IP, by its allocation id, or a private IP, as `vpc-.../10.0.0.5`. So does an
 * instance that is being imported, by its id.
 */
export interface Claims {
  /**
   * Claims the address for the node, if nobody holds it, or the node itself, or `staleHolder`. Answers who holds
   * it then, and since when (ISO 8601, UTC). A claim that its holder repeats counts from the repeat.
   */
  claim(request: ClaimRequest): Promise<{ readonly holder: string; readonly claimedAt: string }>;
  /** Does nothing where the node does not hold it. */
  release(address: string, nodeId: string): Promise<void>;
}

export interface ClaimRequest {
  readonly address: string;
  readonly nodeId: string;
  readonly now: string;
  /** A holder that is known not to exist. */
  readonly staleHolder?: string;
}

/** Whose instance is it, and who waits for it? Kept apart from the node record, so events look up one item. */
export interface InstanceIndex {
  /** The latest registration counts. It leaves who waits as it is. */
  register(instanceId: string, nodeId: string): Promise<void>;
  nodeOf(instanceId: string): Promise<string | undefined>;
  /**
   * One execution waits for an instance at a time; the latest subscription counts. Returns what the latest event has said
   * of the instance, if one has come: it may be ahead of what EC2 shows.
   */
  subscribe(instanceId: string, waiter: Waiter): Promise<InstanceState | undefined>;
  waiterOf(instanceId: string): Promise<Waiter | undefined>;
  /**
   * Writes down what an event at `at` (ISO 8601, UTC) has said of an instance, unless a later one has spoken already. Of
   * two events of the same moment, the one whose state comes later in an instance's life counts. What is said of an
   * instance that is no node's is kept too: an event may outrun the launch.
   * Returns which node it belongs to, and who waits; undefined for an instance that is no node's.
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

/** Step Functions, as those who wake an execution see it. A token that is spent or late is ignored. */
export interface WaitingTasks {
  succeed(taskToken: string, output: unknown): Promise<void>;
  fail(taskToken: string, error: { readonly name: string; readonly message: string }): Promise<void>;
}

/** The node log. */
export interface NodeLog {
  append(nodeId: string, entry: LogEntry): Promise<void>;
  /** A page's token goes with any end of the range: beyond that end there is nothing. */
  read(nodeId: string, query: LogQuery): Promise<LogPage>;
}

/** Which instance carried a node, from when to when. Written before the record, so that a crash loses nothing. */
export interface UsageRecords {
  /** Writes down that an instance carries the node. A repeat changes nothing. */
  begin(nodeId: string, usage: Usage): Promise<void>;
  /** Writes down that it no longer does, at `at` (ISO 8601, UTC), unless an end is known. Its record may not exist. */
  end(nodeId: string, instance: Pick<NodeInstance, 'id' | 'launchedAt'>, at: string): Promise<void>;
  /** Of the instances that were launched until then (ISO 8601, UTC), oldest first. */
  list(nodeId: string, until: string): Promise<readonly Usage[]>;
}

/** What is kept of imports. Members that are undefined are not written. */
export interface Migrations {
  /** @throws RecordContended where the id is taken */
  create(migration: Migration): Promise<void>;
  get(migrationId: string): Promise<Migration | undefined>;
  /**
   * Writes down how an import has ended. A repeat, of the same ending, is harmless. Does nothing for an import that was
   * never created.
   */
  end(migrationId: string, ending: MigrationEnding): Promise<void>;
}

/** Whose table it is, by its own word. */
export interface TableOwnership {
  /** Why nothing may be done by the records, for a person; undefined where they are this deployment's own. */
  doubt(): Promise<string | undefined>;
  /** What the table says of itself; undefined where it says nothing. @throws UnreadableRecord */
  identity(): Promise<TableIdentity | undefined>;
  /** Writes down whose the table is, unless it says so already. */
  establish(now: string): Promise<void>;
  /** Writes down whose the table is, whatever it said, and that all is well. */
  adopt(now: string): Promise<void>;
  /** Writes down that nothing may be done by the records any more. Does nothing where that is written already. */
  halt(because: string, now: string): Promise<void>;
}

/** State machines and their executions. */
export interface Operations {
  /** The executions that run, by id, as far as is known: one that has just begun or ended may be shown late. */
  running(): Promise<ReadonlySet<string>>;
  /** Whether the execution has come to an end, whatever that was; one that is not known any more has. */
  hasEnded(executionId: string): Promise<boolean>;
  /**
   * Starts an operation. The name makes it happen once: a second start of the same kind under it does nothing, whatever
   * the request is and even if the first has ended.
   */
  start(kind: OperationKind, request: NodeRequest, name: string): Promise<void>;
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
  readonly account: Account;
  readonly prices: Prices;
  readonly nodes: Nodes;
  readonly migrations: Migrations;
  readonly claims: Claims;
  readonly tags: Tags;
  /** The name of this deployment, which everything that it makes is tagged with. */
  readonly deployment: string;
  readonly log: NodeLog;
  readonly usage: UsageRecords;
  readonly index: InstanceIndex;
  readonly waitingTasks: WaitingTasks;
  readonly operations: Operations;
  readonly ownership: TableOwnership;
  readonly time: Time;
  readonly randomHex: RandomHex;
}

/** Where the API's tokens are kept. */
export interface ApiTokens {
  /**
   * Every token that is valid now.
   * @throws ApiTokensUnusable
   */
  current(): Promise<readonly string[]>;
}

/** The secret does not hold what it should. The message says what it should hold, never what it does. */
export class ApiTokensUnusable extends Error {
  override readonly name = 'ApiTokensUnusable';
}
