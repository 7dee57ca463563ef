/**
 * Virtual time that follows wall time, or a multiple of it, and waits for the work.
 *
 * Timers fire one after another, each after all work of the one before has ended. At any speed, and on any machine, a
 * step that takes two seconds on EC2 takes two simulated seconds here, and no time limit passes because this process is
 * slow. If there is more work than the speed leaves time for, time runs slower.
 */
import { VirtualClock } from './clock';

/** How often virtual time is moved, in milliseconds of wall time. */
const TICK_MS = 10;

export class PacedClock extends VirtualClock {
  private stopped = false;
  private running: Promise<void> | undefined;
  /** Since when time has had its present speed. */
  private since = { wallMs: 0, virtualMs: 0 };
  private currentSpeed: number;

  /** @param startAtMs milliseconds since the epoch @param speed simulated seconds in a second, above 0 */
  constructor(startAtMs: number, speed: number) {
    super(startAtMs);
    this.currentSpeed = checked(speed);
  }

  get speed(): number {
    return this.currentSpeed;
  }

  /** From now on. What time lags behind, because there was too much work, is forgotten. @throws RangeError if not above 0 */
  set speed(speed: number) {
    this.currentSpeed = checked(speed);
    this.paceFromNow();
  }

  /** Starts time. */
  start(): void {
    this.running ??= this.follow();
  }

  /** Stops time. No timer fires after the promise has settled. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async follow(): Promise<void> {
    this.paceFromNow();
    while (!this.stopped) {
      const target = this.since.virtualMs + Math.floor((performance.now() - this.since.wallMs) * this.currentSpeed);
      await this.moveTo(target);
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  }

  private paceFromNow(): void {
    this.since = { wallMs: performance.now(), virtualMs: this.now() };
  }

  private async moveTo(target: number): Promise<void> {
    const { since } = this;
    let isThere = target <= this.now();
    // Set as a timer, so that time never jumps past a timer that is set while others fire.
    const timer = isThere ? undefined : this.setTimeout(() => (isThere = true), target - this.now());
    // With another speed, the target is another one.
    await this.run(() => isThere || this.stopped || this.since !== since);
    this.clearTimeout(timer);
  }
}

function checked(speed: number): number {
  if (!(speed > 0)) throw new RangeError(`speed must be above 0, not ${speed}`);
  return speed;
}
