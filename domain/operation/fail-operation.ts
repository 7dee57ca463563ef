/** How an operation fails: what stays, what the next try continues from, and the reason that tells a person what to do. */
import { failureReason, type OperationError } from './failure-reason';
import { givenUpOf, instanceGivenUp, interfaceGivenUp, withGivenUp } from './given-up';
import { liveIntents, released } from './intents';
import { hasEnded, isPastVisible, isStopped, launched } from './launch';
import { identityOn } from './network-interface';
import { failureAfter, needsAPerson } from './retry-policy';
import { launchedInstance, nodeInstance, type SeenNode } from './seen-node';
import { attachmentOf, type EniAttachment } from '../config/node-config';
import type { SeenInstance, SeenInterface } from '../node/observations';
import type {
  Failure,
  GivenUp,
  LaunchProgress,
  NetworkIdentity,
  NodeInstance,
  Operation,
  OwnedNode,
  Remains,
  StatefulNode,
} from '../node/stateful-node';

/** What a failed operation leaves behind. */
export interface FailureDecision {
  /** `PAUSED` if only a private IP is missing, which something else holds for now. */
  readonly status: 'ERROR' | 'PAUSED';
  /** The instance that stays: the one that carries the identity, or needs only an attachment to carry it. */
  readonly survivor: NodeInstance | undefined;
  /** Whether EC2 shows that the survivor does not run. */
  readonly isStopped?: boolean;
  readonly identity: NetworkIdentity;
  /** Whether the interface still exists; true if EC2 could not be asked. */
  readonly hasInterface: boolean;
  /** Whether EC2 could not be asked: the next try must find out what exists, even if it fails in the same way. */
  readonly isUnseen?: boolean;
  /** What the next try continues from. */
  readonly remains: Remains | undefined;
  readonly givenUp: readonly GivenUp[];
}

/**
 * The instance that has the interface as its primary one, if the operation knows of no other that lives: a failure that was
 * recorded without a look at EC2, or a record restored to an earlier time, can leave a replacement that the record does not
 * name. The interface is not released before that instance ends.
 */
export function unnamedHolder({ interface: eni, old, replacement }: SeenNode): string | undefined {
  const attachment = eni?.attachment;
  if (attachment?.deviceIndex !== 0 || (old !== undefined && !hasEnded(old))) return undefined;
  return [old?.id, replacement?.id].includes(attachment.instanceId) ? undefined : attachment.instanceId;
}

/**
 * The identity always stays on the instance that carries it. A replacement that has not ended is kept, unless the old
 * instance still carries the identity. `seen` is undefined if EC2 could not be asked: then nothing is given up, and the
 * next try finds out what exists. `now` is ISO 8601, UTC.
 */
export function decideFailure(
  owned: OwnedNode,
  seen: SeenNode | undefined,
  error: OperationError,
  now: string,
): FailureDecision {
  const { node, operation } = owned;
  const unchanged = { status: 'ERROR', survivor: node.instance, identity: node.identity, hasInterface: true } as const;
  if (operation.kind === 'adjust') return afterAdjustment(owned, seen);
  if (seen === undefined) return { ...unchanged, isUnseen: true, remains: remainsOf(operation), givenUp: [] };
  const old = hasEnded(seen.old) ? undefined : seen.old;
  const replacement = hasEnded(seen.replacement) ? undefined : seen.replacement;
  const carried = old && [seen.interface, ...seen.retired].find((eni) => eni !== undefined && isOn(eni, old));
  const isReplaced = replacement !== undefined && (carried === undefined || isOn(seen.interface, replacement));
  return isReplaced
    ? onReplacement(owned, seen, replacement, error, now)
    : withoutReplacement(owned, seen, carried, error, now);
}

/**
 * An adjustment ends no instance, so it leaves none to end. What an earlier failure left behind is still there.
 */
function afterAdjustment({ node, operation }: OwnedNode, seen: SeenNode | undefined): FailureDecision {
  const old = hasEnded(seen?.old) ? undefined : seen?.old;
  const { identity, failure } = node;
  const instance = node.instance ?? survivorOf(old, seen?.interface, { node, operation }).survivor;
  return {
    status: 'ERROR',
    survivor: seen !== undefined && old === undefined ? undefined : instance,
    identity,
    hasInterface: seen === undefined || seen.interface !== undefined,
    ...(seen === undefined && { isUnseen: true }),
    remains: failure?.remains ?? openRemains({ ...remainsOf(operation), oldInstanceId: undefined }),
    givenUp: [],
  };
}

