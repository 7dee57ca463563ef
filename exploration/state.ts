/**
 * A state of the explored system: EC2, the table, Step Functions, the functions that are running, and what may still
 * happen. All of it is plain data, so a state can be copied, compared and printed. Every time is ISO 8601, UTC.
 *
 * A transition changes a copy made by `fork`. The containers are copied and may be changed. What they hold is shared
 * between states, and is replaced instead of changed.
 */
import type { LifeCycle } from '../domain/config/node-config';
import type { InstanceState } from '../domain/node/observations';
import type { OperationKind, StatefulNode } from '../domain/node/stateful-node';
import type { PoolRefusal } from '../domain/capacity/pool-refusal';
import type { Waiter } from '../lambdas/ports';
import type { Answer, Call } from './coroutine';
import type { Bounds, Wish } from './world';

export interface State {
  /** Minutes since the start. Time passes only when nothing else can happen without it. */
  minute: number;
  /** The number of the next id. */
  next: number;
  ec2: Ec2;
  table: Table;
  executions: Execution[];
  /** The names under which executions were started, as `kind:name`: no second one starts under the same name. */
  usedNames: string[];
  processes: Process[];
  events: PendingEvent[];
  /** Functions follow each other without an end. Nothing else can happen. */
  isEndless: boolean;
  /** Whether the scheduled run of the reconciler is due. */
  isReconcilerDue: boolean;
  left: Bounds;
  /** What has happened that may excuse a failure, in a word each. */
  causes: readonly string[];
  /** What users want of each node, by its number in the world. */
  wanted: readonly Wanted[];
}

/** `absent`: its creation has not been accepted yet. */
export type Wanted = 'absent' | 'running' | 'paused' | 'deleted';

export interface Ec2 {
  instances: Record<string, Instance>;
  interfaces: Record<string, Interface>;
  elasticIps: Record<string, ElasticIp>;
  refusals: readonly Refused[];
  /** The client tokens of interfaces that were deleted. Nothing repeats one unless the table is lost. */
  spentTokens: readonly string[];
}

/** What EC2 refuses at present: launches in a pool, or everything that needs an address of a subnet. */
export interface Refused {
  readonly subnetId: string;
  /** Absent if it is refused for both. */
  readonly lifeCycle?: LifeCycle;
  readonly refusal: PoolRefusal;
}

/** What EC2 shows of a thing before its latest change: null if it did not show the thing. */
interface Shown<T> {
  /** Only within the minute of the change, and only in a world with stale reads. */
  readonly before?: T | null | undefined;
}

export interface Instance extends Shown<Instance> {
  readonly id: string;
  readonly state: InstanceState;
  readonly clientToken: string;
  readonly nodeId: string;
  readonly generation: number;
  readonly instanceType: string;
  readonly imageId: string;
  readonly subnetId: string;
  readonly lifeCycle: LifeCycle;
  /** The request that made it: another one under the same client token is refused. */
  readonly asked: { readonly securityGroupIds: readonly string[]; readonly interfaceId: string | undefined };
  readonly launchedAt: string;
  readonly isLeft: boolean;
  readonly isProtected: boolean;
  /** When EC2 interrupts it, if it has announced that. */
  readonly endsAt?: string;
  /** The world has given a reason to replace it: EC2 or a person has interrupted, stopped or ended it. */
  readonly isCondemned: boolean;
  /** EC2 does not move it on before this. */
  readonly heldUntil?: string | undefined;
}

export interface Interface extends Shown<Interface> {
  readonly id: string;
  readonly clientToken: string;
  readonly nodeId: string;
  readonly nodeName: string;
  readonly generation: number;
  readonly subnetId: string;
  readonly privateIp: string;
  readonly ipv6Address?: string;
  readonly securityGroupIds: readonly string[];
  readonly attachment?: Attachment | undefined;
  readonly isLeft: boolean;
  readonly heldUntil?: string | undefined;
}

export interface Attachment {
  readonly id: string;
  readonly instanceId: string;
  readonly deviceIndex: number;
  readonly status: 'attaching' | 'attached' | 'detaching';
  readonly deleteOnTermination: boolean;
}

export interface ElasticIp {
  readonly allocationId: string;
  readonly publicIp: string;
  readonly association?: { readonly id: string; readonly interfaceId: string } | undefined;
}

