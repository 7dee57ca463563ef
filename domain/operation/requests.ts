/** What a person asks of a node, and what it changes in the record at once. */
import { latestUserIntent, withUserIntent } from './intents';
import { isToBePaused, withoutPause } from './pausing';
import type { Deletion, Intent, Operation, OperationKind, StatefulNode } from '../node/stateful-node';

export type RequestDecision =
  /** The node is there already, or on its way. */
  | { readonly kind: 'nothing'; readonly why: string }
  /** Write the record; then start the operation, unless one runs: it is started at the end of that one. */
  | { readonly kind: 'save'; readonly node: StatefulNode; readonly start: Intent | undefined };

export type Action = 'pause' | 'resume' | 'recycle';

/** Repeats are harmless; the last user intent wins over those that are still waiting. `now` is ISO 8601, UTC. */
export function decideAction(node: StatefulNode, action: Action, now: string): RequestDecision {
  const { operation } = node;
  if (action === 'resume' && operation === undefined && node.instance !== undefined && isToBePaused(node)) {
    return { kind: 'save', node: withoutPause(node, now), start: undefined };
  }
  const kind = OPERATION_OF[action](node);
  // An adjustment leaves the node where it is.
  const isStill = operation === undefined || operation.kind === 'adjust';
  const reached = isStill && isReached(node, action);
  const underWay = !isStill && isAnsweredBy(operation, node, action);
  if (reached || underWay) {
    if (latestUserIntent(node) === undefined)
      return { kind: 'nothing', why: reached ? 'it is so already' : 'it is under way' };
    // An earlier user intent for something else is still waiting: this one takes it back.
    const taken = { ...node, intents: withUserIntent(node.intents, undefined), updatedAt: now };
    return { kind: 'save', node: taken, start: undefined };
  }
  return userIntent(node, { kind, reason: `${action} requested`, requestedAt: now });
}

/** From now on the node is gone for everybody but its clean-up. `now` is ISO 8601, UTC. */
export function decideDeletion(node: StatefulNode, deletion: Deletion, now: string): RequestDecision {
  return userIntent({ ...node, deletion }, { kind: 'delete', reason: 'deletion requested', requestedAt: now });
}

function userIntent(node: StatefulNode, intent: Intent): RequestDecision {
  const withIntent = { ...node, intents: withUserIntent(node.intents, intent), updatedAt: intent.requestedAt };
  return { kind: 'save', node: withIntent, start: node.operation === undefined ? intent : undefined };
}

/** Recycling a paused node is resuming it; a resume of a node that has an instance has nothing to do. */
const OPERATION_OF: Readonly<Record<Action, (node: StatefulNode) => OperationKind>> = {
  pause: () => 'pause',
  resume: () => 'launch',
  recycle: (node) => (willHaveInstance(node) ? 'replace' : 'launch'),
};

function isReached(node: StatefulNode, action: Action): boolean {
  // A launch that failed for want of its address leaves the node paused until it is tried again.
  if (action === 'pause') return node.status === 'PAUSED' && node.failure === undefined;
  return action === 'resume' && node.instance !== undefined;
}

/** Whether the operation under way comes to what the action asks for. */
function isAnsweredBy(operation: Operation, { configRevision }: StatefulNode, action: Action): boolean {
  if (action === 'pause') return operation.kind === 'pause';
  const launches = operation.kind === 'launch' || operation.kind === 'replace';
  // A recycle after an update asks for an instance with the new settings, which this operation does not know.
  return launches && (action === 'resume' || operation.configRevision === configRevision);
}

/** Whether there is an instance to replace, once the operation under way has ended. */
function willHaveInstance({ operation, instance }: StatefulNode): boolean {
  if (operation === undefined || operation.kind === 'adjust') return instance !== undefined;
  return operation.kind === 'launch' || operation.kind === 'replace';
}
