/** How an operation ends: confirmed by what EC2 shows, or failed with a reason that tells a person what to do. */
import { awaitsElasticIp, lacksElasticIp, withElasticIp } from './elastic-ip';
import { failureReason, type OperationError } from './failure-reason';
import { givenUpOf, withGivenUp } from './given-up';
import { liveIntents, released } from './intents';
import { hasEnded, isPastVisible, isStopped, launched } from './launch';
import { carrierOf, carries, identityOn, unprotectedOn, type SeenInterfaces } from './network-interface';
import { attachmentOf, deviceIndexOf, tagKeysOf, type EniAttachment } from '../config/node-config';
import type { SeenElasticIp, SeenInstance, SeenInterface } from '../node/observations';
import { failureAfter, needsAPerson } from './retry-policy';
import type {
  Failure,
  GivenUp,
  InterfaceIdentity,
  LaunchProgress,
  NetworkIdentity,
  NodeInstance,
  Operation,
  OwnedNode,
  Remains,
  StatefulNode,
} from '../node/stateful-node';

/** Everything that the end of an operation is decided from. */
export interface SeenNode extends SeenInterfaces {
  readonly replacement: SeenInstance | undefined;
  readonly old: SeenInstance | undefined;
  readonly elasticIp: SeenElasticIp | undefined;
}

export type ConfirmDecision =
  | { readonly kind: 'confirmed'; readonly replacement: SeenInstance; readonly identity: InterfaceIdentity }
  | { readonly kind: 'lost'; readonly because: string }
  | { readonly kind: 'stopped'; readonly because: string }
  /** Everything is in place except the Elastic IP, which was removed after the operation had associated it. */
  | { readonly kind: 'associate'; readonly allocationId: string; readonly interfaceId: string }
  | { readonly kind: 'address-missing'; readonly allocationId: string }
  /** Everything is in place, but the interface would be deleted with the replacement: that was changed from outside. */
  | { readonly kind: 'protect'; readonly interfaceId: string; readonly attachmentId: string }
  /** The interface was detached from the replacement: it must be attached again. */
  | { readonly kind: 'attach'; readonly interfaceId: string; readonly instanceId: string; readonly deviceIndex: number }
  /** The interface was detached from the replacement and is now attached to another instance. */
  | { readonly kind: 'detach'; readonly attachmentId: string; readonly because: string }
  | { readonly kind: 'not-yet'; readonly because: string };

/** Checks that the replacement runs and carries exactly the node's addresses. */
export function decideConfirm({ identity }: StatefulNode, { config }: Operation, seen: SeenNode): ConfirmDecision {
  const { replacement } = seen;
  if (replacement?.state !== 'running') return notRunning(replacement);
  if (identity.interfaceId === undefined) return notYet('the node has no interface');
  const carrier = { instanceId: replacement.id, attachment: attachmentOf(config) };
  if (!carries(seen.interface, carrier)) {
    const unprotected = unprotectedOn(seen.interface, carrier);
    return unprotected === undefined ? reattach(seen.interface, carrier) : { kind: 'protect', ...unprotected };
  }
  const allocationId = config.compute.elasticIp;
  const { interfaceId } = identity;
  if (allocationId !== undefined && seen.elasticIp?.interfaceId !== interfaceId) {
    return seen.elasticIp === undefined
      ? { kind: 'address-missing', allocationId }
      : { kind: 'associate', allocationId, interfaceId };
  }
  return { kind: 'confirmed', replacement, identity };
}

function notRunning(replacement: SeenInstance | undefined): ConfirmDecision {
  if (replacement === undefined) return notYet('the replacement is not visible');
  if (hasEnded(replacement)) return { kind: 'lost', because: endOf(replacement) };
  if (isStopped(replacement)) return { kind: 'stopped', because: endOf(replacement) };
  return notYet(`the replacement is ${replacement.state}`);
}

/** A secondary interface that was detached can be attached again. A primary one cannot be detached. */
function reattach(
  eni: SeenInterface | undefined,
  { instanceId, attachment }: { readonly instanceId: string; readonly attachment: EniAttachment },
): ConfirmDecision {
  const because = `${instanceId} does not carry the interface`;
  if (eni === undefined || attachment === 'cold') return notYet(because);
  if (eni.attachment === undefined) {
    const deviceIndex = deviceIndexOf(attachment);
    return eni.status === 'available'
      ? { kind: 'attach', interfaceId: eni.id, instanceId, deviceIndex }
      : notYet(because);
  }
  const { id: attachmentId, instanceId: holderId, status, deviceIndex } = eni.attachment;
  const isElsewhere = holderId !== instanceId && status === 'attached' && deviceIndex > 0;
  return isElsewhere ? { kind: 'detach', attachmentId, because: `${eni.id} is on ${holderId}` } : notYet(because);
}

