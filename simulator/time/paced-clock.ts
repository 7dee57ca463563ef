/**
 * Time at a pace: wall time, or a multiple of it, that never outruns the work.
 *
 * It is virtual time, led along by wall time: timers fire one after another, each after everything that the one
 * before set off has come to rest. So at any speed, and on any machine, a step that takes EC2 two seconds takes
 * two seconds here, and no time limit passes because this process was slow; where there is more to do than the
 * speed leaves time for, time runs slower.
 */
import { VirtualClock } from './clock';

/** How often time is moved, in milliseconds of wall time. */
const TICK_MS = 10;

export class PacedClock extends VirtualClock {
  private stopped = false;
  private running: Promise<void> | undefined;

  /** @param startAtMs milliseconds since the epoch @param speed simulated seconds in a second */
  constructor(
    private readonly startAtMs: number,
    private readonly speed: number,
  ) {
    super(startAtMs);
    if (!(speed > 0)) throw new RangeError(`speed must be above 0, not ${speed}`);
  }

  /** Lets time pass from now on. */
  start(): void {
    this.running ??= this.lead();
  }

  /** Ends time. No timer fires once the promise has settled. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async lead(): Promise<void> {
    const startedAt = performance.now();
    while (!this.stopped) {
      const target = this.startAtMs + Math.floor((performance.now() - startedAt) * this.speed);
      await this.moveTo(target);
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  }

  private async moveTo(target: number): Promise<void> {
    let isThere = target <= this.now();
    // A timer of its own, so that the time never jumps past one that is set while others fire.
    if (!isThere) this.setTimeout(() => (isThere = true), target - this.now());
    await this.run(() => isThere || this.stopped);
  }
}
