/**
 * Unknown instances and interfaces: they have this deployment's tag and no record accounts for them. They are reported
 * and never removed. If the table was emptied or restored to an earlier time, they are what Holdfast must keep.
 */
import { idsNamedBy, tokensNamedBy } from '../operation/given-up';
import type { LeftMarks } from '../node/observations';
import type { StatefulNode } from '../node/stateful-node';

/** What the tags of a thing say about its origin. */
export interface Origin extends LeftMarks {
  readonly nodeId: string;
  /** Absent if Holdfast adopted the thing rather than made it. */
  readonly nodeName?: string | undefined;
  /** The operation that made it. Absent if Holdfast adopted the thing rather than made it. */
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

/** Whether no record accounts for the thing. @param node the record that the tag names */
export function isUnknown({ id, origin }: Tagged, node: StatefulNode | undefined): boolean {
  if (origin.isLeft) return false;
  if (node === undefined) return true;
  // An operation under way may be making it right now.
  if (node.operation !== undefined || idsNamedBy(node).includes(id)) return false;
  const isGivenUp = (node.givenUp ?? []).some((each) => 'id' in each && each.id === id);
  const isRequested = origin.clientToken !== undefined && tokensNamedBy(node).includes(origin.clientToken);
  return !isGivenUp && !isRequested;
}

/**
 * Whether the thing proves that the record is out of date. An operation writes its generation to the record before it
 * makes anything. A deletion tags what it leaves before it removes the record.
 */
export function isAhead({ id, origin }: Tagged, node: StatefulNode | undefined): boolean {
  if (node === undefined) return false;
  const isOfLater = origin.generation !== undefined && origin.generation > node.generation;
  const isLeft = origin.isLeft && node.deletion === undefined && idsNamedBy(node).includes(id);
  return isOfLater || isLeft;
}

/** The table is in doubt if at least this many things are unknown... */
const MANY = 3;
/** ...and more than this share of the number of nodes. */
const MANY_SHARE = 0.1;

/** Whether so many things are unknown that the table is in doubt. */
export function areMany(unknown: number, nodes: number): boolean {
  return unknown >= MANY && unknown > nodes * MANY_SHARE;
}
