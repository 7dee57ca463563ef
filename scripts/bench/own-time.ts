/** The time that a function itself takes: that in which none of its calls is under way. */
export interface OwnTime {
  readonly ms: number;
  /** How many calls it made. */
  readonly calls: number;
}

export class Stopwatch {
  private underWay = 0;
  private calls = 0;
  private ownMs = 0;
  private computingSince: number | undefined;

  /** @param now in milliseconds, from whenever */
  constructor(private readonly now: () => number) {}

  /** Measures one invocation; there may be only one at a time. */
  async measure<T>(invocation: () => Promise<T>): Promise<{ readonly answer: T; readonly own: OwnTime }> {
    this.ownMs = 0;
    this.calls = 0;
    this.resume();
    try {
      const answer = await invocation();
      this.pause();
      return { answer, own: { ms: this.ownMs, calls: this.calls } };
    } finally {
      this.computingSince = undefined;
    }
  }

  /** Takes the time of a call out. Of several at once the first begins it and the last ends it. */
  async waiting<T>(call: () => Promise<T>): Promise<T> {
    this.pause();
    this.underWay += 1;
    this.calls += 1;
    try {
      return await call();
    } finally {
      this.underWay -= 1;
      if (this.underWay === 0) this.resume();
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
