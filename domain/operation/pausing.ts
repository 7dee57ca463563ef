/** A pause that has failed is tried again, until a person wants the node to run. */
import { givenUpOf, withGivenUp } from './given-up';
import { withUserIntent } from './intents';
import type { StatefulNode } from '../node/stateful-node';

/** Whether a pause has failed and is still what a person wants: the end of the instance is then no loss. */
export function isToBePaused({ failure }: StatefulNode): boolean {
  return failure?.operation === 'pause';
}

/**
 * The record of a node that is not to be paused any more. Whether its instance has lived through the pause, the
 * reconciler finds out. `now` is ISO 8601, UTC.
 */
export function withoutPause(node: StatefulNode, now: string): StatefulNode {
  const { failure, errorReason: _failed, ...rest } = node;
  const kept = [node.instance?.id, node.identity.interfaceId];
  const left = failure?.remains === undefined ? [] : givenUpOf(failure.remains, now);
  const unused = left.filter((each) => !('id' in each) || !kept.includes(each.id));
  return {
    ...withGivenUp(rest, unused),
    status: 'ACTIVE',
    intents: withUserIntent(node.intents, undefined),
    updatedAt: now,
  };
}
