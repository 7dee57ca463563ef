/** Which instance carried a node, from when to when: what its costs are made of. */
import { attachmentOf, type LifeCycle, type NodeConfig } from '../config/node-config';
import type { SeenInstance } from '../node/observations';
import type { Operation } from '../node/stateful-node';

export interface Usage {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly lifeCycle: LifeCycle;
  readonly availabilityZone: string;
  /** What the image runs, by the names that prices go by, like `Linux/UNIX`. */
  readonly product: string;
  /** When the instance was launched; ISO 8601, UTC. */
  readonly from: string;
  /** When it was seen to have ended, or left the node; ISO 8601, UTC. Absent while it carries the node. */
  readonly to?: string;
}

/** Days for which usage is kept once it has ended: thirteen months, so that a month compares with that of last year. */
export const USAGE_KEPT_DAYS = 400;

/** The usage that begins with an instance. */
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
 * When the instance before a confirmed replacement ended, as nearly as is known (`now` is ISO 8601, UTC). A cold
 * replacement is launched only after it; a hot one takes over before.
 */
export function endBefore({ launchedAt }: SeenInstance, { config }: Operation, now: string): string {
  return attachmentOf(config) === 'cold' ? launchedAt : now;
}

/** Prices are the same inside a VPC, and EC2 lists them without that addition. */
function priceName(product: NodeConfig['compute']['product'] = 'Linux/UNIX'): string {
  return product.replace(' (Amazon VPC)', '');
}
