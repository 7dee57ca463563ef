/**
 * The record of an operation: what it did, in times, numbers and names, so that a page, a metric or a person can ask months
 * later how long the address was away.
 *
 * It is written once, just before the write that ends the operation, under a key that the operation keeps when another
 * execution takes it over. So a crash in between loses nothing: the step that ends the operation writes it again. The steps are not
 * in it: each has written a line to the node's log in any case, and `describeOperation` puts both together.
 */
import { addressAway, type AddressAway, type Sightings } from './address-away';
import type { LifeCycle } from '../config/node-config';
import type { InstanceSighting, LogEntry, LoggedStep } from '../node/node-log';
import type { SeenInstance } from '../node/observations';
import type {
  Cause,
  NetworkIdentity,
  NodeInstance,
  Operation,
  OperationKind,
  OwnedNode,
  StartedBy,
} from '../node/stateful-node';

/** `cancelled`: an import that a person has cancelled. */
export const OPERATION_OUTCOMES = ['succeeded', 'failed', 'cancelled'] as const;
export type OperationOutcome = (typeof OPERATION_OUTCOMES)[number];

/** An instance that carries a node. */
export interface RecordedInstance {
  readonly id: string;
  readonly instanceType: string;
  readonly lifeCycle: LifeCycle;
  /** Absent if it is not known: the record of the node does not have it, and EC2 did not show the instance. */
  readonly availabilityZone?: string | undefined;
}

export interface OperationRecord extends AddressAway {
  readonly kind: OperationKind;
  readonly startedBy?: StartedBy | Cause | undefined;
  /** The execution that ended it, and its generation. */
  readonly executionId: string;
  readonly generation: number;
  /** How many executions have ended before the operation did. */
  readonly takeovers: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** ISO 8601, UTC. Absent while the operation is under way, and so is the outcome. */
  readonly endedAt?: string | undefined;
  readonly outcome?: OperationOutcome | undefined;
  /** The name of the error. Absent unless it failed. */
  readonly errorName?: string | undefined;
  /** The instance that carried the node before, and the one that does afterwards. Absent: none. */
  readonly before?: RecordedInstance | undefined;
  readonly after?: RecordedInstance | undefined;
  /** The waits of which the log does not tell. */
  readonly waits: readonly RecordedWait[];
  /** What it has seen of instances, besides what the log tells. */
  readonly seen: readonly InstanceSighting[];
}

/** A state of the state machine in which it waited to be woken. */
export interface RecordedWait {
  readonly step: string;
  readonly stateName: string;
  /** ISO 8601, UTC. */
  readonly enteredAt: string;
}

/** What the executions of the state machine pass on to the steps that end an operation. */
export interface Observed extends Sightings {
  readonly waits: readonly RecordedWait[];
}

export const NOTHING_OBSERVED: Observed = { waits: [] };

export interface Ending {
  readonly outcome: OperationOutcome;
  readonly errorName?: string | undefined;
  /** The instance that carries the node from now on. */
  readonly instance: NodeInstance | undefined;
  /** Whether EC2 shows that instance with the interface. */
  readonly isBack: boolean;
  /** The instances as EC2 shows them. */
  readonly seen: readonly (SeenInstance | undefined)[];
}

/** @param now ISO 8601, UTC */
export function recordEnding(
  { node, operation }: OwnedNode,
  { outcome, errorName, instance, isBack, seen }: Ending,
  observed: Observed,
  now: string,
): OperationRecord {
  const { identity } = node;
  return {
    ...recordSoFar({ node, operation }, observed, now),
    ...addressAway(operation, observed, now, isBack),
    endedAt: now,
    outcome,
    errorName,
    before: node.instance && recorded(node.instance, identity, seen),
    after: instance && recorded(instance, identity, seen),
  };
}

/** The record of an operation that is under way. @param now ISO 8601, UTC */
export function recordSoFar(
  { node, operation }: OwnedNode,
  { waits, old, replacement }: Observed,
  now: string,
): OperationRecord {
  const { kind, cause, startedBy, executionId, generation, takeovers, startedAt, launch } = operation;
  const launched: readonly InstanceSighting[] =
    launch?.state === 'launched'
      ? [{ instanceId: launch.instanceId, role: 'replacement', state: 'pending', at: launch.launchedAt }]
      : [];
  return {
    kind,
    startedBy: cause ?? startedBy,
    executionId,
    generation,
    takeovers: takeovers?.count ?? 0,
    startedAt,
    before: node.instance && recorded(node.instance, node.identity, []),
    ...addressAway(operation, { old }, now, false),
    waits,
    seen: [...(old === undefined ? [] : [old]), ...launched, ...(replacement === undefined ? [] : [replacement])],
  };
}

