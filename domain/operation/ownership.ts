/**
 * Which operation owns a node: one at a time. Any other request is kept as an intent, unless the operation under way
 * already does what it asks for.
 */
import { decideFailure, failed } from './fail-operation';
import { KEEPS_ENDING } from './failure-reason';
import { givenUpOf, withGivenUp } from './given-up';
import { needsAnother } from './network-interface';
import { isAwaitingAdoption, latestUserIntent, STATUS_DURING, withUserIntent } from './intents';
import { attachmentOf, type EniAttachment, type NodeConfig } from '../config/node-config';
import { driftsWith } from './pacing';
import { isToBePaused } from './pausing';
import { heldBack, rowAfterLoss } from './restarts';
import { afterPause } from './retry-policy';
import type { TakeRequest } from './trigger';
import { hasUnappliedUpdate } from '../node/stateful-node';
import type {
  Intent,
  Operation,
  OperationKind,
  OwnedNode,
  Remains,
  StartedBy,
  StatefulNode,
} from '../node/stateful-node';

export type TakeDecision =
  /** The execution owns the node from now on; `node` is the record to write. */
  | { readonly kind: 'take'; readonly node: StatefulNode; readonly plan: Plan }
  /** The execution owns the node already: its first attempt succeeded, and the response was lost. */
  | { readonly kind: 'owned'; readonly plan: Plan }
  /** Another operation owns the node: save the intent, to be started when that operation ends. */
  | { readonly kind: 'keep'; readonly node: StatefulNode; readonly why: string }
  /** The instance being replaced ends sooner than we knew: its drain must end by then. */
  | { readonly kind: 'hasten'; readonly node: StatefulNode; readonly why: string; readonly oldInstanceId: string }
  /** The operation must wait, or has failed too often: `node` says why and until when. */
  | { readonly kind: 'fail'; readonly node: StatefulNode; readonly why: string; readonly stopped?: StoppedOperation }
  /** `node`, if given, is the record without the user intent that is obsolete. */
  | { readonly kind: 'ignore'; readonly why: string; readonly node?: StatefulNode };

/** An operation whose executions keep ending, and how it fails. */
export interface StoppedOperation {
  readonly owned: OwnedNode;
  readonly errorName: string;
  readonly survivor: StatefulNode['instance'];
}

/** What the state machine of the owning execution needs to know. */
export interface Plan {
  readonly nodeId: string;
  readonly generation: number;
  /** For a person. */
  readonly reason: string;
  /** How the interface is attached to the replacement. */
  readonly attachment: EniAttachment;
  /**
   * Whether there is an old instance that must be terminated before the replacement is launched. This is so if the
   * interface is, or will be, a primary one.
   */
  readonly releaseFirst: boolean;
  /**
   * Whether the original of an import must be adopted first. An import begins as a replacement. A launch that retries
   * an import leaves the adoption to `confirm-node`.
   */
  readonly adopt: boolean;
  /** Whole seconds that the old instance may keep running before it is terminated. */
  readonly drainSeconds: number;
  /** Whether the end of the old instance must still be timed for the launch of its replacement. */
  readonly endsInTurn: boolean;
  /** Whether the node's interface exists. It is made by the first launch. */
  readonly hasInterface: boolean;
  /** Whether the interface must be looked at, and perhaps made, before the old instance is touched. */
  readonly prepare: boolean;
  /** Whether there is an instance that a deletion keeps running. */
  readonly leaveInstance: boolean;
}

/** Decides whether the execution may operate on the node. `now` is ISO 8601, UTC. */
export function decideTake(node: StatefulNode, request: TakeRequest, now: string): TakeDecision {
  const { operation } = node;
  if (operation?.executionId === request.executionId) return { kind: 'owned', plan: planOf(node, operation, now) };
  if (takesOver(request) !== undefined) return takeOver(node, request, now);
  const why = whyIgnored(node, request);
  if (why !== undefined) return { kind: 'ignore', why, node: withoutObsoleteIntent(node, request, now) };
  if (operation !== undefined) return keep(node, operation, request, now);
  // What an earlier failure has left is given up: the next try begins with another instance.
  const lost = hasLost(request) ? withoutRemains(node, request.operation, now) : undefined;
  const waiting = lost && heldBack(lost, request.trigger.reason, now);
  return waiting === undefined
    ? take(node, request, now)
    : { kind: 'fail', node: waiting, why: `the next try is at ${waiting.failure?.nextTryAt}` };
}

