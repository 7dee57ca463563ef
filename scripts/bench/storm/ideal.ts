/**
 * The ideal of a storm: an omniscient scheduler that asks first come, first served through EC2's documented token buckets,
 * and for which EC2 takes what it took in that very run. Nothing else takes time.
 */
import type { EniAttachment } from '../../../domain/config/node-config';
import { OTHER_MUTATION, REQUESTS, type BucketSize } from '../../../simulator/ec2/requests/throttling';

/** What EC2 took for one node, in milliseconds. */
export interface Draws {
  readonly attachment: EniAttachment;
  /** Half of the call that ends the old instance; from `shutting-down` to `terminated`; until the interface is free. */
  readonly terminateMs: number;
  readonly endMs: number;
  readonly freeMs: number;
  /** Half of the call that launches the new instance, and from `pending` to `running`. */
  readonly launchMs: number;
  readonly bootMs: number;
  /** A hot node's interface, from one instance to the other. */
  readonly detachMs: number;
  readonly attachMs: number;
}

/** Milliseconds since the warnings. */
export interface IdealNode {
  readonly activeAt: number;
  readonly awayMs: number;
}

/** EC2 ends an instance this long after its warning, whatever anybody does. */
const WARNED_MS = 120_000;

/**
 * @param rateShare of the documented rates
 * @param leadMs a cold instance is ended this long before its launch's turn, and not at once. @default at once
 * @returns in the order of `nodes`
 */
export function idealStorm(
  nodes: readonly Draws[],
  { rateShare, leadMs = Infinity }: { readonly rateShare: number; readonly leadMs?: number },
): readonly IdealNode[] {
  const terminations = new Slots(REQUESTS.TerminateInstances!, rateShare);
  const launches = new Slots(REQUESTS.RunInstances!, rateShare);
  const fleets = new Slots(OTHER_MUTATION, rateShare);
  const isHot = (index: number): boolean => nodes[index]!.attachment === 'hot';
  const turns = new Slots(REQUESTS.RunInstances!, rateShare);
  const ending = nodes.map(({ attachment, terminateMs }) => {
    if (attachment === 'hot') return WARNED_MS;
    const turnAt = turns.next(0);
    return Math.min(Math.max(terminations.next(0), turnAt - leadMs) + terminateMs, WARNED_MS);
  });
  const freeAt = nodes.map(({ attachment, endMs, freeMs }, index) =>
    attachment === 'hot' ? 0 : ending[index]! + endMs + freeMs,
  );
  // A hot node can launch by a fleet, because no interface of its own goes into the launch.
  const launchAt = inOrderOf(freeAt, (at, index) => (isHot(index) ? fleets : launches).next(at));
  const runningAt = nodes.map(({ launchMs, bootMs }, index) => launchAt[index]! + launchMs + bootMs);
  const moved = move(nodes, runningAt, ending, rateShare);
  return nodes.map(({ attachment }, index) =>
    attachment === 'cold' ? { activeAt: runningAt[index]!, awayMs: runningAt[index]! - ending[index]! } : moved[index]!,
  );
}

/** The interfaces of hot nodes, once the new instances run. A detachment ends with its instance at the latest. */
function move(
  nodes: readonly Draws[],
  runningAt: readonly number[],
  ending: readonly number[],
  rateShare: number,
): readonly IdealNode[] {
  const [detachments, attachments] = [new Slots(OTHER_MUTATION, rateShare), new Slots(OTHER_MUTATION, rateShare)];
  const isHot = (index: number): boolean => nodes[index]!.attachment === 'hot';
  const detachAt = inOrderOf(runningAt, (at, index) => (isHot(index) ? detachments.next(at) : at));
  const lostAt = detachAt.map((at, index) => Math.min(at, ending[index]!));
  const freeAt = nodes.map(({ detachMs, endMs, freeMs }, index) =>
    Math.min(detachAt[index]! + detachMs, ending[index]! + endMs + freeMs),
  );
  const readyAt = freeAt.map((at, index) => Math.max(at, runningAt[index]!));
  const attachAt = inOrderOf(readyAt, (at, index) => (isHot(index) ? attachments.next(at) : at));
  return nodes.map(({ attachMs }, index) => {
    const activeAt = attachAt[index]! + attachMs;
    return { activeAt, awayMs: activeAt - lostAt[index]! };
  });
}

/** Calls `serve` in the order of the times, and returns what it returned in the order of `times`. */
function inOrderOf(times: readonly number[], serve: (at: number, index: number) => number): readonly number[] {
  const served = times.map((at, index) => ({ at, index })).sort((one, other) => one.at - other.at);
  const results: number[] = [];
  for (const { at, index } of served) results[index] = serve(at, index);
  return results;
}

/** When the calls of a full token bucket may be made. */
class Slots {
  private tokens: number;
  private lastAt = 0;

  constructor(
    private readonly size: BucketSize,
    private readonly rateShare: number,
  ) {
    this.tokens = size.capacity;
  }

  /** @param atMs when the call is asked for, never before the one that was asked for last */
  next(atMs: number): number {
    const { capacity } = this.size;
    const refillPerSecond = this.size.refillPerSecond * this.rateShare;
    const at = Math.max(atMs, this.lastAt);
    const tokens = Math.min(capacity, this.tokens + ((at - this.lastAt) / 1_000) * refillPerSecond);
    const waitMs = tokens >= 1 ? 0 : ((1 - tokens) / refillPerSecond) * 1_000;
    this.lastAt = at + waitMs;
    this.tokens = Math.max(tokens, 1) - 1;
    return this.lastAt;
  }
}