/** Says that an instance has ended or is stopped, and why, if EC2 gives a reason. */
export function endOf({ id, state, stateReason }: Omit<Partial<SeenInstance>, 'id'> & { readonly id: string }): string {
  return `${id} is ${state}${stateReason === undefined ? '' : ` (${stateReason})`}`;
}

/**
 * The record of a node at rest on its replacement. `leftInterfaceIds` are retired interfaces that are still in use;
 * `now` is ISO 8601, UTC.
 */
export function confirmed(
  { node, operation }: OwnedNode,
  { replacement, identity }: Pick<Extract<ConfirmDecision, { kind: 'confirmed' }>, 'replacement' | 'identity'>,
  seen: SeenNode,
  leftInterfaceIds: readonly string[],
  now: string,
): StatefulNode {
  return {
    ...withGivenUp(withoutFailure(released(node)), leftOver(seen, leftInterfaceIds, now)),
    status: 'ACTIVE',
    identity: {
      ...identity,
      allocationId: seen.elasticIp?.allocationId ?? identity.allocationId,
      publicIp: seen.elasticIp?.publicIp,
      settled: true,
    },
    // A retry works from the configuration of the first try, and may undo what an adjustment applied in between.
    appliedRevision: Math.min(node.appliedRevision, operation.configRevision),
    appliedTagKeys: tagKeysOf(operation.config),
    instance: { ...nodeInstance(replacement, attachmentOf(operation.config)), activeAt: now },
    intents: liveIntents(node, replacement.id),
    updatedAt: now,
  };
}

/**
 * What a replacement leaves over: an old instance that has not ended, and retired interfaces that cannot be deleted
 * yet.
 */
function leftOver({ old }: SeenNode, leftInterfaceIds: readonly string[], since: string): readonly GivenUp[] {
  const leftInstanceIds = old === undefined || hasEnded(old) ? [] : [old.id];
  return [
    ...leftInstanceIds.map((id) => instanceGivenUp(id, since)),
    ...leftInterfaceIds.map((id) => interfaceGivenUp(id, since)),
  ];
}

export type PausedDecision =
  | { readonly kind: 'paused' }
  /** EC2 does not show the Elastic IP on the interface: it was moved, or its association is not visible yet. */
  | { readonly kind: 'associate'; readonly allocationId: string; readonly interfaceId: string }
  | { readonly kind: 'not-yet'; readonly because: string };

/** Checks that the old instance is terminated, the interface is released, and the Elastic IP is where it must be. */
export function decidePaused({ identity }: StatefulNode, { config }: Operation, seen: SeenNode): PausedDecision {
  if (seen.old !== undefined && seen.old.state !== 'terminated') {
    return notYet(`${seen.old.id} is ${seen.old.state}`);
  }
  const attachment = seen.interface?.attachment;
  if (attachment !== undefined) return notYet(`the interface is ${attachment.status} on ${attachment.instanceId}`);
  // If either is gone, waiting does not help: the reconciler or the resume reports it.
  if (seen.interface === undefined || seen.elasticIp === undefined) return { kind: 'paused' };
  return lacksElasticIp({ config, identity }, seen.elasticIp)
    ? { kind: 'associate', allocationId: seen.elasticIp.allocationId, interfaceId: seen.interface.id }
    : { kind: 'paused' };
}

/** The record of a node that keeps its identity and has no instance. `now` is ISO 8601, UTC. */
export function paused(node: StatefulNode, now: string): StatefulNode {
  const { instance: _ended, ...rest } = withoutFailure(released(node));
  const intents = liveIntents(node, undefined).filter(({ kind }) => kind !== 'pause');
  return { ...rest, status: 'PAUSED', intents, updatedAt: now };
}

