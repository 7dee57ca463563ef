import fc from 'fast-check';
import { costsOf, endedUsage, periodsOf, type PriceBook, type SpotPrice } from '../../../domain/costs/costs';
import { usageOf, type Usage } from '../../../domain/costs/usage';
import { aConfig, anInstance } from '../builders';

const PRODUCT = 'Linux/UNIX';
const day = (date: number, hour = 0) => new Date(Date.UTC(2026, 10, date, hour)).toISOString();
const DAY = { from: day(3), to: day(4) };

function aUsage(overrides: Partial<Required<Usage>> = {}): Required<Usage> {
  return {
    instanceId: 'i-1',
    instanceType: 'm7g.large',
    lifeCycle: 'spot',
    availabilityZone: 'eu-west-1a',
    product: PRODUCT,
    from: day(1),
    to: day(9),
    ...overrides,
  };
}

/** The same prices for everything; four dollars an hour on demand by default. */
function pricedAt(spot: readonly SpotPrice[], onDemandUsdPerHour: number | undefined = 4): PriceBook {
  return { spot: () => spot, onDemandUsdPerHour: () => onDemandUsdPerHour };
}
const oneDollar = pricedAt([{ at: day(1), usdPerHour: 1 }]);
const noPrices: PriceBook = { spot: () => [], onDemandUsdPerHour: () => undefined };

describe('costsOf', () => {
  it.each([
    { name: 'all of the range', from: day(1), to: day(9), hours: 24 },
    { name: 'from within the range on', from: day(3, 6), to: day(9), hours: 18 },
    { name: 'until within the range', from: day(1), to: day(3, 6), hours: 6 },
    { name: 'within the range', from: day(3, 6), to: day(3, 8), hours: 2 },
    { name: 'until the range begins', from: day(1), to: day(3), hours: 0 },
    { name: 'from the end of the range on', from: day(4), to: day(9), hours: 0 },
  ])('counts an instance that ran $name', ({ from, to, hours }) => {
    expect(costsOf([aUsage({ from, to })], DAY, oneDollar)).toMatchObject({
      hours,
      spotHours: hours,
      onDemandHours: 0,
      actualCost: hours,
      onDemandCost: 4 * hours,
      savings: 3 * hours,
      missingPrices: [],
    });
  });

  it('separates spot from on-demand hours, and saves nothing on the latter', () => {
    const usages = [aUsage({ to: day(3, 18) }), aUsage({ lifeCycle: 'on_demand', from: day(3, 18) })];

    expect(costsOf(usages, DAY, oneDollar)).toEqual({
      range: DAY,
      hours: 24,
      spotHours: 18,
      onDemandHours: 6,
      actualCost: 18 * 1 + 6 * 4,
      onDemandCost: 24 * 4,
      savings: 18 * 3,
      savingsPercent: (54 / 96) * 100,
      missingPrices: [],
    });
  });

  it('uses every price for the hours in which it held', () => {
    const prices = [
      { at: day(2), usdPerHour: 1 },
      { at: day(3, 6), usdPerHour: 2 },
      { at: day(3, 18), usdPerHour: 3 },
      { at: day(5), usdPerHour: 100 },
    ];

    const { actualCost, savings } = costsOf([aUsage()], DAY, pricedAt(prices));
    expect(actualCost).toBe(6 * 1 + 12 * 2 + 6 * 3);
    expect(savings).toBe(24 * 4 - 48);
  });

  it('counts a second of a price', () => {
    const to = new Date(Date.parse(day(3)) + 1000).toISOString();

    expect(costsOf([aUsage({ to })], DAY, oneDollar).actualCost).toBeCloseTo(1 / 3600, 12);
  });

  it('uses the prices of each instance', () => {
    const book: PriceBook = {
      spot: ({ availabilityZone }) => [{ at: day(1), usdPerHour: availabilityZone === 'eu-west-1a' ? 1 : 2 }],
      onDemandUsdPerHour: ({ instanceType }) => (instanceType === 'm7g.large' ? 4 : 8),
    };
    const other = aUsage({ availabilityZone: 'eu-west-1b', instanceType: 'm7g.xlarge' });

    expect(costsOf([aUsage(), other], DAY, book)).toMatchObject({ actualCost: 72, onDemandCost: 288 });
  });

  it('costs nothing if nothing ran, and has no savings percentage', () => {
    expect(costsOf([], DAY, noPrices)).toEqual({
      range: DAY,
      hours: 0,
      spotHours: 0,
      onDemandHours: 0,
      actualCost: 0,
      onDemandCost: 0,
      savings: 0,
      savingsPercent: undefined,
      missingPrices: [],
    });
  });
});

