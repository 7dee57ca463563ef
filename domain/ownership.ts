/**
 * Who may act on a node: one operation at a time. What arrives meanwhile is kept as an intent, unless the
 * operation under way already answers it.
 */
import { attachmentOf, type EniAttachment } from './node-config';
import type { TakeRequest, Trigger } from './trigger';
import type { Intent, NodeStatus, Operation, OperationKind, StatefulNode } from './stateful-node';

export type TakeDecision =
  /** The node is ours now; `node` is the record to write. */
  | { readonly kind: 'take'; readonly node: StatefulNode; readonly plan: Plan }
  /** This very execution owns it already: its first try was answered and the answer lost. */
  | { readonly kind: 'owned'; readonly plan: Plan }
  /** Another operation owns it: write the intent down for the end of that one. */
  | { readonly kind: 'keep'; readonly node: StatefulNode; readonly why: string }
  /** `node`, where there is one, is the record without the wish that has nothing to do any more. */
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
   * Whether the old instance has to be terminated before the replacement is launched: where the interface is, or
   * is to be, a primary one.
   */
  readonly releaseFirst: boolean;
  /** Whether the instance that the node is imported from has to be adopted first. */
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
  if (operation?.executionId === request.executionId) {
    return { kind: 'owned', plan: planOf(node, operation, request.trigger, now) };
  }
  if (takesOver(request) !== undefined) return takeOver(node, request, now);
  const moot = whyMoot(node, request);
  if (moot !== undefined) return { kind: 'ignore', why: moot, node: withoutMootWish(node, request) };
  return operation === undefined ? take(node, request, now) : keep(node, operation, request, now);
}

/** An intent, or an adjustment that nobody had to ask for. */
export type FollowUp = Pick<Intent, 'kind' | 'reason' | 'instanceId' | 'endsAt'> & Partial<Pick<Intent, 'requestedAt'>>;

/** What has to happen next: a person's latest wish, then an event's, then settings that are not applied yet. */
export function followUp(node: StatefulNode): FollowUp | undefined {
  const intent = latestWish(node) ?? node.intents[0];
  if (intent !== undefined) return intent;
  return node.configRevision > node.appliedRevision ? { kind: 'adjust', reason: 'settings updated' } : undefined;
}

/** The status to show: a wish that is about to be carried out shows already. */
export function shownStatus(node: StatefulNode): NodeStatus {
  if (node.deletion !== undefined) return 'DEALLOCATING';
  const wish = node.operation === undefined ? latestWish(node) : undefined;
  return (wish && STATUS_DURING[wish.kind]) ?? node.status;
}

/** The latest thing that a person asked for: the last one wins. */
export function latestWish({ intents }: StatefulNode): Intent | undefined {
  return intents.findLast(({ instanceId }) => instanceId === undefined);
}

/** The intents with a person's latest wish in the place of the earlier ones. */
export function withWish(intents: readonly Intent[], wish: Intent | undefined): readonly Intent[] {
  const events = intents.filter(({ instanceId }) => instanceId !== undefined);
  return wish === undefined ? events : [...events, wish];
}

/**
 * The intents that still mean something once `instanceId` carries the node, or nothing does: not those about
 * another instance, nor a wish for an instance where there is one.
 */
export function liveIntents(node: StatefulNode, instanceId: string | undefined): readonly Intent[] {
  return node.intents.filter((intent) =>
    intent.instanceId === undefined
      ? intent.kind !== 'launch' || instanceId === undefined
      : intent.instanceId === instanceId,
  );
}

/** The record after its operation has ended. */
export function released(node: StatefulNode): StatefulNode {
  const { operation: _ended, ...rest } = node;
  return rest;
}

function planOf(node: StatefulNode, operation: Operation, trigger: Trigger, now: string): Plan {
  const { generation, config, reason } = operation;
  const attachment = attachmentOf(config);
  return {
    nodeId: node.id,
    generation,
    reason,
    attachment,
    releaseFirst: attachment === 'cold' || node.instance?.attachment === 'cold',
    adopt: node.adoption !== undefined && node.adoption.committedAt === undefined,
    drainSeconds: drainSeconds(node, operation, trigger, now),
    hasInterface: node.identity.interfaceId !== undefined,
    leaveInstance: node.deletion?.shouldTerminateInstance === false,
  };
}

/**
 * Never past the end that a warning announces: what is left then is better spent on the replacement. An operation
 * that is taken over has spent some of it already.
 */
function drainSeconds(node: StatefulNode, { startedAt }: Operation, trigger: Trigger, now: string): number {
  const configured = node.instance === undefined ? 0 : (node.config.strategy?.drainingTimeout ?? 0);
  const passedSeconds = Math.ceil((Date.parse(now) - Date.parse(startedAt)) / 1000);
  const endsAt = trigger.kind === 'rebalance' ? undefined : trigger.endsAt;
  const leftSeconds = endsAt === undefined ? Infinity : Math.floor((Date.parse(endsAt) - Date.parse(now)) / 1000);
  return Math.max(0, Math.min(configured - passedSeconds, leftSeconds));
}