/** The record of a node whose settings have been applied. `now` is ISO 8601, UTC. */
export function adjusted(owned: OwnedNode, seen: SeenNode, now: string): StatefulNode {
  const { node, operation } = owned;
  const carrier = carrierOf(owned);
  const isWhole = carrier !== undefined && seen.old?.state === 'running' && carries(seen.interface, carrier);
  const isAwaited = awaitsElasticIp({ config: operation.config, instance: node.instance });
  const status = statusAfter(node, isWhole);
  return {
    ...(status === undefined ? released(node) : withoutFailure(released(node))),
    status: status ?? node.status,
    identity: withElasticIp(node.identity, isAwaited ? seen.elasticIp : undefined),
    appliedRevision: operation.configRevision,
    appliedTagKeys: tagKeysOf(operation.config),
    updatedAt: now,
  };
}

/**
 * The status of a node that an adjustment has repaired; undefined if the status does not change. An adjustment launches
 * nothing, so a node that has lost its instance keeps its status. So does a node on which another kind of operation has
 * failed: that operation must still be done.
 */
function statusAfter({ instance, failure }: StatefulNode, isWhole: boolean): 'ACTIVE' | 'PAUSED' | undefined {
  if (failure !== undefined && failure.operation !== 'adjust') return undefined;
  if (isWhole) return 'ACTIVE';
  return instance === undefined && failure !== undefined ? 'PAUSED' : undefined;
}

function withoutFailure(node: StatefulNode): StatefulNode {
  const { failure: _failure, errorReason: _reason, ...rest } = node;
  return rest;
}

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
  const hasLost = seen !== undefined && (seen.old === undefined || hasEnded(seen.old));
  const { instance, identity, failure } = node;
  return {
    status: 'ERROR',
    survivor: hasLost ? undefined : instance,
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
    survivor: nodeInstance(replacement, attachmentOf(operation.config)),
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

function instanceGivenUp(id: string, since: string): GivenUp {
  return { kind: 'instance', since, id };
}

function interfaceGivenUp(id: string, since: string): GivenUp {
  return { kind: 'interface', since, id };
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
    ...survivorOf(old, owned),
    identity,
    hasInterface: isRetired || seen.interface !== undefined,
    remains: openRemains({ ...remainsOf(rest), retiredInterfaceIds: [], ...(isOpen && { launch }) }),
    givenUp: [
      ...unused({ ...rest, ...(!isOpen && !hasEnded(seen.replacement) && { launch }) }, carried, now),
      ...(isRetired ? unusedInterface(node.identity, now) : []),
    ],
  };
}

function survivorOf(
  old: SeenInstance | undefined,
  { node, operation }: OwnedNode,
): Pick<FailureDecision, 'survivor' | 'isStopped'> {
  if (old === undefined) return { survivor: undefined };
  const attachment = node.instance?.attachment ?? attachmentOf(operation.config);
  return { survivor: nodeInstance(old, attachment, node.instance), ...(isStopped(old) && { isStopped: true }) };
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
 * again, the settings must still be applied after it.
 */
function revisionAfter({ node, operation }: OwnedNode, failure: Failure): number {
  const isAppliedLater = failure.nextTryAt !== undefined && failure.operation !== 'adjust';
  return isAppliedLater ? node.appliedRevision : Math.max(node.appliedRevision, operation.configRevision);
}

function isOn(seen: SeenInterface | undefined, instance: SeenInstance): boolean {
  return seen?.attachment?.instanceId === instance.id;
}

function describeRetained(decision: FailureDecision): string {
  const { identity, survivor, hasInterface, isStopped } = decision;
  const { interfaceId, privateIp } = identity;
  const state = hasInterface ? 'retained' : 'gone';
  const kept = interfaceId === undefined ? 'No interface was made yet.' : `${interfaceId} (${privateIp}) is ${state}.`;
  if (survivor === undefined) return `${kept} No instance carries it.`;
  return `${kept} ${survivor.id} ${isStopped === true ? 'is stopped' : 'keeps running'}.`;
}

function nodeInstance(seen: SeenInstance, attachment: EniAttachment, before?: NodeInstance): NodeInstance {
  const { id, imageId, instanceType, lifeCycle, subnetId, launchedAt } = seen;
  const activeAt = before?.id === id ? before.activeAt : undefined;
  const instance = { id, imageId, instanceType, lifeCycle, subnetId, launchedAt, attachment };
  return activeAt === undefined ? instance : { ...instance, activeAt };
}

function notYet(because: string): Extract<PausedDecision, { kind: 'not-yet' }> {
  return { kind: 'not-yet', because };
}
