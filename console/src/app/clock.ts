/** What time it is where the nodes are. In the simulated account of `npm start` time may pass faster than here. */
import { useEffect, useState } from 'react';
import type { Connection } from '../api/connection';
import { ApiError } from '../api/errors';

interface Seen {
  readonly simulatedMs: number;
  readonly speed: number;
  /** Our own time when the other two were true. */
  readonly ownMs: number;
}

/** Its speed can be changed at any time, on the simulator's page, from any browser. Milliseconds. */
const LOOK_MS = 5_000;

let seen: Seen | undefined;

export function currentTime(): Date {
  if (seen === undefined) return new Date();
  return new Date(seen.simulatedMs + (Date.now() - seen.ownMs) * seen.speed);
}

/** Follows the simulated time, if there is one. It renders nothing. */
export function useSimulatedTime({ send }: Connection, isSimulated: boolean): void {
  useEffect(() => {
    if (!isSimulated) return;
    const look = async (): Promise<void> => {
      if (document.hidden) return;
      try {
        const { now, speed } = await send<{ readonly now: string; readonly speed: number }>('GET', '/simulator/time');
        seen = { simulatedMs: Date.parse(now), speed, ownMs: Date.now() };
      } catch (error) {
        // The page itself says that the server does not respond. The clock goes on meanwhile.
        if (!(error instanceof ApiError)) throw error;
      }
    };
    void look();
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, [send, isSimulated]);
}

/** The time, renewed after so many milliseconds; not while the tab is hidden. */
export function useNow(everyMs: number): Date {
  const [now, setNow] = useState(currentTime);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) setNow(currentTime());
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
