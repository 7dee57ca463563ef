import fc from 'fast-check';
import { DEFAULT_LATENCIES, drawLatencyMs, NO_LATENCY } from '../../../simulator/ec2/latencies';
import { Random } from '../../../simulator/time/random';

const draws = (random: Random) => Array.from({ length: 8 }, () => random.next());

describe('randomness', () => {
  test('the same seed gives the same stream, and another seed gives another', () => {
    expect(draws(new Random(1))).toEqual(draws(new Random(1)));
    expect(draws(new Random(1))).not.toEqual(draws(new Random(2)));
  });

  test('a fork depends on seed and label, not on earlier draws', () => {
    const drawn = new Random(1);
    draws(drawn);
    expect(draws(drawn.fork('a'))).toEqual(draws(new Random(1).fork('a')));
    expect(draws(drawn.fork('a'))).not.toEqual(draws(drawn.fork('b')));
    expect(draws(drawn.fork('a'))).not.toEqual(draws(new Random(2).fork('a')));
  });

  test('draws are spread evenly', () => {
    const random = new Random('spread');
    const counts = new Array<number>(10).fill(0);
    for (let count = 0; count < 10_000; count += 1) counts[random.below(10)]! += 1;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('latencies', () => {
  test('lie in the typical range or in the tail, in whole milliseconds', () => {
    const names = Object.keys(DEFAULT_LATENCIES) as (keyof typeof DEFAULT_LATENCIES)[];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.integer(), (name, seed) => {
        const { typicalMs, tailMs } = DEFAULT_LATENCIES[name];
        const drawn = drawLatencyMs(DEFAULT_LATENCIES[name], new Random(seed));
        expect(Number.isInteger(drawn)).toBe(true);
        expect(drawn).toBeGreaterThanOrEqual(typicalMs[0]);
        expect(drawn).toBeLessThanOrEqual(tailMs);
      }),
    );
  });

  test('the tail has the given length and share', () => {
    const tail = { typicalMs: [0, 10], tailMs: 1000, tailShare: 0.1 } as const;
    const random = new Random('tail');
    const inTail = Array.from({ length: 10_000 }, () => drawLatencyMs(tail, random)).filter((ms) => ms > 10);
    expect(inTail.length).toBeGreaterThan(800);
    expect(inTail.length).toBeLessThan(1200);
    expect(Math.max(...inTail)).toBeGreaterThan(950);
  });

  test('a number is a fixed latency', () => {
    expect(drawLatencyMs(NO_LATENCY.call, new Random(1))).toBe(0);
    expect(drawLatencyMs(1234, new Random(1))).toBe(1234);
  });
});
