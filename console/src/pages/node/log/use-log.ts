import { useEffect, useMemo, useRef } from 'react';
import type { LogEntry } from '../../../api/schemas';
import { readLog, type LogQuery } from '../../../api/node';
import { usePolled, type Polled } from '../../../api/polling';
import { useConnection } from '../../../session/session';
import { merged, MOST_LINES, readFrom } from './log-lines';

/**
 * Reads the log, and keeps reading while it is live.
 *
 * @param query must be the same object for the same query: another one starts anew
 */
export function useLog(nodeId: string, query: LogQuery, isLive: boolean): Polled<readonly LogEntry[]> {
  const connection = useConnection();
  const live = useRef(isLive);
  live.current = isLive;
  const read = useMemo(() => {
    let known: readonly LogEntry[] | undefined;
    return async (signal: AbortSignal): Promise<readonly LogEntry[]> => {
      // A log that is not live stays as it is, so that nothing moves under the reader's eyes.
      if (known !== undefined && !live.current) return known;
      const from = readFrom(known ?? [], query.fromDate);
      const entries = await readLog(connection, nodeId, { ...query, fromDate: from }, signal);
      known = known === undefined ? entries.slice(-MOST_LINES) : merged(known, entries, from);
      return known;
    };
  }, [connection, nodeId, query]);
  const polled = usePolled(read, () => live.current);
  const { refresh } = polled;
  useEffect(() => {
    if (isLive) refresh();
  }, [isLive, refresh]);
  return polled;
}
