/** Limits on executions, states and EC2 calls for one node in an hour, to detect operations that loop. */

/** What is counted, and its hourly limit for one node, whatever EC2 refuses. */
export const HOURLY_LIMIT = {
  /** Executions without a request: retries, take-overs and adjustments. */
  executions: 12,
  /** States that executions enter, including retries. */
  transitions: 900,
  /** Calls to EC2 by steps. */
  calls: 1_200,
} as const;

/**
 * How much each happening adds to the limits: a user's request, a warning or an injected fault. An operation for it may
 * start twice, be aborted, and be followed by an adjustment.
 */
export const EXTRA_PER_HAPPENING = { executions: 3, transitions: 200, calls: 200 } as const;

export type Paced = keyof typeof HOURLY_LIMIT;

const HOUR_MS = 60 * 60_000;

export class Pace {
  /** By node and what is counted, the times of the last hour. */
  private readonly times = new Map<string, number[]>();

  /** Counts one. Returns how many there were in the hour up to now. */
  count(nodeId: string, what: Paced, nowMs: number): number {
    const key = `${nodeId} ${what}`;
    const times = this.times.get(key) ?? [];
    this.times.set(key, times);
    times.push(nowMs);
    while (times[0]! <= nowMs - HOUR_MS) times.shift();
    return times.length;
  }
}

/** Says how the count exceeds its limit; undefined if it does not. @param happenings for the node in the last hour */
export function tooMany(what: Paced, count: number, happenings: number): string | undefined {
  const most = HOURLY_LIMIT[what] + happenings * EXTRA_PER_HAPPENING[what];
  return count <= most ? undefined : `more than ${most} ${what} in an hour`;
}

export const PACED_OVER_MS = HOUR_MS;
