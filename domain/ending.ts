/** How an operation ends: confirmed by what EC2 shows, or failed with a reason that a person can act on. */
import { awaitsElasticIp, lacksElasticIp } from './elastic-ip';
import { hasEnded, isPastVisible } from './launch';
import { carrierOf, carries, identityOn, unprotectedOn, type SeenInterfaces } from './network-interface';
import { attachmentOf, tagKeysOf, type EniAttachment } from './node-config';
import { liveIntents, released } from './ownership';
import type { SeenElasticIp, SeenInstance, SeenInterface } from './observations';
import { failureAfter, isAddressTaken, type OperationError } from './retrying';
import type { NetworkIdentity, NodeInstance, Operation, OwnedNode, StatefulNode } from './stateful-node';

/** Everything that an ending is decided from. */
export interface SeenNode extends SeenInterfaces {
  readonly replacement: SeenInstance | undefined;
  readonly old: SeenInstance | undefined;
  readonly elasticIp: SeenElasticIp | undefined;
}

export type ConfirmDecision =
  | { readonly kind: 'confirmed'; readonly replacement: SeenInstance }
  | { readonly kind: 'lost'; readonly because: string }
  /** Everything is in place but the Elastic IP, which was taken away since it was put there. */
  | { readonly kind: 'associate'; readonly allocationId: string; readonly interfaceId: string }
  | { readonly kind: 'address-missing'; readonly allocationId: string }
  /** Everything is in place, but the interface would not outlive the replacement: somebody has changed that since. */
  | { readonly kind: 'protect'; readonly interfaceId: string; readonly attachmentId: string }
  | { readonly kind: 'not-yet'; readonly because: string };

/** Does the replacement run and carry exactly the node's addresses? */
export function decideConfirm({ identity }: StatefulNode, { config }: Operation, seen: SeenNode): ConfirmDecision {
  const { replacement } = seen;
  if (replacement !== undefined && hasEnded(replacement)) {
    return { kind: 'lost', because: `${replacement.id} has ended` };
  }
  if (replacement?.state !== 'running') return notYet(`the replacement is ${replacement?.state ?? 'not visible'}`);
  const carrier = { instanceId: replacement.id, attachment: attachmentOf(config) };
  if (!carries(seen.interface, carrier)) {
    const unprotected = unprotectedOn(seen.interface, carrier);
    return unprotected === undefined
      ? notYet(`${replacement.id} does not carry the interface`)
      : { kind: 'protect', ...unprotected };
  }
  const allocationId = config.compute.elasticIp;
  const { interfaceId } = identity;
  if (allocationId !== undefined && interfaceId !== undefined && seen.elasticIp?.interfaceId !== interfaceId) {
    return seen.elasticIp === undefined
      ? { kind: 'address-missing', allocationId }
      : { kind: 'associate', allocationId, interfaceId };
  }
  return { kind: 'confirmed', replacement };
}