export interface Table {
  nodes: Record<string, StatefulNode>;
  claims: Record<string, { readonly holder: string; readonly claimedAt: string }>;
  index: Record<string, IndexEntry>;
}

export interface IndexEntry {
  readonly nodeId?: string | undefined;
  readonly waiter?: Waiter | undefined;
  readonly state?: { readonly state: InstanceState; readonly at: string } | undefined;
}

/** A value that Step Functions passes between states. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Execution {
  readonly id: string;
  readonly kind: OperationKind;
  readonly input: Json;
  readonly data: Json;
  /** The name of the state that it is in. */
  readonly state: string;
  /**
   * - `task`: `pid` works for it.
   * - `token`: it waits for its token, at most until `dueAt`.
   * - `retry`: the task has failed and is tried again.
   * - `wait`: it waits until `dueAt`.
   */
  readonly phase: 'task' | 'token' | 'retry' | 'wait';
  readonly pid?: string | undefined;
  readonly token?: string | undefined;
  readonly dueAt?: string | undefined;
  /** Since when each retrier of the state has retried, by its index. */
  readonly retryingSince: Readonly<Record<string, string>>;
  /** Nothing has changed since the task failed, so another try would fail in the same way. */
  readonly isIdle?: boolean | undefined;
}

/** A function that is running: what it was called with, and the answers to the calls that it has made so far. */
export interface Process {
  readonly pid: string;
  readonly work: Work;
  readonly startedAt: string;
  readonly answers: readonly Answer[];
  /** The call that it makes next. Absent until it has been run up to that call. */
  readonly call?: Call;
  /** It polls, and nothing has changed since it looked. */
  readonly isIdle?: boolean | undefined;
  /** It has written a record. */
  readonly hasSaved?: boolean | undefined;
}

export type Work =
  | { readonly kind: 'step'; readonly event: Json; readonly executionId: string }
  | { readonly kind: 'wake'; readonly instanceId: string; readonly state: InstanceState; readonly at: string }
  | { readonly kind: 'reconcile' }
  | { readonly kind: 'api'; readonly wish: Wish; readonly number: number };

export type PendingEvent = (
  | { readonly kind: 'state'; readonly instanceId: string; readonly state: InstanceState; readonly at: string }
  | { readonly kind: 'warning'; readonly instanceId: string; readonly at: string }
  /** An execution has ended badly, or a person took something away: the reconciler looks at once. */
  | { readonly kind: 'look' }
) & { readonly id: string; readonly heldUntil?: string | undefined };

export function fork(state: State): State {
  const { ec2, table } = state;
  return {
    ...state,
    ec2: {
      ...ec2,
      instances: { ...ec2.instances },
      interfaces: { ...ec2.interfaces },
      elasticIps: { ...ec2.elasticIps },
    },
    table: { nodes: { ...table.nodes }, claims: { ...table.claims }, index: { ...table.index } },
    executions: [...state.executions],
    usedNames: [...state.usedNames],
    processes: [...state.processes],
    events: [...state.events],
    left: { ...state.left },
  };
}

/** A minute on which the periods of the reconciler's names begin. */
const START_MS = Date.parse('2026-11-03T10:00:00.000Z');
const MINUTE_MS = 60_000;

export function timeOf(minute: number, offsetMs = 0): string {
  return new Date(START_MS + minute * MINUTE_MS + offsetMs).toISOString();
}

export function nowIn({ minute }: State): string {
  return timeOf(minute);
}

export function minutesBetween(then: string, now: string): number {
  return (Date.parse(now) - Date.parse(then)) / MINUTE_MS;
}

/** A new id. Ids of one kind grow, so their order is the order in which they were made. */
export function newId(state: State, kind: string): string {
  const id = `${kind}-${state.next}`;
  state.next += 1;
  return id;
}

/** Something has changed: what waits for a change looks again. */
export function touch(state: State): void {
  state.executions = state.executions.map((each) => (each.isIdle === true ? { ...each, isIdle: undefined } : each));
  state.processes = state.processes.map((each) => (each.isIdle === true ? { ...each, isIdle: undefined } : each));
}

export function withCause(state: State, cause: string): void {
  if (!state.causes.includes(cause)) state.causes = [...state.causes, cause].sort();
}
