import { idealStorm, type Draws } from '../../../scripts/bench/storm/ideal';

const DRAWS: Draws = {
  attachment: 'cold',
  terminateMs: 100,
  endMs: 20_000,
  freeMs: 2_000,
  launchMs: 500,
  bootMs: 10_000,
  detachMs: 2_500,
  attachMs: 3_000,
};
const nodes = (count: number, more: Partial<Draws> = {}): Draws[] =>
  Array.from({ length: count }, () => ({ ...DRAWS, ...more }));
const FULL_RATE = { rateShare: 1 };
const COLD_MS = 100 + 20_000 + 2_000 + 500 + 10_000;

describe('The ideal storm', () => {
  it('of one cold node takes what EC2 takes, one after another', () => {
    expect(idealStorm(nodes(1), FULL_RATE)).toEqual([{ activeAt: COLD_MS, awayMs: COLD_MS - 100 }]);
  });

  it('of one hot node moves the interface when the new instance runs', () => {
    expect(idealStorm(nodes(1, { attachment: 'hot' }), FULL_RATE)).toEqual([
      { activeAt: 500 + 10_000 + 2_500 + 3_000, awayMs: 5_500 },
    ]);
  });

  it.each([
    { rateShare: 1, lastMs: COLD_MS + 45_000 / 10 },
    { rateShare: 0.5, lastMs: COLD_MS + 90_000 / 10 },
  ])('launches five at once, then two a second of the share $rateShare', ({ rateShare, lastMs }) => {
    const storm = idealStorm(nodes(14), { rateShare });

    expect(storm.slice(0, 5).map(({ activeAt }) => activeAt)).toEqual(Array.from({ length: 5 }, () => COLD_MS));
    expect(storm.at(-1)?.activeAt).toBe(lastMs);
  });

  it('serves first the node whose interface is free first', () => {
    const [slow, ...others] = idealStorm([...nodes(1, { freeMs: 3_000 }), ...nodes(9)], FULL_RATE);

    expect(others.every(({ activeAt }) => activeAt < slow!.activeAt)).toBe(true);
  });

  it('ends a cold instance when its launch is near, but never later than EC2 does', () => {
    const at = (index: number): number => idealStorm(nodes(400), { rateShare: 1, leadMs: 30_000 })[index]!.awayMs;
    const endedAtOnce = idealStorm(nodes(400), FULL_RATE)[200]!.awayMs;

    expect(at(200)).toBeLessThan(endedAtOnce);
    // The first launch is possible after 22.1 s, and the last 197.5 s later. EC2 has ended that instance at 120 s.
    expect(at(399)).toBe(22_100 + 197_500 + 10_500 - 120_000);
  });

  it('gives a hot interface the way that is shorter: EC2 ends the old instance at the warning’s end', () => {
    const [late] = idealStorm(nodes(1, { attachment: 'hot', bootMs: 200_000 }), FULL_RATE);

    // The instance ends at 120 s, and the interface is free long before the new instance runs.
    expect(late).toEqual({ activeAt: 200_500 + 3_000, awayMs: 200_500 + 3_000 - 120_000 });
  });
});
