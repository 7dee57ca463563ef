/**
 * The latest changes of a shard's nodes, from which the entity tag of the list is made.
 *
 * The latest change alone would not do. An update is written up to half a minute after the time that it is given, clocks
 * differ, and an index shows changes in any order. A later change may therefore seem to be earlier than one that was seen
 * already. So all changes of the last minutes count, up to the latest one. That one is never taken back: a record is removed
 * only after its deletion has been requested, which was a change, and removals are counted.
 */
export interface Change {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly changedAt: string;
  /** What the list shows. */
  readonly listed: string;
}

/** Far longer than a function runs, and than an index lags: less than a second, normally. */
const LATENESS_MS = 3 * 60_000;

/**
 * The changes that count, or undefined if there may be more than these. A change in the future is a wrong clock's: it counts,
 * and does not hide the others.
 * @param latestFirst the latest changes of the shard @param now ISO 8601, UTC @param areAll whether it has no other ones
 */
export function latestChanges(
  latestFirst: readonly Change[],
  now: string,
  areAll: boolean,
): readonly Change[] | undefined {
  const anchor = latestFirst.find(({ changedAt }) => changedAt <= now);
  if (anchor === undefined) return areAll ? latestFirst : undefined;
  const since = new Date(Date.parse(anchor.changedAt) - LATENESS_MS).toISOString();
  const recent = latestFirst.filter(({ changedAt }) => changedAt >= since);
  return areAll || recent.length < latestFirst.length ? recent : undefined;
}
