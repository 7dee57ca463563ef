/** How an operation ends: confirmed by what EC2 shows, or failed with a reason that a person can act on. */
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

/** Everything that an ending is decided from. */
export interface SeenNode extends SeenInterfaces {
  readonly replacement: SeenInstance | undefined;
  readonly old: SeenInstance | undefined;
  readonly elasticIp: SeenElasticIp | undefined;
}

export type ConfirmDecision =
  | { readonly kind: 'confirmed'; readonly replacement: SeenInstance; readonly identity: InterfaceIdentity }
  | { readonly kind: 'lost'; readonly because: string }
  | { readonly kind: 'stopped'; readonly because: string }
  /** Everything is in place but the Elastic IP, which was taken away since it was put there. */
  | { readonly kind: 'associate'; readonly allocationId: string; readonly interfaceId: string }
  | { readonly kind: 'address-missing'; readonly allocationId: string }
  /** Everything is in place, but the interface would not outlive the replacement: somebody has changed that since. */
  | { readonly kind: 'protect'; readonly interfaceId: string; readonly attachmentId: string }
  /** The interface was attached to the replacement, and was detached since: it has to be attached again. */
  | { readonly kind: 'attach'; readonly interfaceId: string; readonly instanceId: string; readonly deviceIndex: number }
  /** The same, and something else has it by now. */
  | { readonly kind: 'detach'; readonly attachmentId: string; readonly because: string }
  | { readonly kind: 'not-yet'; readonly because: string };