/**
 * The next try continues with a replacement that runs, and replaces one that is stopped. The old instance and the retired
 * interfaces must go: the next try removes them, or they are given up now.
 */
function onReplacement(
  { node, operation }: OwnedNode,
  seen: SeenNode,
  replacement: SeenInstance,
  error: OperationError,
  now: string,
): FailureDecision {
  const hasStopped = isStopped(replacement);
  const isRetried = !needsAPerson(error);
  const isContinued = !hasStopped && isRetried;
  const remains = remainsOf(operation);
  const { retiredInterfaceIds } = operation;
  const oldInstanceId = hasEnded(seen.old) ? undefined : operation.oldInstanceId;
  return {
    status: 'ERROR',
    survivor: launchedInstance(replacement, { node, operation }),
    ...(hasStopped && { isStopped: true }),
    identity: node.identity,
    hasInterface: seen.interface !== undefined,
    remains: {
      ...remains,
      launch: hasStopped ? undefined : withInstance(operation.launch, replacement),
      oldInstanceId: isContinued ? oldInstanceId : undefined,
      retiredInterfaceIds: isRetried ? retiredInterfaceIds : [],
    },
    givenUp: [
      ...(isContinued || oldInstanceId === undefined ? [] : [instanceGivenUp(oldInstanceId, now)]),
      ...(isRetried ? [] : retiredInterfaceIds.map((id) => interfaceGivenUp(id, now))),
    ],
  };
}

/** If the response of a launch was lost, the instance that it made completes the progress. */
function withInstance(launch: LaunchProgress | undefined, replacement: SeenInstance): LaunchProgress | undefined {
  const isRequested = launch?.state === 'requested' || launch?.state === 'launched';
  return isRequested ? launched(launch, replacement) : launch;
}

function withoutReplacement(
  owned: OwnedNode,
  seen: SeenNode,
  carried: SeenInterface | undefined,
  error: OperationError,
  now: string,
): FailureDecision {
  const { node, operation } = owned;
  const old = hasEnded(seen.old) ? undefined : seen.old;
  // If the old instance still has the interface that the operation retired, that interface stays the identity.
  const isRetired = carried !== undefined && carried.id !== seen.interface?.id;
  const identity = isRetired ? identityOn(carried, node.identity) : node.identity;
  const isOpen = !isRetired && !needsAPerson(error) && mayStillAppear(operation, seen, now);
  const { oldInstanceId: _old, launch, ...rest } = operation;
  return {
    status: isAddressTaken(error) && old === undefined ? 'PAUSED' : 'ERROR',
    ...survivorOf(old, carried, owned),
    identity,
    hasInterface: isRetired || seen.interface !== undefined,
    remains: openRemains({ ...remainsOf(rest), retiredInterfaceIds: [], ...(isOpen && { launch }) }),
    givenUp: [
      ...unused({ ...rest, ...(!isOpen && !hasEnded(seen.replacement) && { launch }) }, carried, now),
      ...(isRetired ? unusedInterface(node.identity, now) : []),
    ],
  };
}

/**
 * The old instance as the record states it. A record that names none does not say how it carries the interface, and the
 * configuration may have changed since its launch: EC2 shows it.
 */
function survivorOf(
  old: SeenInstance | undefined,
  carried: SeenInterface | undefined,
  { node, operation }: OwnedNode,
): Pick<FailureDecision, 'survivor' | 'isStopped'> {
  if (old === undefined) return { survivor: undefined };
  const attachment = node.instance?.attachment ?? attachmentSeen(carried) ?? attachmentOf(operation.config);
  return { survivor: nodeInstance(old, attachment, node.instance), ...(isStopped(old) && { isStopped: true }) };
}

function attachmentSeen(eni: SeenInterface | undefined): EniAttachment | undefined {
  const deviceIndex = eni?.attachment?.deviceIndex;
  if (deviceIndex === undefined) return undefined;
  return deviceIndex === 0 ? 'cold' : 'hot';
}

