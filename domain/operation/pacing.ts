/**
 * How operations that no person asked for follow one another: the first ones at once, then with growing pauses, as
 * Kubernetes restarts a container that crashes in a loop.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
 */
import type { StatefulNode } from '../node/stateful-node';

/** Seconds before the next one, by how many there have been in a row. The last keeps them below ten an hour. */
const PAUSES_SECONDS = [0, 0, 0, 60, 120, 300, 600] as const;

export function pauseSecondsAfter(row: number): number {
  return PAUSES_SECONDS[Math.min(row, PAUSES_SECONDS.length - 1)] ?? 0;
}

/** Calm for so long ends a row. */
const CALM_MS = 15 * 60_000;

/** The adjustments in a row that somebody else's changes called for, with the one that begins at `now` (ISO 8601, UTC). */
export function driftsWith({ drifts }: StatefulNode, now: string): NonNullable<StatefulNode['drifts']> {
  const isRow = drifts !== undefined && Date.parse(now) - Date.parse(drifts.lastAt) < CALM_MS;
  return { count: isRow ? drifts.count + 1 : 1, lastAt: now };
}

/** May what somebody else changes again and again be put right once more? `now` is ISO 8601, UTC. */
export function mayAdjust({ drifts }: StatefulNode, now: string): boolean {
  if (drifts === undefined) return true;
  return Date.parse(now) - Date.parse(drifts.lastAt) >= pauseSecondsAfter(drifts.count) * 1000;
}