/** Does the replacement run and carry exactly the node's addresses? */
export function decideConfirm({ identity }: StatefulNode, { config }: Operation, seen: SeenNode): ConfirmDecision {
  const { replacement } = seen;
  if (replacement?.state !== 'running') return notRunning(replacement);
  if (identity.interfaceId === undefined) return notYet('the node has no interface');
  const carrier = { instanceId: replacement.id, attachment: attachmentOf(config) };
  if (!carries(seen.interface, carrier)) {
    const unprotected = unprotectedOn(seen.interface, carrier);
    return unprotected === undefined ? bringBack(seen.interface, carrier) : { kind: 'protect', ...unprotected };
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

/** A secondary interface that has left its carrier can be attached again. A primary one cannot leave it. */
function bringBack(
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

/** That an instance has ended or is stopped, and why as far as EC2 says so. */
export function endOf({ id, state, stateReason }: Omit<Partial<SeenInstance>, 'id'> & { readonly id: string }): string {
  return `${id} is ${state}${stateReason === undefined ? '' : ` (${stateReason})`}`;
}

/**
 * The record of a node at rest on its replacement. `leftInterfaceIds` are retired interfaces that something holds still;
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
    appliedTagKeys: tagKeysOf(operation.config),
    instance: { ...nodeInstance(replacement, attachmentOf(operation.config)), activeAt: now },
    intents: liveIntents(node, replacement.id),
    updatedAt: now,
  };
}

/** What a replacement has left: an old instance that has not ended, and retired interfaces that could not be deleted. */
function leftOver({ old }: SeenNode, leftInterfaceIds: readonly string[], since: string): readonly GivenUp[] {
  const leftInstanceIds = old === undefined || hasEnded(old) ? [] : [old.id];
  return [
    ...leftInstanceIds.map((id): GivenUp => ({ kind: 'instance', since, id })),
    ...leftInterfaceIds.map((id): GivenUp => ({ kind: 'interface', since, id })),
  ];
}

export type PausedDecision =
  | { readonly kind: 'paused' }
  /** The Elastic IP is not where the pause has put it, or not there to be seen yet. */
  | { readonly kind: 'associate'; readonly allocationId: string; readonly interfaceId: string }
  | { readonly kind: 'not-yet'; readonly because: string };

/** Has the old instance let go of everything, for good, and has the interface what it is to keep? */
export function decidePaused({ identity }: StatefulNode, { config }: Operation, seen: SeenNode): PausedDecision {
  if (seen.old !== undefined && seen.old.state !== 'terminated') {
    return notYet(`${seen.old.id} is ${seen.old.state}`);
  }
  const attachment = seen.interface?.attachment;
  if (attachment !== undefined) return notYet(`the interface is ${attachment.status} on ${attachment.instanceId}`);
  // Where either is gone, there is nothing to wait for: the reconciler, or the resume, says so.
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

/** The record of a node whose settings have been applied, and which is as whole as `seen`. `now` is ISO 8601, UTC. */
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
 * The state of a node that an adjustment has made good; undefined where it is no better than before. An adjustment
 * launches nothing: a node that had an instance to lose, and lost it, stays in the state it is in. And what has failed
 * of another kind is still to be done, however well the node is meanwhile.
 */
function statusAfter({ instance, failure }: StatefulNode, isWhole: boolean): 'ACTIVE' | 'PAUSED' | undefined {
  if (failure !== undefined && failure.operation !== 'adjust') return undefined;
  if (isWhole) return 'ACTIVE';
  return instance === undefined && failure !== undefined ? 'PAUSED' : undefined;
}

function withoutFailure(node: StatefulNode): StatefulNode {
  const { failure: _over, errorReason: _gone, ...rest } = node;
  return rest;
}

/** What a failed operation leaves behind. */
export interface FailureDecision {
  /** `PAUSED` where all that is missing is an address that something else holds for now. */
  readonly status: 'ERROR' | 'PAUSED';
  /** The instance that goes on: the one that carries the identity or is one attachment away from it. */
  readonly survivor: NodeInstance | undefined;
  /** Whether EC2 shows that the survivor does not run. */
  readonly isStopped?: boolean;
  readonly identity: NetworkIdentity;
  /** Whether the interface is still there; true where EC2 did not say. */
  readonly hasInterface: boolean;
  /** What the next try goes on with. */
  readonly remains: Remains | undefined;
  readonly givenUp: readonly GivenUp[];
}

/**
 * The identity stays, always, on the instance that carries it if one does. A replacement that lives is kept unless the
 * old instance carries the identity still. `seen` is undefined where EC2 did not say what there is: then nothing is given
 * up, and the next try finds out. `now` is ISO 8601, UTC.
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
  if (seen === undefined) return { ...unchanged, remains: remainsOf(operation), givenUp: [] };
  const old = hasEnded(seen.old) ? undefined : seen.old;
  const replacement = hasEnded(seen.replacement) ? undefined : seen.replacement;
  const carried = old && [seen.interface, ...seen.retired].find((eni) => eni !== undefined && isOn(eni, old));
  const isReplaced = replacement !== undefined && (carried === undefined || isOn(seen.interface, replacement));
  return isReplaced
    ? onReplacement(owned, seen, replacement, error, now)
    : withoutReplacement(owned, seen, carried, error, now);
}

/**
 * An adjustment leaves instances alone: it ends none, so it leaves none to be ended. Whatever a failure before it has
 * left is still there.
 */
function afterAdjustment({ node, operation }: OwnedNode, seen: SeenNode | undefined): FailureDecision {
  const hasLost = seen !== undefined && (seen.old === undefined || hasEnded(seen.old));
  const { instance, identity, failure } = node;
  return {
    status: 'ERROR',
    survivor: hasLost ? undefined : instance,
    identity,
    hasInterface: seen === undefined || seen.interface !== undefined,
    remains: failure?.remains ?? openRemains({ ...remainsOf(operation), oldInstanceId: undefined }),
    givenUp: [],
  };
}

/**
 * The next try goes on with a replacement that runs. One that was stopped is what the next try replaces. The old instance
 * was to end; it ends now where no next try comes for it.
 */
function onReplacement(
  { node, operation }: OwnedNode,
  seen: SeenNode,
  replacement: SeenInstance,
  error: OperationError,
  now: string,
): FailureDecision {
  const standsStill = isStopped(replacement);
  const goesOn = !standsStill && !needsAPerson(error);
  const remains = remainsOf(operation);
  const oldInstanceId = hasEnded(seen.old) ? undefined : operation.oldInstanceId;
  return {
    status: 'ERROR',
    survivor: nodeInstance(replacement, attachmentOf(operation.config)),
    ...(standsStill && { isStopped: true }),
    identity: node.identity,
    hasInterface: seen.interface !== undefined,
    remains: {
      ...remains,
      launch: standsStill ? undefined : answered(operation.launch, replacement),
      oldInstanceId: goesOn ? oldInstanceId : undefined,
    },
    givenUp: goesOn || oldInstanceId === undefined ? [] : [{ kind: 'instance', since: now, id: oldInstanceId }],
  };
}

/** A launch whose answer was lost is answered by what it has made. */
function answered(launch: LaunchProgress | undefined, replacement: SeenInstance): LaunchProgress | undefined {
  const isAsked = launch?.state === 'requested' || launch?.state === 'launched';
  return isAsked ? launched(launch, replacement) : launch;
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
  // Where the old instance still has the interface that was to be left for one in another subnet, that one stays.
  const isRetired = carried !== undefined && carried.id !== seen.interface?.id;
  const identity = isRetired ? identityOn(carried, node.identity) : node.identity;
  const isOpen = !isRetired && !needsAPerson(error) && isUnanswered(operation, seen, now);
  const { oldInstanceId: _old, launch, ...rest } = operation;
  return {
    status: isAddressTaken(error) && old === undefined ? 'PAUSED' : 'ERROR',
    ...survivorOf(old, owned),
    identity,
    hasInterface: isRetired || seen.interface !== undefined,
    remains: openRemains({ ...remainsOf(rest), retiredInterfaceIds: [], ...(isOpen && { launch }) }),
    givenUp: [
      ...unused({ ...rest, ...(!isOpen && !hasEnded(seen.replacement) && { launch }) }, carried, now),
      ...(isRetired ? madeInVain(node.identity, now) : []),
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

/** What nothing will use: not the carried interface, nor one that was asked for and not answered, which the next try asks for again. */
function unused(
  operation: Parameters<typeof givenUpOf>[0],
  carried: SeenInterface | undefined,
  now: string,
): GivenUp[] {
  return givenUpOf(operation, now).filter((each) =>
    'id' in each ? each.id !== carried?.id : each.kind !== 'interface',
  );
}

/** By the record, because EC2 may not show it yet. */
function madeInVain({ interfaceId }: NetworkIdentity, since: string): GivenUp[] {
  return interfaceId === undefined ? [] : [{ kind: 'interface', since, id: interfaceId }];
}

/** Nothing where nothing is open: a record has to stay small. */
function openRemains(remains: Remains): Remains | undefined {
  return remains.launch === undefined && remains.interfaceRequest === undefined ? undefined : remains;
}

/** Whether EC2 may have an instance of the launch that it does not show. */
function isUnanswered({ launch }: Operation, { replacement }: SeenNode, now: string): boolean {
  if (launch === undefined || replacement !== undefined) return false;
  return launch.state === 'requested' || (launch.state === 'launched' && !isPastVisible(launch.launchedAt, now));
}

function remainsOf(operation: Remains): Remains {
  const { config, configRevision, eligibleSubnetIds, oldInstanceId, launch, interfaceRequest } = operation;
  const { interfacesMade, retiredInterfaceIds, detachments } = operation;
  return {
    ...{ config, configRevision, eligibleSubnetIds, oldInstanceId, launch, interfaceRequest },
    ...{ interfacesMade, retiredInterfaceIds, detachments },
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
 * An adjustment that failed is tried again as a failure is, not as settings that have just come. Where another operation
 * is tried again, the settings still have to be applied after it.
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
  return `${kept} ${survivor.id} ${isStopped === true ? 'is stopped' : 'goes on'}.`;
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