/** What nothing will use. The carried interface is in use, and the next try repeats a pending interface request. */
function unused(
  operation: Parameters<typeof givenUpOf>[0],
  carried: SeenInterface | undefined,
  now: string,
): GivenUp[] {
  return givenUpOf(operation, now).filter((each) =>
    'id' in each ? each.id !== carried?.id : each.kind !== 'interface',
  );
}

/** Taken from the record, because EC2 may not show the interface yet. */
function unusedInterface({ interfaceId }: NetworkIdentity, since: string): GivenUp[] {
  return interfaceId === undefined ? [] : [interfaceGivenUp(interfaceId, since)];
}

/** Undefined if no request is open, so that the record stays small. */
function openRemains(remains: Remains): Remains | undefined {
  return remains.launch === undefined && remains.interfaceRequest === undefined ? undefined : remains;
}

/** Whether the launch may have made an instance that EC2 does not show yet. */
function mayStillAppear({ launch }: Operation, { replacement }: SeenNode, now: string): boolean {
  if (launch === undefined || replacement !== undefined) return false;
  return launch.state === 'requested' || (launch.state === 'launched' && !isPastVisible(launch.launchedAt, now));
}

function remainsOf(operation: Remains): Remains {
  return {
    config: operation.config,
    configRevision: operation.configRevision,
    eligibleSubnetIds: operation.eligibleSubnetIds,
    oldInstanceId: operation.oldInstanceId,
    launch: operation.launch,
    interfaceRequest: operation.interfaceRequest,
    interfacesMade: operation.interfacesMade,
    retiredInterfaceIds: operation.retiredInterfaceIds,
    detachments: operation.detachments,
    addressTakenAt: operation.addressTakenAt,
  };
}

function isAddressTaken({ name }: OperationError): boolean {
  return name === 'AddressTaken';
}

/** The record of a node whose operation failed with `error`. `now` is ISO 8601, UTC. */
export function failed(
  { node, operation }: OwnedNode,
  decision: FailureDecision,
  error: OperationError,
  now: string,
): StatefulNode {
  const { instance: _before, ...rest } = withGivenUp(released(node), decision.givenUp);
  const { identity, survivor, status } = decision;
  const failure = failureAfter({ node, operation }, decision, error, now);
  return {
    ...rest,
    status,
    appliedRevision: revisionAfter({ node, operation }, failure),
    errorReason: failureReason({
      operation: operation.kind,
      error,
      retained: describeRetained(decision),
      nextTryAt: failure.nextTryAt,
    }),
    failure,
    identity,
    ...(survivor !== undefined && { instance: survivor }),
    intents: liveIntents(node, survivor?.id),
    updatedAt: now,
  };
}

/**
 * The retry policy repeats a failed adjustment, so its settings no longer count as new. If another operation is tried
 * again, the settings must still be applied after it. A retry works from the configuration of the first try, and may have
 * undone what an adjustment applied in between.
 */
function revisionAfter({ node, operation }: OwnedNode, failure: Failure): number {
  if (operation.kind !== 'adjust' && operation.configRevision < node.appliedRevision) return operation.configRevision;
  const isAppliedLater = failure.nextTryAt !== undefined && failure.operation !== 'adjust';
  return isAppliedLater ? node.appliedRevision : Math.max(node.appliedRevision, operation.configRevision);
}

function isOn(seen: SeenInterface | undefined, instance: SeenInstance): boolean {
  return seen?.attachment?.instanceId === instance.id;
}

function describeRetained(decision: FailureDecision): string {
  const { identity, survivor, hasInterface, isStopped, isUnseen } = decision;
  const { interfaceId, privateIp } = identity;
  const state = hasInterface ? 'retained' : 'gone';
  const kept = interfaceId === undefined ? 'No interface was made yet.' : `${interfaceId} (${privateIp}) is ${state}.`;
  if (isUnseen === true) return `${kept} EC2 could not be asked what carries it.`;
  if (survivor === undefined) return `${kept} No instance carries it.`;
  return `${kept} ${survivor.id} ${isStopped === true ? 'is stopped' : 'keeps running'}.`;
}