/** The record of a node at rest on its replacement. `now` is ISO 8601, UTC. */
export function confirmed(
  { node, operation }: OwnedNode,
  replacement: SeenInstance,
  seen: SeenNode,
  now: string,
): StatefulNode {
  return {
    ...madeGood(released(node)),
    status: 'ACTIVE',
    identity: {
      ...node.identity,
      allocationId: seen.elasticIp?.allocationId ?? node.identity.allocationId,
      publicIp: seen.elasticIp?.publicIp,
      settled: true,
    },
    appliedTagKeys: tagKeysOf(operation.config),
    instance: nodeInstance(replacement, attachmentOf(operation.config)),
    intents: liveIntents(node, replacement.id),
    updatedAt: now,
  };
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
  const { instance: _ended, ...rest } = madeGood(released(node));
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
    ...(status === undefined ? released(node) : madeGood(released(node))),
    status: status ?? node.status,
    identity: {
      ...node.identity,
      allocationId: isAwaited ? seen.elasticIp?.allocationId : undefined,
      publicIp: isAwaited ? seen.elasticIp?.publicIp : undefined,
    },
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

function madeGood(node: StatefulNode): StatefulNode {
  const { failure: _over, errorReason: _gone, ...rest } = node;
  return rest;
}

/** What a failed operation leaves behind, and what has to be cleaned up for it. */
export interface FailureDecision {
  /** `PAUSED` where all that is missing is an address that something else holds for now. */
  readonly status: 'ERROR' | 'PAUSED';
  /** The instance that goes on: the one that carries the identity, or the old one while it lives. */
  readonly survivor: NodeInstance | undefined;
  readonly identity: NetworkIdentity;
  /** Those that carry nothing: the replacement where it was launched in vain, or else the old instance. */
  readonly terminateInstanceIds: readonly string[];
  /** Interfaces of this operation that serve nothing. */
  readonly inVain: readonly SeenInterface[];
}

/** The identity stays, always, on the instance that carries it if one does; and there is never a second instance. */
export function decideFailure(owned: OwnedNode, seen: SeenNode, error: OperationError, now: string): FailureDecision {
  const { node, operation } = owned;
  const attachment = attachmentOf(operation.config);
  const old = hasEnded(seen.old) ? undefined : seen.old;
  if (isAddressTaken(error) && seen.interface === undefined) return decidePauseInstead(owned, seen, now);
  if (seen.replacement !== undefined && !hasEnded(seen.replacement) && isOn(seen.interface, seen.replacement)) {
    return {
      status: 'ERROR',
      survivor: nodeInstance(seen.replacement, attachment),
      identity: node.identity,
      terminateInstanceIds: old === undefined ? [] : [old.id],
      inVain: seen.retired,
    };
  }
  // Where the old instance still has the interface that was to be left for one in another subnet, that one stays.
  const stillCarried = old && seen.retired.find((eni) => isOn(eni, old));
  return {
    status: 'ERROR',
    survivor: old && nodeInstance(old, node.instance?.attachment ?? attachment),
    identity: stillCarried === undefined ? node.identity : identityOn(stillCarried, node.identity),
    terminateInstanceIds: replacementsInVain(operation, seen, now),
    inVain: stillCarried === undefined ? seen.retired : instead(seen, stillCarried),
  };
}

/** An instance that cannot have the node's address is not the node. The reference product pauses it as well. */
function decidePauseInstead({ node, operation }: OwnedNode, seen: SeenNode, now: string): FailureDecision {
  const old = seen.old === undefined || hasEnded(seen.old) ? [] : [seen.old.id];
  return {
    status: 'PAUSED',
    survivor: undefined,
    identity: node.identity,
    terminateInstanceIds: [...old, ...replacementsInVain(operation, seen, now)],
    inVain: seen.retired,
  };
}

/** The record of a node whose operation failed with `error`. `now` is ISO 8601, UTC. */
export function failed(
  { node, operation }: OwnedNode,
  seen: SeenNode,
  decision: FailureDecision,
  error: OperationError,
  now: string,
): StatefulNode {
  const { instance: _before, ...rest } = released(node);
  const { identity, survivor, status } = decision;
  const hasInterface = [seen.interface, ...seen.retired].some((eni) => eni?.id === identity.interfaceId);
  const failure = failureAfter({ node, operation }, decision, error, now);
  return {
    ...rest,
    status,
    // What was tried and failed is not tried again by itself.
    appliedRevision: Math.max(node.appliedRevision, operation.configRevision),
    errorReason: [
      `${operation.kind} failed: ${error.name}: ${error.message}`,
      describeRetained(decision, hasInterface),
      ...(failure.nextTryAt === undefined ? [] : [`Next try: ${failure.nextTryAt}.`]),
    ].join(' '),
    failure,
    identity,
    ...(survivor !== undefined && { instance: survivor }),
    intents: liveIntents(node, survivor?.id),
    updatedAt: now,
  };
}

/** One that was launched and is not visible yet is terminated by its id all the same, once it is. */
function replacementsInVain({ launch }: Operation, { replacement }: SeenNode, now: string): readonly string[] {
  const instanceId = launch?.instanceId ?? replacement?.id;
  if (instanceId === undefined || hasEnded(replacement)) return [];
  const isGone = replacement === undefined && isPastVisible(launch?.launchedAt ?? now, now);
  return isGone ? [] : [instanceId];
}

/** What serves nothing where one that was retired goes on. */
function instead({ interface: made, retired }: SeenNode, kept: SeenInterface): readonly SeenInterface[] {
  return [...retired.filter(({ id }) => id !== kept.id), ...(made === undefined ? [] : [made])];
}

function isOn(seen: SeenInterface | undefined, instance: SeenInstance): boolean {
  return seen?.attachment?.instanceId === instance.id;
}

function describeRetained(
  { identity: { interfaceId, privateIp }, survivor }: FailureDecision,
  hasInterface: boolean,
): string {
  const state = hasInterface ? 'retained' : 'gone';
  const kept = interfaceId === undefined ? 'No interface was made yet.' : `${interfaceId} (${privateIp}) is ${state}.`;
  return survivor === undefined ? `${kept} No instance carries it.` : `${kept} ${survivor.id} goes on.`;
}

function nodeInstance(seen: SeenInstance, attachment: EniAttachment): NodeInstance {
  const { id, imageId, instanceType, lifeCycle, subnetId, launchedAt } = seen;
  return { id, imageId, instanceType, lifeCycle, subnetId, launchedAt, attachment };
}

function notYet(because: string): Extract<PausedDecision, { kind: 'not-yet' }> {
  return { kind: 'not-yet', because };
}