function planOf(node: StatefulNode, operation: Operation, now: string): Plan {
  const { kind, generation, config, reason, oldInstanceId } = operation;
  const attachment = attachmentOf(config);
  return {
    nodeId: node.id,
    generation,
    reason,
    attachment,
    releaseFirst: oldInstanceId !== undefined && releasesFirst({ node, operation }),
    adopt: kind === 'replace' && node.adoption !== undefined && node.adoption.committedAt === undefined,
    drainSeconds: drainSeconds(node, operation, now),
    endsInTurn: endsToRelaunch({ node, operation }),
    hasInterface: node.identity.interfaceId !== undefined,
    prepare: mustPrepare({ node, operation }),
    leaveInstance: node.deletion?.shouldTerminateInstance === false && oldInstanceId !== undefined,
  };
}

/**
 * Whether the interface is, will be, or may be a primary one: then its old instance must end before another can get it. If
 * the record names no instance, the old one is of a launch that failed, perhaps with an earlier configuration.
 */
export function releasesFirst({ node, operation }: OwnedNode): boolean {
  const { instance, adoption } = node;
  const isUnknown = instance === undefined && adoption === undefined && operation.oldInstanceId !== undefined;
  return attachmentOf(operation.config) === 'cold' || instance?.attachment === 'cold' || isUnknown;
}

/**
 * An interface that cannot be made must not cost the node its instance. An instance that ends in any case is not spared by a
 * look, and the address waits for it: what the record does not know yet, the launch finds out.
 */
function mustPrepare({ node, operation }: OwnedNode): boolean {
  const { oldInstanceId, endsAt, cause } = operation;
  const isSpared = oldInstanceId !== undefined && endsAt === undefined && cause !== 'lost';
  return isSpared || hasUnappliedUpdate(node) || needsAnother(node, operation);
}

/**
 * Whole seconds that the old instance may keep running. It drains, and it serves until its replacement is about to be
 * launched. It never runs longer than until the end that EC2 has announced. The drain follows the present configuration, so
 * that a person can end it by lowering `strategy.drainingTimeout`. `now` is ISO 8601, UTC.
 */
export function drainSeconds(node: StatefulNode, operation: Operation, now: string): number {
  const { startedAt, oldInstanceId, endsAt, terminateAt } = operation;
  const configured = oldInstanceId === undefined ? 0 : (node.config.strategy?.drainingTimeout ?? 0);
  const passedSeconds = Math.ceil((Date.parse(now) - Date.parse(startedAt)) / 1000);
  const leftSeconds = endsAt === undefined ? Infinity : Math.floor((Date.parse(endsAt) - Date.parse(now)) / 1000);
  const untilItsTurn = terminateAt === undefined ? 0 : Math.floor((Date.parse(terminateAt) - Date.parse(now)) / 1000);
  return Math.max(0, Math.min(Math.max(configured - passedSeconds, untilItsTurn), leftSeconds));
}

/**
 * Whether the operation must still end an instance that serves, to release its interface for the replacement. An operation
 * that was taken over may have done so, or has a time for it.
 */
function endsToRelaunch({ node, operation }: OwnedNode): boolean {
  const { kind, oldInstanceId, cause, terminateAt, addressTakenAt } = operation;
  const isOpen = terminateAt === undefined && addressTakenAt === undefined;
  return (
    isOpen &&
    kind === 'replace' &&
    oldInstanceId !== undefined &&
    cause !== 'lost' &&
    releasesFirst({ node, operation })
  );
}

/** Why the request has nothing to do; undefined if it has something to do. */
function whyIgnored(node: StatefulNode, { operation, trigger }: TakeRequest): string | undefined {
  if (node.deletion !== undefined && operation !== 'delete') return 'the node is being deleted';
  if (operation === 'adjust' && isAwaitingAdoption(node)) return 'the import has not adopted the instance yet';
  const eventIgnored = whyEventIgnored(node, trigger.kind);
  if (eventIgnored !== undefined) return eventIgnored;
  if (trigger.instanceId !== undefined && !isNodeInstance(node, trigger.instanceId)) {
    return 'the instance no longer carries the node';
  }
  if (operation === 'launch' && node.instance !== undefined) return 'the node has an instance already';
  if (trigger.kind === 'request' && trigger.retries !== undefined && trigger.retries !== node.failure?.nextTryAt) {
    return 'another operation has been tried since';
  }
  return trigger.kind === 'request' ? whySuperseded(node, trigger.requestedAt) : undefined;
}