function whyMoot(node: StatefulNode, { operation, trigger }: TakeRequest): string | undefined {
  if (node.deletion !== undefined && operation !== 'delete') return 'the node is being deleted';
  if (trigger.kind === 'rebalance' && node.config.strategy?.rebalanceRecommendation !== 'replace') {
    return 'the node ignores rebalance recommendations';
  }
  if (trigger.instanceId !== undefined && !isConcerned(node, trigger.instanceId)) {
    return 'the instance no longer carries the node';
  }
  if (operation === 'launch' && node.instance !== undefined) return 'the node has an instance already';
  if (trigger.kind === 'request' && trigger.retries !== undefined && trigger.retries !== node.failure?.nextTryAt) {
    return 'another operation has been tried since';
  }
  return trigger.kind === 'request' ? whyOvertaken(node, trigger.requestedAt) : undefined;
}

/** A wish that cannot come to anything would be started again and again. */
function withoutMootWish(node: StatefulNode, { trigger }: TakeRequest): StatefulNode | undefined {
  const isThisWish = trigger.kind === 'request' && trigger.requestedAt === latestWish(node)?.requestedAt;
  const isWaiting = node.operation === undefined && node.deletion === undefined;
  if (!isThisWish || !isWaiting || latestWish(node) === undefined) return undefined;
  return { ...node, intents: withWish(node.intents, undefined) };
}

function isConcerned({ instance, operation }: StatefulNode, instanceId: string): boolean {
  // The index knows a new instance a moment before the record names it.
  if (operation?.launch?.state === 'requested') return true;
  return [instance?.id, operation?.oldInstanceId, operation?.launch?.instanceId].includes(instanceId);
}

/** A wish that the record no longer holds was taken back, carried out, or followed by another. */
function whyOvertaken(node: StatefulNode, requestedAt: string | undefined): string | undefined {
  const wish = latestWish(node);
  if (requestedAt === undefined || wish?.requestedAt === requestedAt) return undefined;
  return wish === undefined ? 'the wish was taken back or carried out' : `a ${wish.kind} was asked for since`;
}

/** An adjustment does not show: the node goes on as it was. */
const STATUS_DURING: Readonly<Partial<Record<OperationKind, NodeStatus>>> = {
  launch: 'RESUMING',
  replace: 'RECYCLING',
  pause: 'PAUSING',
  delete: 'DEALLOCATING',
};

function take(node: StatefulNode, { operation: kind, executionId, trigger }: TakeRequest, now: string): TakeDecision {
  const generation = node.generation + 1;
  const operation: Operation = {
    kind,
    executionId,
    generation,
    startedAt: now,
    reason: trigger.reason,
    config: node.config,
    configRevision: node.configRevision,
    eligibleSubnetIds: node.eligibleSubnetIds,
    oldInstanceId: node.instance?.id,
    retiredInterfaceIds: [],
  };
  const taken: StatefulNode = {
    ...(kind === 'adjust' ? node : withoutReason(node)),
    generation,
    operation,
    status: STATUS_DURING[kind] ?? node.status,
    intents: remainingIntents(node, kind),
    updatedAt: now,
  };
  return { kind: 'take', node: taken, plan: planOf(node, operation, trigger, now) };
}

/** An adjustment may leave the node in the state it was in, and then for the same reason. */
function withoutReason(node: StatefulNode): StatefulNode {
  const { errorReason: _settled, ...rest } = node;
  return rest;
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
  const generation = node.generation + 1;
  const operation: Operation = { ...stopped, executionId: request.executionId, generation };
  return {
    kind: 'take',
    node: { ...node, generation, operation, updatedAt: now },
    plan: planOf(node, operation, request.trigger, now),
  };
}

/**
 * An adjustment leaves the instance alone; any other operation ends it, and with it what events said about it. A
 * person's wish stays unless the operation comes to the same.
 */
function remainingIntents(node: StatefulNode, kind: OperationKind): readonly Intent[] {
  if (kind === 'adjust') return node.intents;
  const wish = latestWish(node);
  const bringsInstance: readonly OperationKind[] = ['launch', 'replace'];
  const isAnswered =
    wish === undefined || wish.kind === kind || (bringsInstance.includes(kind) && bringsInstance.includes(wish.kind));
  return isAnswered ? [] : [wish];
}

function keep(node: StatefulNode, running: Operation, request: TakeRequest, now: string): TakeDecision {
  const { operation: kind, trigger } = request;
  // An adjustment replaces nothing.
  if (running.kind !== 'adjust' && trigger.instanceId !== undefined && trigger.instanceId === running.oldInstanceId) {
    return { kind: 'ignore', why: 'the instance is being replaced already' };
  }
  // Both are found again when the operation has ended, if they are still called for.
  if (kind === 'adjust' || (trigger.kind === 'request' && trigger.retries !== undefined)) {
    return { kind: 'ignore', why: `a ${running.kind} is under way` };
  }
  const known = node.intents.some((intent) => intent.kind === kind && intent.instanceId === trigger.instanceId);
  if (known) return { kind: 'ignore', why: 'the same is waiting already' };
  const endsAt = trigger.kind === 'rebalance' ? undefined : trigger.endsAt;
  const intent: Intent = { kind, reason: trigger.reason, instanceId: trigger.instanceId, requestedAt: now, endsAt };
  const intents = intent.instanceId === undefined ? withWish(node.intents, intent) : [...node.intents, intent];
  return {
    kind: 'keep',
    node: { ...node, intents, updatedAt: now },
    why: `kept for the end of the ${running.kind} under way`,
  };
}
