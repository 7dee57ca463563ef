/**
 * Instances and interfaces that carry this deployment's tag and that its table does not account for. They are shown and
 * never removed: the table may have been emptied, or restored to an earlier time, and then they are what it is to keep.
 */
import { idsNamedBy, tokensNamedBy } from '../operation/given-up';
import type { StatefulNode } from '../node/stateful-node';

/** What the tags say of where something comes from. */
export interface Origin {
  readonly nodeId: string;
  /** Absent where Holdfast has adopted it rather than made it. */
  readonly nodeName?: string | undefined;
  /** The operation that made it. Absent where Holdfast has adopted it rather than made it. */
  readonly generation?: number | undefined;
  /** The client token of the request that made it. */
  readonly clientToken?: string | undefined;
  /** Left behind on purpose when its node was deleted. */
  readonly isLeft: boolean;
}

/** Something with this deployment's tag. */
export interface Tagged {
  readonly kind: 'instance' | 'interface';
  readonly id: string;
  readonly origin: Origin;
}

/** Does the table account for it? @param node the record that the tag names */
export function isUnknown({ id, origin }: Tagged, node: StatefulNode | undefined): boolean {
  if (origin.isLeft) return false;
  if (node === undefined) return true;
  // An operation under way may be making it at this moment.
  if (node.operation !== undefined || idsNamedBy(node).includes(id)) return false;
  const isGivenUp = (node.givenUp ?? []).some((each) => 'id' in each && each.id === id);
  const isAskedFor = origin.clientToken !== undefined && tokensNamedBy(node).includes(origin.clientToken);
  return !isGivenUp && !isAskedFor;
}

/**
 * Does it prove that the record is older than what EC2 shows? An operation writes its number down before it makes
 * anything, and a deletion removes the record after it has marked what it leaves.
 */
export function isAhead({ id, origin }: Tagged, node: StatefulNode | undefined): boolean {
  if (node === undefined) return false;
  const isOfLater = origin.generation !== undefined && origin.generation > node.generation;
  const isLeft = origin.isLeft && node.deletion === undefined && idsNamedBy(node).includes(id);
  return isOfLater || isLeft;
}

/** Unknown things that hold the reconciler back in any deployment, and the share of the nodes' number above which they do. */
const MANY = 3;
const MANY_SHARE = 0.1;

/** Are so many unknown that the table is in doubt, rather than the things? */
export function areMany(unknown: number, nodes: number): boolean {
  return unknown >= MANY && unknown > nodes * MANY_SHARE;
}