/** Why an event about the node's instance changes nothing; undefined if it does, or if the trigger is no event. */
function whyEventIgnored(node: StatefulNode, kind: TakeRequest['trigger']['kind']): string | undefined {
  if (kind === 'request') return undefined;
  if (isToBePaused(node)) return 'the pause of the node has failed and will be tried again';
  const isIgnored = kind === 'rebalance' && node.config.strategy?.rebalanceRecommendation !== 'replace';
  return isIgnored ? 'the node ignores rebalance recommendations' : undefined;
}

/** The reconciler would start an obsolete user intent again and again, so it is removed. */
function withoutObsoleteIntent(node: StatefulNode, { trigger }: TakeRequest, now: string): StatefulNode | undefined {
  const isThisIntent = trigger.kind === 'request' && trigger.requestedAt === latestUserIntent(node)?.requestedAt;
  const isWaiting = node.operation === undefined && node.deletion === undefined;
  if (!isThisIntent || !isWaiting || latestUserIntent(node) === undefined) return undefined;
  return { ...node, intents: withUserIntent(node.intents, undefined), updatedAt: now };
}

function isNodeInstance({ instance, operation, failure }: StatefulNode, instanceId: string): boolean {
  // The index contains a new instance a moment before the record names it.
  const launches = [operation?.launch, failure?.remains?.launch];
  if (launches.some((launch) => launch?.state === 'requested')) return true;
  return [instance?.id, operation?.oldInstanceId, ...launches.map((launch) => launch?.instanceId)].includes(instanceId);
}

/** A user intent that the record no longer holds was withdrawn, carried out, or replaced by a later one. */
function whySuperseded(node: StatefulNode, requestedAt: string | undefined): string | undefined {
  const userIntent = latestUserIntent(node);
  if (requestedAt === undefined || userIntent?.requestedAt === requestedAt) return undefined;
  return userIntent === undefined
    ? 'the user intent was withdrawn or carried out'
    : `a ${userIntent.kind} has been requested since`;
}

function take(node: StatefulNode, request: TakeRequest, now: string): TakeDecision {
  const { operation: kind, executionId, trigger } = request;
  const generation = node.generation + 1;
  const remains = continuesFailed(node, request) ? node.failure?.remains : undefined;
  const before = remains === undefined && kind !== 'adjust' ? withoutRemains(node, kind, now) : node;
  const cause = causeOf(request);
  const operation: Operation = {
    kind,
    executionId,
    generation,
    startedAt: now,
    reason: trigger.reason,
    config: node.config,
    configRevision: node.configRevision,
    eligibleSubnetIds: node.eligibleSubnetIds,
    oldInstanceId: remains === undefined ? oldInstanceOf(node, kind) : oldInstanceBefore(node, remains),
    retiredInterfaceIds: [],
    ...(endOf(request) !== undefined && { endsAt: endOf(request) }),
    ...(cause === undefined ? { startedBy: startedBy(request) } : { cause }),
    ...(remains !== undefined && continuedFrom(remains, node)),
  };
  const taken: StatefulNode = {
    ...(kind === 'adjust' || isRetry(request) ? before : withoutReason(before)),
    ...(kind !== 'adjust' && withSettingsToApply(node)),
    generation,
    operation,
    status: STATUS_DURING[kind] ?? node.status,
    intents: remainingIntents(node, kind),
    ...(hasLost(request) && rowAfterLoss(node, now)),
    ...(cause === 'drift' && { drifts: driftsWith(node, now) }),
    updatedAt: now,
  };
  return { kind: 'take', node: taken, plan: planOf(node, operation, now) };
}

/**
 * Whether the operation continues from what a failed one left behind. It starts afresh if a person asks for the
 * replacement, if the instance launched before has ended, or if the operation launches no instance.
 */
function continuesFailed({ failure }: StatefulNode, { operation: kind, trigger }: TakeRequest): boolean {
  const remains = failure?.remains;
  if (remains === undefined) return false;
  // EC2 may have made the interface that the failed adjustment requested.
  if (kind === 'adjust') return failure?.operation === 'adjust';
  if (kind !== 'launch' && kind !== 'replace') return false;
  const isRecycle = kind === 'replace' && trigger.kind === 'request' && trigger.requestedAt !== undefined;
  const hasEnded = trigger.instanceId !== undefined && trigger.instanceId === remains.launch?.instanceId;
  return !isRecycle && !hasEnded;
}