/** The interface is in the zone of the instance that carries it, unless the operation has moved it to another subnet. */
function recorded(
  { id, instanceType, lifeCycle, subnetId }: NodeInstance,
  identity: NetworkIdentity,
  seen: Ending['seen'],
): RecordedInstance {
  const shown = seen.find((each) => each?.id === id)?.availabilityZone;
  const ofInterface = identity.subnetId === subnetId ? identity.availabilityZone : undefined;
  return { id, instanceType, lifeCycle, availabilityZone: shown ?? ofInterface };
}

/** Whether the operation replaced an instance: a launch that tries a failed replacement again does so, too. */
export function isReplacement({ kind, startedBy }: Pick<Operation, 'kind' | 'startedBy'>): boolean {
  return kind === 'replace' || startedBy === 'retry';
}

/** A step of an operation, for a page. */
export interface StepTaken {
  readonly step: string;
  /** The state of the state machine. Null if its execution began before an upgrade. */
  readonly stateName: string | null;
  readonly enteredAt: string;
  /** Null while it is under way. */
  readonly leftAt: string | null;
  /** Null while it is under way. */
  readonly outcome: 'done' | 'retried' | 'failed' | null;
  readonly errorName: string | null;
}

export interface DescribedOperation {
  readonly record: OperationRecord;
  /** In the order in which they were entered. */
  readonly steps: readonly StepTaken[];
  /** Each state of each instance once, in the order of their times. */
  readonly instanceStates: readonly InstanceSighting[];
}

/** @param lines of the node's log, in any order; those of other operations are left out */
export function describeOperation(record: OperationRecord, lines: readonly LogEntry[]): DescribedOperation {
  const first = record.generation - record.takeovers;
  const own = lines.flatMap(({ createdAt, step }) =>
    step !== undefined && step.generation >= first && step.generation <= record.generation ? [{ createdAt, step }] : [],
  );
  const seen = [...own.flatMap(({ step }) => step.seen ?? []), ...record.seen];
  return { record, steps: stepsOf(record, own), instanceStates: inOrder(seen) };
}

interface OwnLine {
  readonly createdAt: string;
  readonly step: LoggedStep;
}

type Visit = Omit<StepTaken, 'outcome'> & { readonly outcome: LoggedStep['outcome'] };

function stepsOf({ waits, endedAt }: OperationRecord, lines: readonly OwnLine[]): readonly StepTaken[] {
  const visits = new Map<string, Visit>();
  for (const { step, stateName, enteredAt } of waits) {
    const visit = { step, stateName, enteredAt, leftAt: null, outcome: 'waits', errorName: null } as const;
    visits.set(`${enteredAt} ${stateName}`, visit);
  }
  // Of several lines about one visit of a state, the last tells how it came out.
  for (const line of [...lines].sort((one, other) => compare(one.createdAt, other.createdAt))) {
    const visit = visitOf(line);
    visits.set(`${visit.enteredAt} ${visit.stateName ?? visit.step}`, visit);
  }
  const ordered = [...visits.values()].sort(inOrderOfEntry);
  return ordered.map((visit, index) => settled(visit, ordered[index + 1]?.enteredAt ?? endedAt));
}

/** A step that has ended in the same millisecond came before one that waits. */
function inOrderOfEntry(one: Visit, other: Visit): number {
  return compare(one.enteredAt, other.enteredAt) || compare(one.leftAt ?? LAST, other.leftAt ?? LAST);
}

/** Sorts after every time. */
const LAST = '~';

function visitOf({ createdAt, step: { name, stateName, enteredAt, outcome, errorName } }: OwnLine): Visit {
  return {
    step: name,
    stateName: stateName ?? null,
    enteredAt: enteredAt ?? createdAt,
    leftAt: outcome === 'done' || outcome === 'failed' ? createdAt : null,
    outcome,
    errorName: errorName ?? null,
  };
}

/** A wait, and a state that was still trying, ended when the next state began. @param next when it did */
function settled({ outcome, ...visit }: Visit, next: string | undefined): StepTaken {
  if (outcome === 'done' || outcome === 'failed') return { ...visit, outcome };
  const leftAt = next ?? null;
  if (outcome === 'retried') return { ...visit, leftAt, outcome };
  return { ...visit, leftAt, outcome: leftAt === null ? null : 'done' };
}

function inOrder(seen: readonly InstanceSighting[]): readonly InstanceSighting[] {
  const first = new Map<string, InstanceSighting>();
  for (const each of [...seen].sort((one, other) => compare(one.at, other.at))) {
    const key = `${each.instanceId} ${each.state}`;
    if (!first.has(key)) first.set(key, each);
  }
  return [...first.values()];
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

export interface HistoryQuery {
  /** Of the start of an operation; ISO 8601, UTC, inclusive. */
  readonly since?: string | undefined;
  /** The same. */
  readonly until?: string | undefined;
  /** Absent: all kinds. */
  readonly kind?: OperationKind | undefined;
  /** The maximum number of records in a page. */
  readonly limit: number;
  /** From the previous page. */
  readonly nextToken?: string | undefined;
}

export interface HistoryPage {
  /** Newest first. */
  readonly records: readonly OperationRecord[];
  readonly nextToken?: string | undefined;
}
