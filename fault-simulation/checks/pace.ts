/** How much is started, gone through and asked of EC2 for one node in an hour: nothing may go round and round. */

/** What is counted, and the most of it that a node may take in an hour, whatever is refused to it. */
export const MOST_AN_HOUR = {
  /** That nobody has asked for: tries, take-overs and adjustments. */
  executions: 12,
  /** States that executions enter, retries of them included. */
  transitions: 900,
  /** Calls to EC2 by steps. */
  calls: 1_200,
} as const;

/**
 * What something that happens to a node may add: a person's request, a warning, or a fault that is put there. It may be
 * taken up twice, be cut off, and be followed by an adjustment.
 */
export const MORE_A_HAPPENING = { executions: 3, transitions: 200, calls: 200 } as const;

export type Paced = keyof typeof MOST_AN_HOUR;

const HOUR_MS = 60 * 60_000;

export class Pace {
  /** By node and what is counted, the times of the last hour. */
  private readonly times = new Map<string, number[]>();

  /** Counts one. Answers how many there were in the hour that ends now. */
  count(nodeId: string, what: Paced, nowMs: number): number {
    const key = `${nodeId} ${what}`;
    const times = this.times.get(key) ?? [];
    this.times.set(key, times);
    times.push(nowMs);
    while (times[0]! <= nowMs - HOUR_MS) times.shift();
    return times.length;
  }
}

/** In what way the count is too high; undefined where it is not. @param happenings of the last hour, for the node */
export function tooMany(what: Paced, count: number, happenings: number): string | undefined {
  const most = MOST_AN_HOUR[what] + happenings * MORE_A_HAPPENING[what];
  return count <= most ? undefined : `more than ${most} ${what} in an hour`;
}

export const PACED_OVER_MS = HOUR_MS;
