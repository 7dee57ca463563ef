/** The strip that shows when an address could be reached: pure, from samples of the simulated world. */

export interface Sample {
  /** Milliseconds of simulated time. */
  readonly at: number;
  readonly isReachable: boolean;
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly isReachable: boolean;
}

/** How much of the past the strip keeps. Milliseconds of simulated time. */
export const WINDOW_MS = 10 * 60_000;

export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  return [...samples.filter(({ at }) => at > sample.at - WINDOW_MS && at < sample.at), sample];
}

/** Neighbouring samples of one kind become one stretch, which ends where the next begins. */
export function stretchesOf(samples: readonly Sample[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const { at, isReachable } of samples) {
    const last = stretches.at(-1);
    if (last !== undefined) stretches[stretches.length - 1] = { ...last, to: at };
    if (last?.isReachable !== isReachable) stretches.push({ from: at, to: at, isReachable });
  }
  return stretches;
}

/** Seconds in which the address could not be reached. */
export function awaySeconds(samples: readonly Sample[]): number {
  const away = stretchesOf(samples).filter(({ isReachable }) => !isReachable);
  return away.reduce((sum, { from, to }) => sum + (to - from) / 1_000, 0);
}
