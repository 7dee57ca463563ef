/**
 * A brake on healing. Checks that fail on one instance speak of that instance; checks that fail on many at once speak of
 * the checks, the network or the zone, and replacing every instance would turn a false alarm into an outage.
 */
import type { Repair } from './reconciliation';
import type { StatefulNode } from '../node/stateful-node';

/** Of the nodes, the share that may fail their checks at once before the checks are in doubt. */
const DOUBTFUL_SHARE = 0.2;
/** Of the nodes, the share that may be healed at the same time. */
const AT_ONCE_SHARE = 0.1;

export interface Healing {
  /** The ids of the nodes to be healed now. */
  readonly heal: readonly string[];
  /** The ids of those that are left as they are until a person has looked, or the checks pass again. */
  readonly held: readonly string[];
}

/** Which of the nodes whose checks fail may be given another instance. @param mendings what each node is missing */
export function decideHealing(nodes: readonly StatefulNode[], repairs: readonly Repair[]): Healing {
  const unhealthy = repairs.filter(({ request }) => request.cause === 'unhealthy').map(({ request }) => request.nodeId);
  const beingHealed = nodes.filter(({ operation }) => operation?.cause === 'unhealthy').length;
  const isDoubtful = unhealthy.length + beingHealed > Math.max(1, nodes.length * DOUBTFUL_SHARE);
  if (isDoubtful) return { heal: [], held: unhealthy };
  const atOnce = Math.max(1, Math.floor(nodes.length * AT_ONCE_SHARE)) - beingHealed;
  return { heal: unhealthy.slice(0, Math.max(0, atOnce)), held: [] };
}
