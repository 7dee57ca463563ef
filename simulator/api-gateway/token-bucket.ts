import type { Clock } from '../time/clock';

/** A limit on how often: a bucket that starts full, and fills again as time passes. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly clock: Clock,
    private readonly burst: number,
    private readonly ratePerSecond: number,
  ) {
    this.tokens = burst;
    this.filledAt = clock.now();
  }

  /** Whether there was one to take. */
  take(): boolean {
    const now = this.clock.now();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.filledAt) / 1000) * this.ratePerSecond);
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