/**
 * A launched instance keeps the configuration that it was launched with. Everything else uses the present one, and so does
 * the Elastic IP: the node may have released its claim on an earlier one.
 */
function continuedFrom(remains: Remains, { config: present }: StatefulNode): Partial<Operation> {
  const { config, configRevision, eligibleSubnetIds, launch, oldInstanceId: _old, ...rest } = remains;
  const isLaunched = launch?.state === 'launched';
  const isOpen = isLaunched || launch?.state === 'requested';
  return {
    ...rest,
    continues: true,
    ...(isOpen && { launch }),
    ...(isLaunched && { config: withElasticIpOf(present, config), configRevision, eligibleSubnetIds }),
  };
}

function withElasticIpOf({ compute: { elasticIp } }: NodeConfig, config: NodeConfig): NodeConfig {
  const { elasticIp: _launchedWith, ...compute } = config.compute;
  return { ...config, compute: { ...compute, ...(elasticIp !== undefined && { elasticIp }) } };
}

/** The old instance of an operation that continues. The record may already name the replacement, which must not end. */
function oldInstanceBefore({ instance }: StatefulNode, { launch, oldInstanceId }: Remains): string | undefined {
  return instance?.id === launch?.instanceId ? oldInstanceId : instance?.id;
}

/** If the record names no instance, the old one is the replacement that a failed operation left behind. */
function oldInstanceOf({ instance, failure }: StatefulNode, kind: OperationKind): string | undefined {
  const endsNone = kind === 'launch' || kind === 'adjust';
  return instance?.id ?? (endsNone ? undefined : failure?.remains?.launch?.instanceId);
}

/** The record without what a failed operation left behind. No later operation continues from it, so it is given up. */
function withoutRemains(node: StatefulNode, kind: OperationKind, now: string): StatefulNode {
  const { remains, ...failure } = node.failure ?? {};
  if (node.failure === undefined || remains === undefined) return node;
  const kept = [oldInstanceOf(node, kind), node.identity.interfaceId];
  const givenUp = givenUpOf(remains, now).filter((each) => !('id' in each) || !kept.includes(each.id));
  return { ...withGivenUp(node, givenUp), failure: failure as StatefulNode['failure'] };
}

/** Not for an adjustment, nor for another try: either may leave the node in the same state, for the same reason. */
function withoutReason(node: StatefulNode): StatefulNode {
  const { errorReason: _cleared, ...rest } = node;
  return rest;
}

/**
 * A failed adjustment's settings count as applied, because the retry policy repeats it. Another operation ends those
 * retries, and may not reach what EC2 refused. The settings are applied again after it.
 */
function withSettingsToApply({
  failure,
  configRevision,
}: StatefulNode): Pick<StatefulNode, 'appliedRevision'> | undefined {
  return failure?.operation === 'adjust' ? { appliedRevision: configRevision - 1 } : undefined;
}

function causeOf({ trigger }: TakeRequest) {
  return trigger.kind === 'request' ? trigger.cause : undefined;
}

/** An event that waited for the end of another operation comes as a request about its instance. */
function startedBy({ trigger }: TakeRequest): StartedBy {
  if (trigger.kind === 'rebalance') return 'rebalance';
  if (trigger.kind === 'warning') return 'interruption';
  if (trigger.retries !== undefined) return 'retry';
  if (trigger.instanceId === undefined) return 'request';
  return trigger.endsAt === undefined ? 'rebalance' : 'interruption';
}

function isRetry({ trigger }: TakeRequest): boolean {
  return trigger.kind === 'request' && trigger.retries !== undefined;
}

function hasLost(request: TakeRequest): boolean {
  const cause = causeOf(request);
  return cause === 'lost' || cause === 'unhealthy';
}

function endOf({ trigger }: TakeRequest): string | undefined {
  return trigger.kind === 'rebalance' ? undefined : trigger.endsAt;
}

function takesOver({ trigger }: TakeRequest): number | undefined {
  return trigger.kind === 'request' ? trigger.takesOver : undefined;
}

