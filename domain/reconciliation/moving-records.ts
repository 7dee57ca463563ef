/**
 * When the node records of an earlier version move to their present keys.
 *
 * An earlier version keeps all records in one partition, and finds none that has moved. During a deployment its functions
 * run beside the present ones, and a deployment may be rolled back. So the present version first reads and writes the
 * records where they are. A day later it marks the table, so that an earlier version takes it for one that it cannot
 * read and changes nothing, and moves them.
 */

/** What the table says about its keys. */
export interface KeysState {
  /** Since when the table is marked; ISO 8601, UTC. Absent: an earlier version may still use it. */
  readonly shardedSince?: string | undefined;
  /** Since when the reconciler of the present version has run, and its latest run; ISO 8601, UTC. */
  readonly upgrading?: { readonly since: string; readonly seenAt: string } | undefined;
}

export type MoveDecision =
  | { readonly kind: 'nothing' }
  /** Note the run, and since when there was one every few minutes. */
  | { readonly kind: 'note'; readonly since: string }
  | { readonly kind: 'mark' }
  | { readonly kind: 'move' };

const MINUTE_MS = 60_000;
/** So long a deployment may be rolled back to an earlier version. */
const ROLLBACK_MS = 24 * 60 * MINUTE_MS;
/** The reconciler runs every minute. After a longer pause another version may have run meanwhile. */
const PAUSE_MS = 15 * MINUTE_MS;
/** A function of an earlier version that looked at the table before it was marked has ended by then. */
const LAST_FUNCTION_MS = 10 * MINUTE_MS;

/** @param now ISO 8601, UTC */
export function decideMove({ shardedSince, upgrading }: KeysState, now: string): MoveDecision {
  if (shardedSince !== undefined)
    return ageMs(shardedSince, now) < LAST_FUNCTION_MS ? { kind: 'nothing' } : { kind: 'move' };
  if (upgrading === undefined || ageMs(upgrading.seenAt, now) > PAUSE_MS) return { kind: 'note', since: now };
  return ageMs(upgrading.since, now) < ROLLBACK_MS ? { kind: 'note', since: upgrading.since } : { kind: 'mark' };
}

function ageMs(then: string, now: string): number {
  return Date.parse(now) - Date.parse(then);
}
