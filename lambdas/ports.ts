/**
 * What the steps need of the world, in domain words. The adapters beside this file implement these on the
 * AWS SDK; nothing else imports it.
 */
import type { NamesInConfig } from '../domain/account-faults';
import type { SeenAccount, SeenElasticIp, SeenInstance, SeenInterface } from '../domain/observations';
import type { LogEntry, LogPage, LogQuery } from '../domain/node-log';
import type { NodeRequest } from '../domain/trigger';
import type { AwaitedState } from '../domain/waiting';
import type { InterfaceRequest, LaunchRequest, OperationKind, StatefulNode, Tag } from '../domain/stateful-node';

/** EC2 instances. Every method may throw the transient errors of `domain/errors.ts`. */
export interface Instances {
  /** Undefined where EC2 knows no such instance (yet, or any more). */
  observe(instanceId: string): Promise<SeenInstance | undefined>;
  /**
   * Asks for one instance. The same request again answers the same instance.
   * @throws InterfaceNotFree where the interface is still attached
   */
  launch(request: LaunchRequest): Promise<LaunchOutcome>;
  /** Does nothing where the instance is gone. */
  terminate(instanceId: string): Promise<void>;
}

/**
 * `refused`: the pool has no capacity, or a quota stands in the way; the code is EC2's.
 * `token-spent`: the instance that this client token made has died meanwhile.
 */
export type LaunchOutcome =
  | { readonly kind: 'launched'; readonly instance: SeenInstance }
  | { readonly kind: 'refused'; readonly because: 'capacity' | 'quota'; readonly code: string }
  | { readonly kind: 'token-spent' };

/** EC2 network interfaces. */
export interface NetworkInterfaces {
  observe(interfaceId: string): Promise<SeenInterface | undefined>;
  /**
   * Makes an interface. The same request again answers the same interface.
   * @throws AddressTaken where the private IP asked for is in use
   */
  create(request: InterfaceRequest): Promise<SeenInterface>;
  /** Starts a detachment; does nothing where the attachment is gone. */
  detach(attachmentId: string): Promise<void>;
  /** @throws InterfaceNotFree where the interface is attached */
  attach(interfaceId: string, instanceId: string, deviceIndex: number): Promise<void>;
  /** Does nothing where the interface is gone. @throws InterfaceNotFree where it is attached */
  delete(interfaceId: string): Promise<void>;
  setSecurityGroups(interfaceId: string, securityGroupIds: readonly string[]): Promise<void>;
  /** Keeps the interface when its instance is terminated. */
  keepOnTermination(interfaceId: string, attachmentId: string): Promise<void>;
}

/** Elastic IP addresses. */
export interface ElasticIps {
  observe(allocationId: string): Promise<SeenElasticIp | undefined>;
  /** Moves the address to the interface, from wherever it is. Idempotent. */
  associate(allocationId: string, interfaceId: string): Promise<void>;
  /** Does nothing where the association has ended. */
  disassociate(associationId: string): Promise<void>;
}

/** Tags of EC2 resources. */
export interface Tags {
  set(resourceIds: readonly string[], tags: readonly Tag[]): Promise<void>;
  remove(resourceIds: readonly string[], keys: readonly string[]): Promise<void>;
}

/** The account, as a configuration is checked against it. */
export interface Account {
  /** Only what exists is answered, in any order; what does not is no error. */
  observe(names: NamesInConfig): Promise<SeenAccount>;
}

/** Node records. Single-item conditional writes: the last writer never wins by accident. */
export interface Nodes {
  get(nodeId: string): Promise<StatefulNode | undefined>;
  /** @throws RecordContended where the id is taken */
  create(node: StatefulNode): Promise<void>;
  /** All of them, in the order of their ids. */
  list(): Promise<readonly StatefulNode[]>;
  /** @throws RecordContended where somebody else wrote meanwhile */
  remove(node: StatefulNode): Promise<void>;
  /**
   * Writes the record if it is still at `node.version`, and answers it with its new version.
   * @throws RecordContended where somebody else wrote meanwhile
   */
  save(node: StatefulNode): Promise<StatefulNode>;
}

/** An address serves one node: an Elastic IP, by its allocation id, or a private IP, as `vpc-.../10.0.0.5`. */
export interface Claims {
  /**
   * Claims the address for the node, if nobody holds it, or the node itself, or `staleHolder`. Answers who holds
   * it then, and since when (ISO 8601, UTC).
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
  register(instanceId: string, nodeId: string): Promise<void>;
  nodeOf(instanceId: string): Promise<string | undefined>;
  /** One execution waits for an instance at a time; the latest subscription counts. */
  subscribe(instanceId: string, waiter: Waiter): Promise<void>;
  waiterOf(instanceId: string): Promise<Waiter | undefined>;
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
  read(nodeId: string, query: LogQuery): Promise<LogPage>;
}

/** Starts state machines. */
export interface Operations {
  /** Starts an operation. The name makes it happen once: a second start under it does nothing. */
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
  readonly interfaces: NetworkInterfaces;
  readonly elasticIps: ElasticIps;
  readonly account: Account;
  readonly nodes: Nodes;
  readonly claims: Claims;
  readonly tags: Tags;
  readonly log: NodeLog;
  readonly index: InstanceIndex;
  readonly waitingTasks: WaitingTasks;
  readonly operations: Operations;
  readonly time: Time;
  readonly randomHex: RandomHex;
}
