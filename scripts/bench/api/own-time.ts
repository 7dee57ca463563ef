/** Measures a function's own time: the time in which none of its calls is in progress. */
export interface OwnTime {
  readonly ms: number;
  /** The number of calls that it made. */
  readonly calls: number;
}

export class Stopwatch {
  private inProgress = 0;
  private calls = 0;
  private ownMs = 0;
  private computingSince: number | undefined;

  /** @param now the time in milliseconds, from any origin */
  constructor(private readonly now: () => number) {}

  /** Measures one invocation. Only one may run at a time. */
  async measure<T>(invocation: () => Promise<T>): Promise<{ readonly result: T; readonly own: OwnTime }> {
    this.ownMs = 0;
    this.calls = 0;
    this.resume();
    try {
      const result = await invocation();
      this.pause();
      return { result, own: { ms: this.ownMs, calls: this.calls } };
    } finally {
      this.computingSince = undefined;
    }
  }

  /** Excludes the time of a call. Calls in parallel count from the start of the first to the end of the last. */
  async waiting<T>(call: () => Promise<T>): Promise<T> {
    this.pause();
    this.inProgress += 1;
    this.calls += 1;
    try {
      return await call();
    } finally {
      this.inProgress -= 1;
      if (this.inProgress === 0) this.resume();
    }
  }

  private resume(): void {
    this.computingSince = this.now();
  }

  private pause(): void {
    if (this.computingSince !== undefined) this.ownMs += this.now() - this.computingSince;
    this.computingSince = undefined;
  }
}