/**
 * Takes over an operation whose execution ended before the operation did. The operation keeps everything it has written
 * to the record and gets a new generation, so that late steps of the old execution can no longer write.
 */
function takeOver(node: StatefulNode, request: TakeRequest, now: string): TakeDecision {
  const stopped = node.operation;
  if (stopped === undefined || stopped.generation !== takesOver(request) || stopped.kind !== request.operation) {
    return { kind: 'ignore', why: 'the operation has ended or was taken over already' };
  }
  const takeovers = { count: (stopped.takeovers?.count ?? 0) + 1, lastAt: now };
  if (takeovers.count > MOST_TAKEOVERS) return failStopped(node, { ...stopped, takeovers }, now);
  const generation = node.generation + 1;
  const operation: Operation = {
    ...stopped,
    executionId: request.executionId,
    generation,
    takeovers,
    endsAt: earliest(stopped.endsAt, endOf(request)),
  };
  return {
    kind: 'take',
    node: { ...node, generation, operation, updatedAt: now },
    plan: planOf(node, operation, now),
  };
}

/** After this many take-overs the operation fails: the next execution would probably end for the same reason. */
const MOST_TAKEOVERS = 3;

/** Whether the pause since the last take-over is over. It grows with each take-over. `now` is ISO 8601, UTC. */
export function mayTakeOver({ takeovers }: Operation, now: string): boolean {
  return takeovers === undefined || afterPause(takeovers.count, takeovers.lastAt) <= now;
}

function failStopped(node: StatefulNode, operation: Operation, now: string): TakeDecision {
  const error = {
    name: KEEPS_ENDING.executions,
    message: `${operation.takeovers?.count} executions of it have ended before it did: see the last one, ${operation.executionId}.`,
  };
  const owned = { node, operation };
  const decision = decideFailure(owned, undefined, error, now);
  const stopped = { owned, errorName: error.name, survivor: decision.survivor };
  return { kind: 'fail', node: failed(owned, decision, error, now), why: error.message, stopped };
}

function earliest(...times: readonly (string | undefined)[]): string | undefined {
  return times.filter((time) => time !== undefined).sort()[0];
}

/**
 * An adjustment keeps the instance. Any other operation ends it, and the events about it with it. A user intent stays
 * unless the operation has the same result.
 */
function remainingIntents(node: StatefulNode, kind: OperationKind): readonly Intent[] {
  if (kind === 'adjust') return node.intents;
  const userIntent = latestUserIntent(node);
  const bringsInstance: readonly OperationKind[] = ['launch', 'replace'];
  const isFulfilled =
    userIntent === undefined ||
    userIntent.kind === kind ||
    (bringsInstance.includes(kind) && bringsInstance.includes(userIntent.kind));
  return isFulfilled ? [] : [userIntent];
}

function keep(node: StatefulNode, running: Operation, request: TakeRequest, now: string): TakeDecision {
  const { operation: kind, trigger } = request;
  const endsAt = endOf(request);
  // An adjustment replaces nothing.
  if (running.kind !== 'adjust' && trigger.instanceId !== undefined && trigger.instanceId === running.oldInstanceId) {
    const why = 'the instance is being replaced already';
    const end = earliest(running.endsAt, endsAt);
    if (end === running.endsAt) return { kind: 'ignore', why };
    const operation = { ...running, endsAt: end };
    return { kind: 'hasten', node: { ...node, operation, updatedAt: now }, why, oldInstanceId: trigger.instanceId };
  }
  // The reconciler finds both again after the operation, if they are still needed.
  if (kind === 'adjust' || (trigger.kind === 'request' && trigger.retries !== undefined)) {
    return { kind: 'ignore', why: `a ${running.kind} is under way` };
  }
  const known = node.intents.some((intent) => intent.kind === kind && intent.instanceId === trigger.instanceId);
  if (known) return { kind: 'ignore', why: 'the same intent is waiting already' };
  const intent: Intent = {
    kind,
    reason: trigger.reason,
    instanceId: trigger.instanceId,
    requestedAt: now,
    endsAt,
    cause: causeOf(request),
  };
  const intents = intent.instanceId === undefined ? withUserIntent(node.intents, intent) : [...node.intents, intent];
  return {
    kind: 'keep',
    node: { ...node, intents, updatedAt: now },
    why: `kept for the end of the ${running.kind} under way`,
  };
}
