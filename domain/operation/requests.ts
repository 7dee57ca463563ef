/** A person's requests for a node, and how they change the record at once. */
import { followUp, latestUserIntent, withUserIntent, type FollowUp } from './intents';
import { isToBePaused, withoutPause } from './pausing';
import type { Deletion, Intent, Operation, OperationKind, StatefulNode } from '../node/stateful-node';

export type RequestDecision =
  /** The node is in the requested state already, or an operation is bringing it there. */
  | { readonly kind: 'nothing'; readonly why: string }
  /** Write the record, then start the operation. If one is under way, the new one starts when that one ends. */
  | { readonly kind: 'save'; readonly node: StatefulNode; readonly start: FollowUp | undefined };

export type Action = 'pause' | 'resume' | 'recycle';

/** Repeated requests are harmless. The last user intent replaces one that is waiting. `now` is ISO 8601, UTC. */
export function decideAction(node: StatefulNode, action: Action, now: string): RequestDecision {
  const { operation } = node;
  // An adjustment does not change whether the node has an instance.
  const isAtRest = operation === undefined || operation.kind === 'adjust';
  if (action === 'resume' && isAtRest && node.instance !== undefined && isToBePaused(node)) {
    return withdrawal(withoutPause(node, now));
  }
  const kind = OPERATION_OF[action](node);
  const reached = isAtRest && isReached(node, action);
  const underWay = !isAtRest && isFulfilledBy(operation, node, action);
  if (reached || underWay) {
    if (latestUserIntent(node) === undefined)
      return { kind: 'nothing', why: reached ? 'the node is in that state already' : 'it is under way' };
    // An earlier user intent for something else is waiting: this request withdraws it.
    return withdrawal({ ...node, intents: withUserIntent(node.intents, undefined), updatedAt: now });
  }
  return userIntent(node, { kind, reason: `${action} requested`, requestedAt: now });
}

/** From now on the API no longer shows the node; only its clean-up works on it. `now` is ISO 8601, UTC. */
export function decideDeletion(node: StatefulNode, deletion: Deletion, now: string): RequestDecision {
  return userIntent({ ...node, deletion }, { kind: 'delete', reason: 'deletion requested', requestedAt: now });
}

/** What waited behind the withdrawn intent comes next. If an operation is under way, it starts when that one ends. */
function withdrawal(node: StatefulNode): RequestDecision {
  return { kind: 'save', node, start: node.operation === undefined ? followUp(node) : undefined };
}

function userIntent(node: StatefulNode, intent: Intent): RequestDecision {
  const withIntent = { ...node, intents: withUserIntent(node.intents, intent), updatedAt: intent.requestedAt };
  return { kind: 'save', node: withIntent, start: node.operation === undefined ? intent : undefined };
}

/** Recycling a paused node means resuming it. */
const OPERATION_OF: Readonly<Record<Action, (node: StatefulNode) => OperationKind>> = {
  pause: () => 'pause',
  resume: () => 'launch',
  recycle: (node) => (willHaveInstance(node) ? 'replace' : 'launch'),
};

function isReached(node: StatefulNode, action: Action): boolean {
  // A launch that failed because its address is taken leaves the node PAUSED until the next try.
  if (action === 'pause') return node.status === 'PAUSED' && node.failure === undefined;
  return action === 'resume' && node.instance !== undefined;
}

/** Whether the operation under way has the result that the action asks for. */
function isFulfilledBy(operation: Operation, { configRevision }: StatefulNode, action: Action): boolean {
  if (action === 'pause') return operation.kind === 'pause';
  const launches = operation.kind === 'launch' || operation.kind === 'replace';
  // A recycle after an update needs an instance with the new settings, which this operation does not use.
  return launches && (action === 'resume' || operation.configRevision === configRevision);
}

/** Whether there is an instance to replace, once the operation under way has ended. */
function willHaveInstance({ operation, instance }: StatefulNode): boolean {
  if (operation === undefined || operation.kind === 'adjust') return instance !== undefined;
  return operation.kind === 'launch' || operation.kind === 'replace';
}
