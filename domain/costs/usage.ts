/** Which instance carried a node, and when. The costs are computed from this. */
import { attachmentOf, type LifeCycle, type NodeConfig } from '../config/node-config';
import type { SeenInstance } from '../node/observations';
import type { Operation } from '../node/stateful-node';

export interface Usage {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly lifeCycle: LifeCycle;
  readonly availabilityZone: string;
  /** What the image runs, by the product names of EC2's prices, like `Linux/UNIX`. */
  readonly product: string;
  /** When the instance was launched; ISO 8601, UTC. */
  readonly from: string;
  /** When it was seen to have ended, or no longer carried the node; ISO 8601, UTC. Absent while it carries the node. */
  readonly to?: string;
}

/**
 * Days for which ended usage is kept: thirteen months, so that a month can be compared with the same month last year.
 */
export const USAGE_KEPT_DAYS = 400;

/** The usage of a new instance. */
export function usageOf(seen: SeenInstance, { compute }: NodeConfig): Usage {
  return {
    instanceId: seen.id,
    instanceType: seen.instanceType,
    lifeCycle: seen.lifeCycle,
    availabilityZone: seen.availabilityZone,
    product: priceName(compute.product),
    from: seen.launchedAt,
  };
}

/**
 * The best known time at which the instance before a confirmed replacement ended (`now` is ISO 8601, UTC). A cold
 * replacement is launched after that end. A hot one gets the interface before it.
 */
export function endBefore({ launchedAt }: SeenInstance, { config }: Operation, now: string): string {
  return attachmentOf(config) === 'cold' ? launchedAt : now;
}

/** Prices inside a VPC are the same, and EC2 lists them without the suffix. */
function priceName(product: NodeConfig['compute']['product'] = 'Linux/UNIX'): string {
  return product.replace(' (Amazon VPC)', '');
}