describe('a price that is missing', () => {
  const missing = { instanceType: 'm7g.large', product: PRODUCT };

  it('of spot capacity: the cost is unknown, and what it would have cost on demand is not', () => {
    const prices = [{ at: day(3, 18), usdPerHour: 1 }];

    expect(costsOf([aUsage()], DAY, pricedAt(prices))).toMatchObject({
      hours: 24,
      actualCost: undefined,
      onDemandCost: 96,
      savings: undefined,
      savingsPercent: undefined,
      missingPrices: [{ ...missing, lifeCycle: 'spot', availabilityZone: 'eu-west-1a', hours: 18 }],
    });
  });

  it('of on-demand capacity: the cost of spot capacity is known, and what was saved is not', () => {
    const spotOnly: PriceBook = { ...oneDollar, onDemandUsdPerHour: () => undefined };

    expect(costsOf([aUsage()], DAY, spotOnly)).toMatchObject({
      hours: 24,
      actualCost: 24,
      onDemandCost: undefined,
      savings: undefined,
      savingsPercent: undefined,
      missingPrices: [{ ...missing, lifeCycle: 'on_demand', hours: 24 }],
    });
  });

  it('of on-demand capacity that was bought: the cost is unknown', () => {
    expect(costsOf([aUsage({ lifeCycle: 'on_demand' })], DAY, noPrices)).toMatchObject({
      hours: 24,
      actualCost: undefined,
      onDemandCost: undefined,
      savings: undefined,
      missingPrices: [{ ...missing, lifeCycle: 'on_demand', hours: 24 }],
    });
  });

  it('is not missed by an instance that ran at another time', () => {
    expect(costsOf([aUsage({ to: day(3) })], DAY, noPrices)).toMatchObject({ actualCost: 0, missingPrices: [] });
  });

  it('makes one entry for each price, with the hours of all instances that need it', () => {
    const usages = [
      aUsage({ to: day(3, 6) }),
      aUsage({ from: day(3, 6), to: day(3, 8) }),
      aUsage({ lifeCycle: 'on_demand', from: day(3, 8), to: day(3, 9) }),
    ];
    const { missingPrices, actualCost } = costsOf(usages, DAY, noPrices);

    expect(actualCost).toBeUndefined();
    expect(missingPrices).toEqual([
      { ...missing, lifeCycle: 'on_demand', hours: 9 },
      { ...missing, lifeCycle: 'spot', availabilityZone: 'eu-west-1a', hours: 8 },
    ]);
  });
});

describe('endedUsage', () => {
  const { to: _to, ...open } = aUsage();
  const now = day(9);

  it.each<{ name: string; usages: Usage[]; ends: string[] }>([
    { name: 'an ended instance, unchanged', usages: [aUsage({ to: day(2) })], ends: [day(2)] },
    { name: 'a running instance, at the present time', usages: [open], ends: [now] },
    {
      name: 'what was never seen to end, until the next instance carried the node',
      usages: [open, { ...open, from: day(5) }],
      ends: [day(5), now],
    },
    {
      name: 'an instance that ended after the next one had been launched, unchanged',
      usages: [aUsage({ to: day(6) }), { ...open, from: day(5) }],
      ends: [day(6), now],
    },
    { name: 'any order', usages: [{ ...open, from: day(5) }, open], ends: [day(5), now] },
  ])('ends $name', ({ usages, ends }) => {
    expect(endedUsage(usages, now).map(({ to }) => to)).toEqual(ends);
  });
});

describe('periodsOf', () => {
  const range = { from: day(3, 6), to: day(5) };

  it.each([
    { period: undefined, periods: [range] },
    {
      period: 'daily' as const,
      periods: [
        { from: day(3, 6), to: day(4) },
        { from: day(4), to: day(5) },
      ],
    },
    { period: 'monthly' as const, periods: [range] },
  ])('cuts days and months in UTC: $period', ({ period, periods }) => {
    expect(periodsOf(range, period)).toEqual(periods);
  });

  it('cuts nothing unless asked to', () => {
    const months = { from: day(3), to: '2027-02-01T00:00:00.000Z' };

    expect(periodsOf(months, undefined)).toEqual([months]);
  });

  it('cuts months, over a year', () => {
    const periods = periodsOf({ from: '2025-12-15T00:00:00.000Z', to: '2026-02-03T04:00:00.000Z' }, 'monthly');

    expect(periods.map(({ to }) => to)).toEqual([
      '2026-01-01T00:00:00.000Z',
      '2026-02-01T00:00:00.000Z',
      '2026-02-03T04:00:00.000Z',
    ]);
  });

  it('makes one period of an empty range', () => {
    expect(periodsOf({ from: day(3), to: day(3) }, 'daily')).toEqual([{ from: day(3), to: day(3) }]);
  });

  it('loses and doubles nothing: the periods add up to the range', () => {
    const hour = fc.integer({ min: 0, max: 24 * 100 }).map((hours) => day(1, hours));
    const spans = fc.tuple(hour, hour).map(([one, other]) => [one, other].sort() as [string, string]);
    const usages = fc.array(spans.map(([from, to]) => aUsage({ from, to })));
    const prices = fc.array(fc.record({ at: hour, usdPerHour: fc.integer({ min: 1, max: 9 }) }), { minLength: 1 });
    fc.assert(
      fc.property(spans, usages, prices, fc.constantFrom('daily' as const, 'monthly' as const), (...given) => {
        const [[from, to], used, steps, period] = given;
        const inOrder = [{ at: day(0), usdPerHour: 1 }, ...steps].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
        const whole = costsOf(used, { from, to }, pricedAt(inOrder));
        const parts = periodsOf({ from, to }, period).map((part) => costsOf(used, part, pricedAt(inOrder)));

        const sum = (value: (part: typeof whole) => number | undefined) =>
          parts.reduce((total, part) => total + (value(part) ?? NaN), 0);
        expect(sum(({ hours }) => hours)).toBeCloseTo(whole.hours, 6);
        expect(sum(({ actualCost }) => actualCost)).toBeCloseTo(whole.actualCost ?? NaN, 6);
      }),
    );
  });
});

describe('usageOf', () => {
  it.each([
    { product: undefined, priced: 'Linux/UNIX' },
    { product: 'Windows (Amazon VPC)' as const, priced: 'Windows' },
    { product: 'SUSE Linux' as const, priced: 'SUSE Linux' },
  ])('uses the product names of prices: $product is $priced', ({ product, priced }) => {
    const seen = anInstance();

    expect(usageOf(seen, aConfig({ compute: { product } }))).toEqual({
      instanceId: seen.id,
      instanceType: seen.instanceType,
      lifeCycle: seen.lifeCycle,
      availabilityZone: seen.availabilityZone,
      product: priced,
      from: seen.launchedAt,
    });
  });
});
