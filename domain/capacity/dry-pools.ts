/**
 * Which pools had no capacity a moment ago, for any node. In a storm, many nodes want the same pools. Without this memory,
 * each node asks EC2 for each dry pool, and uses up the calls that the other nodes need.
 */
import type { LifeCycle } from '../config/node-config';
import type { LaunchPool } from '../node/stateful-node';
import type { PoolRefusal } from '../capacity/pool-refusal';

/** A pool or subnet in which EC2 had no capacity. */
export type DryPool =
  | {
      readonly of: 'pool';
      readonly subnetId: string;
      readonly instanceType: string;
      readonly lifeCycle: LifeCycle;
      /** ISO 8601, UTC. */
      readonly refusedAt: string;
    }
  /** The subnet has no free address. */
  | { readonly of: 'subnet'; readonly subnetId: string; readonly refusedAt: string };

/**
 * For how long a refusal counts. Capacity usually returns within minutes, if at all. A node that waits for capacity asks
 * again after pauses of 15 seconds to two minutes, so at most one of its rounds leaves the pool out.
 */
export const DRY_MS = 60_000;

/**
 * What a refusal at `now` (ISO 8601, UTC) says to other nodes. Undefined if it says nothing: a quota is exceeded for a
 * whole life cycle, and an unsuitable pool is unsuitable for the one configuration.
 */
export function dryPoolOf(pool: LaunchPool, { because, of }: PoolRefusal, now: string): DryPool | undefined {
  if (because !== 'capacity') return undefined;
  return of === 'subnet' ? { of, subnetId: pool.subnetId, refusedAt: now } : { ...pool, of, refusedAt: now };
}

/** Whether the refusal still counts at `now` (ISO 8601, UTC). A time in the future, beyond a clock's error, counts no more. */
export function isStillDry({ refusedAt }: Pick<DryPool, 'refusedAt'>, now: string): boolean {
  return Math.abs(Date.parse(now) - Date.parse(refusedAt)) <= DRY_MS;
}

/** Whether the refusal rules the pool out. */
export function appliesTo(dry: DryPool, { instanceType, subnetId, lifeCycle }: LaunchPool): boolean {
  if (dry.subnetId !== subnetId) return false;
  return dry.of === 'subnet' || (dry.instanceType === instanceType && dry.lifeCycle === lifeCycle);
}

/**
 * The pools of a round that are worth a call, in the same order. The last pool always is: a round asks EC2 at least once, so
 * only EC2 itself can end it without an instance.
 * @param interfaceSubnetId the subnet of the interface with which the instance is launched, if it exists already. Such a
 *   launch needs no free address, so a full subnet does not rule it out.
 */
export function poolsWorthACall(
  pools: readonly LaunchPool[],
  dryPools: readonly DryPool[],
  interfaceSubnetId?: string,
): readonly LaunchPool[] {
  const rulesOut = (dry: DryPool, pool: LaunchPool): boolean =>
    appliesTo(dry, pool) && !(dry.of === 'subnet' && dry.subnetId === interfaceSubnetId);
  return pools.filter((pool, place) => place === pools.length - 1 || !dryPools.some((dry) => rulesOut(dry, pool)));
}
