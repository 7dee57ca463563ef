/**
 * A limit on healing. If the status checks of one instance fail, that instance is probably broken. If the checks of
 * many fail at once, the cause is probably the checks, the network or the zone, and replacing every instance would turn
 * a false alarm into an outage.
 */
import type { Repair } from './reconciliation';

/** If more than this share of the nodes fail their checks at once, no node is healed. */
const DOUBTFUL_SHARE = 0.2;
/** The share of the nodes that may be healed at the same time. */
const AT_ONCE_SHARE = 0.1;

export interface Healing {
  /** The ids of the nodes to heal now. */
  readonly heal: readonly string[];
  /** The ids of the nodes that are not healed until a person acts or the checks pass again. */
  readonly held: readonly string[];
}

/**
 * Decides which nodes whose checks fail are healed.
 * @param nodes how many nodes there are, and how many of them are being healed
 * @param repairs the operations that the nodes are missing
 */
export function decideHealing(
  { nodes, beingHealed }: { readonly nodes: number; readonly beingHealed: number },
  repairs: readonly Repair[],
): Healing {
  const unhealthy = repairs.filter(({ request }) => request.cause === 'unhealthy').map(({ request }) => request.nodeId);
  const areTooMany = unhealthy.length + beingHealed > Math.max(1, nodes * DOUBTFUL_SHARE);
  if (areTooMany) return { heal: [], held: unhealthy };
  const atOnce = Math.max(1, Math.floor(nodes * AT_ONCE_SHARE)) - beingHealed;
  return { heal: unhealthy.slice(0, Math.max(0, atOnce)), held: [] };
}
