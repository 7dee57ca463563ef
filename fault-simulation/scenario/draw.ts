import type { Random } from '../../simulator/time/random';

/** Draws values from a random stream. */
export class Draw {
  constructor(private readonly random: Random) {}

  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number {
    return this.random.below(limit);
  }

  chance(share: number): boolean {
    return this.random.next() < share;
  }

  one<T>(values: readonly T[]): T {
    return values[this.random.below(values.length)]!;
  }

  weighted<T>(choices: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.random.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of choices) {
      left -= weight;
      if (left < 0) return value;
    }
    return choices.at(-1)![1];
  }
}
