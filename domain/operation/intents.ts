/** What was asked of a node and is not under way yet, and what it comes to. */
import type { Intent, NodeStatus, OperationKind, StatefulNode } from '../node/stateful-node';

/** An intent, or an adjustment that the record itself calls for. */
export type FollowUp = Pick<Intent, 'kind' | 'reason' | 'instanceId' | 'endsAt' | 'cause'> &
  Partial<Pick<Intent, 'requestedAt'>>;

/** What has to happen next: a person's latest user intent, then an event's, then settings that are not applied yet. */
export function followUp(node: StatefulNode): FollowUp | undefined {
  const intent = latestUserIntent(node) ?? node.intents[0];
  if (intent !== undefined) return intent;
  const isDue = node.configRevision > node.appliedRevision && !isAwaitingAnother(node);
  return isDue ? { kind: 'adjust', reason: 'settings updated' } : undefined;
}

/** Whether an operation that failed comes first, and the settings after it. */
function isAwaitingAnother({ failure }: StatefulNode): boolean {
  return failure?.nextTryAt !== undefined && failure.operation !== 'adjust';
}

/** The status to show: a user intent that is about to be carried out shows already. */
export function shownStatus(node: StatefulNode): NodeStatus {
  if (node.deletion !== undefined) return 'DEALLOCATING';
  const userIntent = node.operation === undefined ? latestUserIntent(node) : undefined;
  return (userIntent && STATUS_DURING[userIntent.kind]) ?? node.status;
}

/** An adjustment does not show: the node keeps the status that it has. */
export const STATUS_DURING: Readonly<Partial<Record<OperationKind, NodeStatus>>> = {
  launch: 'RESUMING',
  replace: 'RECYCLING',
  pause: 'PAUSING',
  delete: 'DEALLOCATING',
};

/** The latest thing that a person asked for: the last one wins. */
export function latestUserIntent({ intents }: StatefulNode): Intent | undefined {
  return intents.findLast(({ instanceId }) => instanceId === undefined);
}

/** The intents with a person's latest user intent in the place of the earlier ones. */
export function withUserIntent(intents: readonly Intent[], userIntent: Intent | undefined): readonly Intent[] {
  const events = intents.filter(({ instanceId }) => instanceId !== undefined);
  return userIntent === undefined ? events : [...events, userIntent];
}

/**
 * The intents that still mean something once `instanceId` carries the node, or nothing does: not those about
 * another instance, nor a user intent for an instance where there is one.
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
