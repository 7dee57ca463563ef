/**
 * Who may act on a node: one operation at a time. What arrives meanwhile is kept as an intent, unless the
 * operation under way already answers it.
 */
import { decideFailure, failed } from './end-operation';
import { givenUpOf, withGivenUp } from './given-up';
import { latestUserIntent, STATUS_DURING, withUserIntent } from './intents';
import { attachmentOf, type EniAttachment } from '../config/node-config';
import { driftsWith } from './pacing';
import { isToBePaused } from './pausing';
import { heldBack, restartsAfterLoss } from './restarts';
import { afterPause } from './retry-policy';
import type { TakeRequest } from './trigger';
import type { Intent, Operation, OperationKind, Remains, StatefulNode } from '../node/stateful-node';

export type TakeDecision =
  /** The node is ours now; `node` is the record to write. */
  | { readonly kind: 'take'; readonly node: StatefulNode; readonly plan: Plan }
  /** This very execution owns it already: its first try was answered and the answer lost. */
  | { readonly kind: 'owned'; readonly plan: Plan }
  /** Another operation owns it: write the intent down for the end of that one. */
  | { readonly kind: 'keep'; readonly node: StatefulNode; readonly why: string }
  /** The instance that is being replaced ends sooner than was known: its drain has to end with it. */
  | { readonly kind: 'hasten'; readonly node: StatefulNode; readonly why: string; readonly oldInstanceId: string }
  /** It has to wait, or has failed too often: `node` says why and until when. */
  | { readonly kind: 'fail'; readonly node: StatefulNode; readonly why: string }
  /** `node`, where there is one, is the record without the user intent that has nothing to do any more. */
  | { readonly kind: 'ignore'; readonly why: string; readonly node?: StatefulNode };

/** What the owner's state machine has to know. */
export interface Plan {
  readonly nodeId: string;
  readonly generation: number;
  /** For a person. */
  readonly reason: string;
  /** How the replacement carries the interface. */
  readonly attachment: EniAttachment;
  /**
   * Whether there is an old instance that must be terminated before the replacement is launched, because the interface
   * is, or will be, a primary one.
   */
  readonly releaseFirst: boolean;
  /**
   * Whether the instance that the node is imported from must be adopted first. An import begins as a replacement. A launch
   * that tries one again leaves the adoption to `confirm-node`.
   */
  readonly adopt: boolean;
  /** Whole seconds that the old instance may go on before it is terminated. */
  readonly drainSeconds: number;
  /** Whether the node's interface has been made: not before its first launch. */
  readonly hasInterface: boolean;
  /** Whether a deletion leaves the instance to run on. */
  readonly leaveInstance: boolean;
}

/** May this execution operate on the node? `now` is ISO 8601, UTC. */
export function decideTake(node: StatefulNode, request: TakeRequest, now: string): TakeDecision {
  const { operation } = node;
  if (operation?.executionId === request.executionId) return { kind: 'owned', plan: planOf(node, operation, now) };
  if (takesOver(request) !== undefined) return takeOver(node, request, now);
  const moot = whyMoot(node, request);
  if (moot !== undefined) return { kind: 'ignore', why: moot, node: withoutMootIntent(node, request) };
  if (operation !== undefined) return keep(node, operation, request, now);
  const waiting = hasLost(request) ? heldBack(node, request.trigger.reason, now) : undefined;
  return waiting === undefined
    ? take(node, request, now)
    : { kind: 'fail', node: waiting, why: `the next try is at ${waiting.failure?.nextTryAt}` };
}

function planOf(node: StatefulNode, operation: Operation, now: string): Plan {
  const { kind, generation, config, reason, oldInstanceId } = operation;
  const attachment = attachmentOf(config);
  const isPrimary = attachment === 'cold' || node.instance?.attachment === 'cold';
  return {
    nodeId: node.id,
    generation,
    reason,
    attachment,
    releaseFirst: oldInstanceId !== undefined && isPrimary,
    adopt: kind === 'replace' && node.adoption !== undefined && node.adoption.committedAt === undefined,
    drainSeconds: drainSeconds(node, operation, now),
    hasInterface: node.identity.interfaceId !== undefined,
    leaveInstance: node.deletion?.shouldTerminateInstance === false,
  };
}

/**
 * Whole seconds that the old instance may still go on. Never past its end, as far as EC2 has announced that: what is left
 * then is better spent on the replacement. The configuration is the present one, so that a person can end a drain by
 * lowering `strategy.drainingTimeout`. `now` is ISO 8601, UTC.
 */
