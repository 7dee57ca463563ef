/**
 * The time of the simulator, the local control plane and the state-machine engine.
 *
 * It is virtual: it stands still during any work, and jumps to the next timer when there is none. A replacement that
 * takes three minutes is tested in a few milliseconds, and the same seed gives the same run. `npm start` paces it by
 * wall time instead (`simulator/time/paced-clock.ts`).
 */

export type Timer = { readonly at: number; readonly sequence: number };

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  setTimeout(callback: () => void, delayMs: number): Timer;
  clearTimeout(timer: Timer | undefined): void;
  sleep(delayMs: number): Promise<void>;
  /**
   * Marks real input or output (the in-process database, a file) as in progress until the promise settles. Time does
   * not move meanwhile.
   */
  during<T>(work: Promise<T>): Promise<T>;
}

/** Time that moves only when {@link VirtualClock.run} is asked to, from timer to timer. */
export class VirtualClock implements Clock {
  private readonly queue: { timer: Timer; callback: () => void }[] = [];
  private sequence = 0;
  private ioUnderWay = 0;

  constructor(private nowMs: number = Date.parse('2026-01-01T00:00:00Z')) {}

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

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.setTimeout(resolve, delayMs));
  }

  async during<T>(work: Promise<T>): Promise<T> {
    this.ioUnderWay += 1;
    try {
      return await work;
    } finally {
      this.ioUnderWay -= 1;
    }
  }

  /**
   * Moves from timer to timer until `done()` returns true, no timer is left, or `limitMs` of virtual time have passed.
   * Returns which of them ended the run.
   */
  async run(done: () => boolean = () => false, limitMs = Infinity): Promise<'done' | 'idle' | 'limit'> {
    const limit = this.nowMs + limitMs;
    for (;;) {
      await this.finishWork();
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

  /** Moves exactly `durationMs` forward, and runs every timer that is due. */
  async advance(durationMs: number): Promise<void> {
    const until = this.nowMs + durationMs;
    await this.run(() => false, durationMs);
    this.nowMs = until;
  }

  /** Moves from timer to timer until the promise settles, and returns it. */
  async settle<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = (): void => {
      isSettled = true;
    };
    promise.then(settled, settled);
    await this.run(() => isSettled);
    return promise;
  }

  /** Waits for all work that needs no clock movement: microtasks, and real input and output. */
  private async finishWork(): Promise<void> {
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
