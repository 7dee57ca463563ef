/**
 * Who may act on a node: one operation at a time. What arrives meanwhile is kept as an intent, unless the
 * operation under way already answers it.
 */
import { attachmentOf, type EniAttachment } from './node-config';
import type { TakeRequest, Trigger } from './trigger';
import type { Intent, Operation, StatefulNode } from './stateful-node';

export type TakeDecision =
  /** The node is ours now; `node` is the record to write. */
  | { readonly kind: 'take'; readonly node: StatefulNode; readonly plan: Plan }
  /** This very execution owns it already: its first try was answered and the answer lost. */
  | { readonly kind: 'owned'; readonly plan: Plan }
  /** Another operation owns it: write the intent down for the end of that one. */
  | { readonly kind: 'keep'; readonly node: StatefulNode; readonly why: string }
  | { readonly kind: 'ignore'; readonly why: string };

/** What the owner's state machine has to know. */
export interface Plan {
  readonly nodeId: string;
  readonly generation: number;
  /** How the replacement carries the interface. */
  readonly attachment: EniAttachment;
  /**
   * Whether the old instance has to be terminated before the replacement is launched: where the interface is, or
   * is to be, a primary one.
   */
  readonly releaseFirst: boolean;
  /** Whole seconds that the old instance may go on before it is terminated. */
  readonly drainSeconds: number;
}

/** May this execution operate on the node? `now` is ISO 8601, UTC. */
export function decideTake(node: StatefulNode, request: TakeRequest, now: string): TakeDecision {
  const { operation } = node;
  if (operation?.executionId === request.executionId) {
    return { kind: 'owned', plan: planOf(node, operation, request.trigger, now) };
  }
  const moot = whyMoot(node, request);
  if (moot !== undefined) return { kind: 'ignore', why: moot };
  return operation === undefined ? take(node, request, now) : keep(node, operation, request, now);
}

/** The intents that still mean something once `instanceId` carries the node. */
export function liveIntents(node: StatefulNode, instanceId: string | undefined): readonly Intent[] {
  return node.intents.filter((intent) => intent.instanceId === undefined || intent.instanceId === instanceId);
}

/** The record after its operation has ended. */
export function released(node: StatefulNode): StatefulNode {
  const { operation: _ended, ...rest } = node;
  return rest;
}

function planOf(node: StatefulNode, { generation, config }: Operation, trigger: Trigger, now: string): Plan {
  const attachment = attachmentOf(config);
  return {
    nodeId: node.id,
    generation,
    attachment,
    releaseFirst: attachment === 'cold' || node.instance?.attachment === 'cold',
    drainSeconds: drainSeconds(node, trigger, now),
  };
}

/** Never past the end that a warning announces: what is left then is better spent on the replacement. */
function drainSeconds(node: StatefulNode, trigger: Trigger, now: string): number {
  const configured = node.instance === undefined ? 0 : (node.config.strategy?.drainingTimeout ?? 0);
  if (trigger.kind !== 'warning') return configured;
  const leftSeconds = Math.floor((Date.parse(trigger.endsAt) - Date.parse(now)) / 1000);
  return Math.max(0, Math.min(configured, leftSeconds));
}

function whyMoot(node: StatefulNode, { operation, trigger }: TakeRequest): string | undefined {
  if (node.status === 'DEALLOCATING') return 'the node is being deleted';
  if (trigger.kind === 'rebalance' && node.config.strategy?.rebalanceRecommendation !== 'replace') {
    return 'the node ignores rebalance recommendations';
  }
  if (trigger.instanceId !== undefined) {
    const concerned = [node.instance?.id, node.operation?.oldInstanceId, node.operation?.launch?.instanceId];
    if (!concerned.includes(trigger.instanceId)) return 'the instance no longer carries the node';
  }
  if (operation === 'launch' && node.instance !== undefined) return 'the node has an instance already';
  return undefined;
}

function take(node: StatefulNode, { operation: kind, executionId, trigger }: TakeRequest, now: string): TakeDecision {
  const generation = node.generation + 1;
  const operation: Operation = {
    kind,
    executionId,
    generation,
    startedAt: now,
    reason: trigger.reason,
    config: node.config,
    eligibleSubnetIds: node.eligibleSubnetIds,
    oldInstanceId: node.instance?.id,
    retiredInterfaceIds: [],
  };
  const { errorReason: _settled, ...rest } = node;
  const taken: StatefulNode = {
    ...rest,
    generation,
    operation,
    status: kind === 'launch' ? 'RESUMING' : 'RECYCLING',
    // A launch or a replacement is what every kept intent asked for; events about older instances have lapsed.
    intents: [],
    updatedAt: now,
  };
  return { kind: 'take', node: taken, plan: planOf(node, operation, trigger, now) };
}

function keep(node: StatefulNode, running: Operation, request: TakeRequest, now: string): TakeDecision {
  const { operation: kind, trigger } = request;
  if (trigger.instanceId !== undefined && trigger.instanceId === running.oldInstanceId) {
    return { kind: 'ignore', why: 'the instance is being replaced already' };
  }
  const known = node.intents.some((intent) => intent.kind === kind && intent.instanceId === trigger.instanceId);
  if (known) return { kind: 'ignore', why: 'the same is waiting already' };
  const intent: Intent = { kind, reason: trigger.reason, instanceId: trigger.instanceId, requestedAt: now };
  return {
    kind: 'keep',
    node: { ...node, intents: [...node.intents, intent], updatedAt: now },
    why: `kept for the end of the ${running.kind} under way`,
  };
}