export function drainSeconds(node: StatefulNode, operation: Operation, now: string): number {
  const { startedAt, oldInstanceId, endsAt } = operation;
  const configured = oldInstanceId === undefined ? 0 : (node.config.strategy?.drainingTimeout ?? 0);
  const passedSeconds = Math.ceil((Date.parse(now) - Date.parse(startedAt)) / 1000);
  const leftSeconds = endsAt === undefined ? Infinity : Math.floor((Date.parse(endsAt) - Date.parse(now)) / 1000);
  return Math.max(0, Math.min(configured - passedSeconds, leftSeconds));
}

function whyMoot(node: StatefulNode, { operation, trigger }: TakeRequest): string | undefined {
  if (node.deletion !== undefined && operation !== 'delete') return 'the node is being deleted';
  const unheeded = whyUnheeded(node, trigger.kind);
  if (unheeded !== undefined) return unheeded;
  if (trigger.instanceId !== undefined && !isConcerned(node, trigger.instanceId)) {
    return 'the instance no longer carries the node';
  }
  if (operation === 'launch' && node.instance !== undefined) return 'the node has an instance already';
  if (trigger.kind === 'request' && trigger.retries !== undefined && trigger.retries !== node.failure?.nextTryAt) {
    return 'another operation has been tried since';
  }
  return trigger.kind === 'request' ? whyOvertaken(node, trigger.requestedAt) : undefined;
}

/** Why an event about the node's instance changes nothing; undefined where it does, or is none. */
function whyUnheeded(node: StatefulNode, kind: TakeRequest['trigger']['kind']): string | undefined {
  if (kind === 'request') return undefined;
  if (isToBePaused(node)) return 'the node is to be paused';
  const isIgnored = kind === 'rebalance' && node.config.strategy?.rebalanceRecommendation !== 'replace';
  return isIgnored ? 'the node ignores rebalance recommendations' : undefined;
}

/** A user intent that cannot come to anything would be started again and again. */
function withoutMootIntent(node: StatefulNode, { trigger }: TakeRequest): StatefulNode | undefined {
  const isThisIntent = trigger.kind === 'request' && trigger.requestedAt === latestUserIntent(node)?.requestedAt;
  const isWaiting = node.operation === undefined && node.deletion === undefined;
  if (!isThisIntent || !isWaiting || latestUserIntent(node) === undefined) return undefined;
  return { ...node, intents: withUserIntent(node.intents, undefined) };
}

function isConcerned({ instance, operation, failure }: StatefulNode, instanceId: string): boolean {
  // The index knows a new instance a moment before the record names it.
  const launches = [operation?.launch, failure?.remains?.launch];
  if (launches.some((launch) => launch?.state === 'requested')) return true;
  return [instance?.id, operation?.oldInstanceId, ...launches.map((launch) => launch?.instanceId)].includes(instanceId);
}

/** A user intent that the record no longer holds was taken back, carried out, or followed by another. */
function whyOvertaken(node: StatefulNode, requestedAt: string | undefined): string | undefined {
  const userIntent = latestUserIntent(node);
  if (requestedAt === undefined || userIntent?.requestedAt === requestedAt) return undefined;
  return userIntent === undefined
    ? 'the user intent was taken back or carried out'
    : `a ${userIntent.kind} was asked for since`;
}

function take(node: StatefulNode, request: TakeRequest, now: string): TakeDecision {
  const { operation: kind, executionId, trigger } = request;
  const generation = node.generation + 1;
  const remains = goesOn(node, request) ? node.failure?.remains : undefined;
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
    ...(cause !== undefined && { cause }),
    ...(remains !== undefined && goingOnWith(remains)),
  };
  const restarts = hasLost(request) ? restartsAfterLoss(node, now) : node.restarts;
  const taken: StatefulNode = {
    ...(kind === 'adjust' ? before : withoutReason(before)),
    generation,
    operation,
    status: STATUS_DURING[kind] ?? node.status,
    intents: remainingIntents(node, kind),
    restarts,
    ...(cause === 'drift' && { drifts: driftsWith(node, now) }),
    updatedAt: now,
  };
  return { kind: 'take', node: taken, plan: planOf(node, operation, now) };
}

/**
 * Whether the operation goes on with what one before it has left. A replacement that a person asks for, or that is about
 * to end, begins anew; so does whatever brings no instance.
 */
function goesOn({ failure }: StatefulNode, { operation: kind, trigger }: TakeRequest): boolean {
  const remains = failure?.remains;
  if (remains === undefined) return false;
  // EC2 may have made the interface that the adjustment before asked for.
  if (kind === 'adjust') return failure?.operation === 'adjust';
  if (kind !== 'launch' && kind !== 'replace') return false;
  const isRecycle = kind === 'replace' && trigger.kind === 'request' && trigger.requestedAt !== undefined;
  const hasEnded = trigger.instanceId !== undefined && trigger.instanceId === remains.launch?.instanceId;
  return !isRecycle && !hasEnded;
}

