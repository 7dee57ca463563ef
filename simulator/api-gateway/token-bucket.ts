import type { Clock } from '../time/clock';

/** A rate limit: a bucket that starts full and refills as time passes. */
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

  /** Takes a token. Returns false if the bucket is empty. */
  take(): boolean {
    const now = this.clock.now();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.filledAt) / 1000) * this.ratePerSecond);
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
