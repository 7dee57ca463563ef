/**
 * The pauses between repeated operations that no person asked for. The first ones start at once, later ones after
 * growing pauses, as Kubernetes restarts a container that crashes in a loop.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
 */
import type { StatefulNode } from '../node/stateful-node';

/** Seconds before the next operation, by how many there were in a row. The last keeps them below ten an hour. */
const PAUSES_SECONDS = [0, 0, 0, 60, 120, 300, 600] as const;

export function pauseSecondsAfter(row: number): number {
  return PAUSES_SECONDS[Math.min(row, PAUSES_SECONDS.length - 1)] ?? 0;
}

/** A row ends after this many milliseconds without an adjustment. */
const CALM_MS = 15 * 60_000;

/** The count of adjustments in a row that repaired drift, with the one that begins at `now` (ISO 8601, UTC). */
export function driftsWith({ drifts }: StatefulNode, now: string): NonNullable<StatefulNode['drifts']> {
  const isRow = drifts !== undefined && Date.parse(now) - Date.parse(drifts.lastAt) < CALM_MS;
  return { count: isRow ? drifts.count + 1 : 1, lastAt: now };
}

/** Whether the pause before the next adjustment for drift is over. `now` is ISO 8601, UTC. */
export function mayAdjust({ drifts }: StatefulNode, now: string): boolean {
  if (drifts === undefined) return true;
  return Date.parse(now) - Date.parse(drifts.lastAt) >= pauseSecondsAfter(drifts.count) * 1000;
}
