/** Takes turns between a program and the simulated account that it uses, under virtual time. */
import type { VirtualClock } from '../simulator/time/clock';

/**
 * Holds the clock, except while every part of a program waits for the account or for time to pass. A program that runs
 * on the simulator uses real input and output of its own, and virtual time must not pass meanwhile.
 */
export class Turns {
  private waiting = 0;
  private release: () => void = () => undefined;

  constructor(private readonly clock: VirtualClock) {
    this.hold();
  }

  async giveWay<T>(work: Promise<T>): Promise<T> {
    this.waiting += 1;
    this.release();
    try {
      return await work;
    } finally {
      this.waiting -= 1;
      if (this.waiting === 0) this.hold();
    }
  }

  end(): void {
    this.release();
  }

  private hold(): void {
    void this.clock.during(new Promise<void>((resolve) => (this.release = resolve)));
  }
}