/** An instance that lives was launched for the configuration of then; all else is asked for as it is configured now. */
function goingOnWith(remains: Remains): Partial<Operation> {
  const { config, configRevision, eligibleSubnetIds, launch, oldInstanceId: _old, ...rest } = remains;
  const isLaunched = launch?.state === 'launched';
  const isOpen = isLaunched || launch?.state === 'requested';
  return {
    ...rest,
    continues: true,
    ...(isOpen && { launch }),
    ...(isLaunched && { config, configRevision, eligibleSubnetIds }),
  };
}

/** Of an operation that goes on: the record may name its replacement by now, which is not the one to end. */
function oldInstanceBefore({ instance }: StatefulNode, { launch, oldInstanceId }: Remains): string | undefined {
  return instance?.id === launch?.instanceId ? oldInstanceId : instance?.id;
}

/** A replacement that a failed operation has left is the one to end where the record names no other instance. */
function oldInstanceOf({ instance, failure }: StatefulNode, kind: OperationKind): string | undefined {
  const bringsOnly = kind === 'launch' || kind === 'adjust';
  return instance?.id ?? (bringsOnly ? undefined : failure?.remains?.launch?.instanceId);
}

/** The record without what a failed operation has left: from now on nothing goes on with it, so it is given up. */
function withoutRemains(node: StatefulNode, kind: OperationKind, now: string): StatefulNode {
  const { remains, ...failure } = node.failure ?? {};
  if (node.failure === undefined || remains === undefined) return node;
  const kept = [oldInstanceOf(node, kind), node.identity.interfaceId];
  const givenUp = givenUpOf(remains, now).filter((each) => !('id' in each) || !kept.includes(each.id));
  return { ...withGivenUp(node, givenUp), failure: failure as StatefulNode['failure'] };
}

/** An adjustment may leave the node in the state it was in, and then for the same reason. */
function withoutReason(node: StatefulNode): StatefulNode {
  const { errorReason: _settled, ...rest } = node;
  return rest;
}

function causeOf({ trigger }: TakeRequest) {
  return trigger.kind === 'request' ? trigger.cause : undefined;
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
 * Finishes an operation whose execution has ended without ending it: the same operation with all that it has written
 * down, under a new generation. Whatever of the old execution is still on its way may not write any more.
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

/** Executions of one operation that may end without ending it: whatever ends them would end the next one as well. */
const MOST_TAKEOVERS = 3;

/** Seconds from one take-over to the next, by how many there have been. */
export function mayTakeOver({ takeovers }: Operation, now: string): boolean {
  return takeovers === undefined || afterPause(takeovers.count, takeovers.lastAt) <= now;
}

function failStopped(node: StatefulNode, operation: Operation, now: string): TakeDecision {
  const error = {
    name: 'ExecutionsKeepEnding',
    message: `${operation.takeovers?.count} executions of it have ended before it did: see the last one, ${operation.executionId}.`,
  };
  const owned = { node, operation };
  const decision = decideFailure(owned, undefined, error, now);
  return { kind: 'fail', node: failed(owned, decision, error, now), why: error.message };
}

function earliest(...times: readonly (string | undefined)[]): string | undefined {
  return times.filter((time) => time !== undefined).sort()[0];
}

/**
 * An adjustment leaves the instance alone; any other operation ends it, and with it what events said about it. A
 * person's user intent stays unless the operation comes to the same.
 */
function remainingIntents(node: StatefulNode, kind: OperationKind): readonly Intent[] {
  if (kind === 'adjust') return node.intents;
  const userIntent = latestUserIntent(node);
  const bringsInstance: readonly OperationKind[] = ['launch', 'replace'];
  const isAnswered =
    userIntent === undefined ||
    userIntent.kind === kind ||
    (bringsInstance.includes(kind) && bringsInstance.includes(userIntent.kind));
  return isAnswered ? [] : [userIntent];
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
  // Both are found again when the operation has ended, if they are still called for.
  if (kind === 'adjust' || (trigger.kind === 'request' && trigger.retries !== undefined)) {
    return { kind: 'ignore', why: `a ${running.kind} is under way` };
  }
  const known = node.intents.some((intent) => intent.kind === kind && intent.instanceId === trigger.instanceId);
  if (known) return { kind: 'ignore', why: 'the same is waiting already' };
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
