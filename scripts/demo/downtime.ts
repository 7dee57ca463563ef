/** Computes the downtime of the address. */

/** The state of the address at a time. It lasts until the next observation. */
export interface Observation {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** Whether the address led to a running instance. */
  readonly leads: boolean;
}

/**
 * The time between `fromMs` and `untilMs` in which the address led to no running instance, in milliseconds.
 * @param observations in the order of time, the first of them not later than `fromMs`
 * @throws RangeError without an observation at `fromMs` or before
 */
export function downtimeMs(observations: readonly Observation[], fromMs: number, untilMs: number): number {
  const [first] = observations;
  if (first === undefined || first.atMs > fromMs) throw new RangeError(`Nothing was observed at ${fromMs}`);
  let totalMs = 0;
  for (const [index, { atMs, leads }] of observations.entries()) {
    const from = Math.max(atMs, fromMs);
    const until = Math.min(observations[index + 1]?.atMs ?? untilMs, untilMs);
    if (!leads && until > from) totalMs += until - from;
  }
  return totalMs;
}

/** Converts milliseconds to seconds, rounded to one decimal. */
export function toTenths(durationMs: number): number {
  return Math.round(durationMs / 100) / 10;
}
