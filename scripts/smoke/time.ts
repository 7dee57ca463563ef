/** Time, and how a user ends a wait. */

export interface Time {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (delayMs: number) => Promise<void>;
}

/** The user has pressed Ctrl-C. */
export class Stopped extends Error {
  override readonly name = 'Stopped';

  constructor() {
    super('stopped by the user');
  }
}

/** The same time, whose sleeps end with `Stopped` once the signal is aborted. */
export function stoppable({ now, sleep }: Time, signal: AbortSignal): Time {
  return {
    now,
    sleep: async (delayMs) => {
      if (signal.aborted) throw new Stopped();
      let abort = (): void => undefined;
      const aborted = new Promise<never>((_resolve, reject) => {
        abort = () => reject(new Stopped());
        signal.addEventListener('abort', abort);
      });
      try {
        await Promise.race([sleep(delayMs), aborted]);
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
  };
}

/**
 * Repeats the attempt until it returns something. Returns undefined after the time limit.
 * @param everyMs the pause between two attempts
 */
export async function until<T>(
  { now, sleep }: Time,
  everyMs: number,
  limitMs: number,
  attempt: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const deadline = now() + limitMs;
  for (;;) {
    const result = await attempt();
    if (result !== undefined || now() >= deadline) return result;
    await sleep(everyMs);
  }
}
