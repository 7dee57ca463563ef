/**
 * Time, as the simulator, the local control plane and the state-machine engine see it.
 *
 * Three clocks share one interface: wall time, wall time divided by a speed, and virtual time.
 * Virtual time stands still while anything is happening and jumps to the next timer when nothing is,
 * so a replacement that takes three minutes takes a few milliseconds to test, and the same seed gives
 * the same run.
 */

export type Timer = { readonly at: number; readonly sequence: number };

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  setTimeout(callback: () => void, delayMs: number): Timer;
  clearTimeout(timer: Timer | undefined): void;
  sleep(delayMs: number): Promise<void>;
  /**
   * Says that real input or output (the in-process database, a file) is under way until the promise
   * settles. Virtual time does not move meanwhile; the other clocks ignore it.
   */
  during<T>(work: Promise<T>): Promise<T>;
}

abstract class TimerClock implements Clock {
  abstract now(): number;
  abstract setTimeout(callback: () => void, delayMs: number): Timer;
  abstract clearTimeout(timer: Timer | undefined): void;

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.setTimeout(resolve, delayMs));
  }

  during<T>(work: Promise<T>): Promise<T> {
    return work;
  }
}

/**
 * Wall time multiplied by `speed`: at speed 10 a simulated minute lasts six seconds. Speed 1 is wall time.
 */
export class ScaledClock extends TimerClock {
  private readonly startedAt = Date.now();
  private readonly timers = new Map<Timer, NodeJS.Timeout>();
  private sequence = 0;

  constructor(private readonly speed: number = 1) {
    super();
    if (!(speed > 0)) throw new RangeError(`speed must be above 0, not ${speed}`);
  }

  now(): number {
    return this.startedAt + Math.round((Date.now() - this.startedAt) * this.speed);
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const timer: Timer = { at: this.now() + delayMs, sequence: this.sequence++ };
    const handle = setTimeout(() => {
      this.timers.delete(timer);
      callback();
    }, delayMs / this.speed);
    this.timers.set(timer, handle);
    return timer;
  }

  clearTimeout(timer: Timer | undefined): void {
    if (timer === undefined) return;
    clearTimeout(this.timers.get(timer));
    this.timers.delete(timer);
  }

  /** Drops every pending timer, so that the process can end. */
  stop(): void {
    for (const handle of this.timers.values()) clearTimeout(handle);
    this.timers.clear();
  }
}

/** Time that moves only when {@link VirtualClock.run} is asked to, from timer to timer. */
export class VirtualClock extends TimerClock {
  private readonly queue: { timer: Timer; callback: () => void }[] = [];
  private sequence = 0;
  private ioUnderWay = 0;

  constructor(private nowMs: number = Date.parse('2026-01-01T00:00:00Z')) {
    super();
  }

  now(): number {
    return this.nowMs;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const timer: Timer = { at: this.nowMs + Math.max(0, delayMs), sequence: this.sequence++ };
    this.queue.splice(this.insertionIndex(timer), 0, { timer, callback });
    return timer;
  }

  clearTimeout(timer: Timer | undefined): void {
    const index = this.queue.findIndex((entry) => entry.timer === timer);
    if (index >= 0) this.queue.splice(index, 1);
  }

  override async during<T>(work: Promise<T>): Promise<T> {
    this.ioUnderWay += 1;
    try {
      return await work;
    } finally {
      this.ioUnderWay -= 1;
    }
  }

  /**
   * Moves from timer to timer until `done()` holds or no timer is left or `limitMs` of virtual time have
   * passed; says which.
   */
  async run(done: () => boolean = () => false, limitMs = Infinity): Promise<'done' | 'idle' | 'limit'> {
    const limit = this.nowMs + limitMs;
    for (;;) {
      await this.settle();
      if (done()) return 'done';
      const next = this.queue[0];
      if (next === undefined) return 'idle';
      if (next.timer.at > limit) {
        this.nowMs = limit;
        return 'limit';
      }
      this.queue.shift();
      this.nowMs = next.timer.at;
      next.callback();
    }
  }

  /** Moves exactly `durationMs` on, running every timer on the way. */
  async advance(durationMs: number): Promise<void> {
    const until = this.nowMs + durationMs;
    await this.run(() => false, durationMs);
    this.nowMs = until;
  }

  /** Lets everything that can happen without the clock moving happen: microtasks, and real input and output. */
  private async settle(): Promise<void> {
    do {
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.ioUnderWay > 0);
  }

  private insertionIndex(timer: Timer): number {
    let index = this.queue.length;
    while (index > 0 && isAfter(this.queue[index - 1]!.timer, timer)) index -= 1;
    return index;
  }
}

function isAfter(one: Timer, other: Timer): boolean {
  return one.at > other.at || (one.at === other.at && one.sequence > other.sequence);
}
