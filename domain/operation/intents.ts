/** Intents: what was asked for and is not under way, and which operation follows from it. */
import type { NodeRequest } from './trigger';
import {
  hasUnappliedUpdate,
  type Intent,
  type NodeStatus,
  type OperationKind,
  type StatefulNode,
} from '../node/stateful-node';

/** An intent, or an adjustment that the record itself requires. */
export type FollowUp = Pick<Intent, 'kind' | 'reason' | 'instanceId' | 'endsAt' | 'cause'> &
  Partial<Pick<Intent, 'requestedAt'>>;

/** The next operation: for the latest user intent, then for an event, then for settings that are not applied yet. */
export function followUp(node: StatefulNode): FollowUp | undefined {
  const intent = latestUserIntent(node) ?? node.intents[0];
  if (intent !== undefined) return intent;
  const isDue = hasUnappliedUpdate(node) && !isAwaitingAnother(node) && !isAwaitingAdoption(node);
  return isDue ? { kind: 'adjust', reason: 'settings updated' } : undefined;
}

/** The input of the execution that carries it out. */
export function requestOf({ id }: StatefulNode, next: FollowUp): NodeRequest {
  const { reason, instanceId, endsAt, cause, requestedAt } = next;
  return { nodeId: id, reason, instanceId, endsAt, cause, ...(instanceId === undefined && { requestedAt }) };
}

/** Whether a failed operation is tried again first, before the settings are applied. */
function isAwaitingAnother({ failure }: StatefulNode): boolean {
  return failure?.nextTryAt !== undefined && failure.operation !== 'adjust';
}

/**
 * Whether the import must still adopt its original. Until then the original and its interface do not have the node's tags,
 * without which we may change neither. The settings are applied after the import.
 */
export function isAwaitingAdoption({ adoption, deletion }: StatefulNode): boolean {
  return adoption !== undefined && adoption.adoptedAt === undefined && deletion === undefined;
}

/** The status to show. It already reflects a user intent whose operation is about to start. */
export function shownStatus(node: StatefulNode): NodeStatus {
  if (node.deletion !== undefined) return 'DEALLOCATING';
  const userIntent = node.operation === undefined ? latestUserIntent(node) : undefined;
  return (userIntent && STATUS_DURING[userIntent.kind]) ?? node.status;
}

/** An adjustment has no status of its own: the node keeps the status that it has. */
export const STATUS_DURING: Readonly<Partial<Record<OperationKind, NodeStatus>>> = {
  launch: 'RESUMING',
  replace: 'RECYCLING',
  pause: 'PAUSING',
  delete: 'DEALLOCATING',
};

/** The latest user intent, which replaces earlier ones. */
export function latestUserIntent({ intents }: StatefulNode): Intent | undefined {
  return intents.findLast(({ instanceId }) => instanceId === undefined);
}

/** The intents with `userIntent` in place of the earlier user intents. */
export function withUserIntent(intents: readonly Intent[], userIntent: Intent | undefined): readonly Intent[] {
  const events = intents.filter(({ instanceId }) => instanceId !== undefined);
  return userIntent === undefined ? events : [...events, userIntent];
}

/**
 * The intents that remain valid once `instanceId` carries the node, or no instance does (undefined). Events about
 * another instance are dropped, and so is a user intent to launch if there is an instance.
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
