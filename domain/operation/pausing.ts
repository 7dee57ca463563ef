/** A failed pause is tried again until it succeeds or a person resumes the node. */
import { givenUpOf, withGivenUp } from './given-up';
import { withUserIntent } from './intents';
import type { StatefulNode } from '../node/stateful-node';

/** Whether a pause has failed and will be tried again. Then the end of the instance is no loss. */
export function isToBePaused({ failure }: StatefulNode): boolean {
  return failure?.operation === 'pause';
}

/**
 * The record of a node whose failed pause was withdrawn. The reconciler finds out whether its instance still runs.
 * `now` is ISO 8601, UTC.
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
