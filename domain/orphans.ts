/**
 * Instances and interfaces that carry a node's tag and that no record names: left by a step that died at the wrong
 * moment. They are marked first and removed only after a grace time, and only where Holdfast has made them.
 */
import type { StatefulNode } from './stateful-node';

/** What the tags say of where something comes from. */
export interface Origin {
  readonly nodeId: string;
  /** Made by one of our operations; what was adopted is not. */
  readonly isOurMaking: boolean;
  /** Left behind on purpose when its node was deleted. */
  readonly isLeft: boolean;
  /** When it was marked as claimed by nobody; ISO 8601, UTC. Absent where it is not marked. */
  readonly unclaimedSince?: string | undefined;
}

/** Something with a node's tag. */
export interface Tagged {
  readonly id: string;
  readonly origin: Origin;
  /** Whether it can be removed: an interface that something holds cannot. */
  readonly isFree: boolean;
}

export type OrphanDecision = 'nothing' | 'mark' | 'unmark' | 'remove';

/** Long after a step that is still on its way would have written down what it made. */
const GRACE_MS = 10 * 60_000;

/** @param node the record that the tag names; `now` is ISO 8601, UTC. */
export function decideOrphan(
  { id, origin, isFree }: Tagged,
  node: StatefulNode | undefined,
  now: string,
): OrphanDecision {
  const { unclaimedSince, isLeft, isOurMaking } = origin;
  // EC2 shows tags late: what has just been left may have been marked before that was to be seen.
  if (isLeft || isClaimed(id, node)) return unclaimedSince === undefined ? 'nothing' : 'unmark';
  if (unclaimedSince === undefined) return 'mark';
  const isOver = Date.parse(now) - Date.parse(unclaimedSince) >= GRACE_MS;
  return isOver && isOurMaking && isFree ? 'remove' : 'nothing';
}

/** An operation under way may be making it at this moment: it is known to be an orphan only when that has ended. */
function isClaimed(id: string, node: StatefulNode | undefined): boolean {
  if (node === undefined) return false;
  const named = [node.instance?.id, node.identity.interfaceId, node.adoption?.originalInstanceId];
  return node.operation !== undefined || named.includes(id);
}
