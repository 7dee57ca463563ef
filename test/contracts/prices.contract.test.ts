/** The promises of `Prices`: the history of a range, and undefined for a price that no list has. */
import { listPrices } from '../../lambdas/adapters/list-prices';
import type { Prices } from '../../lambdas/ports';
import { LocalPriceList } from '../../simulator/services/price-list';
import { InMemoryPorts } from '../lambdas/in-memory-ports';
import { Lab } from '../simulator/ec2/lab';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const REGION = 'us-east-1';

interface Opened {
  readonly port: Prices;
  readonly nowMs: number;
}

function openInMemory(): Opened {
  const ports = new InMemoryPorts();
  const nowMs = ports.time.now().getTime();
  // Every five hours for 110 days, newest first, and for a day to come.
  const history = Array.from({ length: 528 }, (_, step) => ({
    at: new Date(nowMs + DAY_MS - step * 5 * HOUR_MS).toISOString(),
    usdPerHour: 0.03 + step / 100_000,
  }));
  ports.spotPrices.set(`m7g.large|${REGION}a|Linux/UNIX`, history);
  ports.onDemandPrices.set('m7g.large|Linux/UNIX', 0.0816);
  return { port: ports.prices, nowMs };
}

function openOnEc2(): Opened {
  const lab = new Lab({ region: REGION, pageSize: 50 });
  const priceList = new LocalPriceList(REGION, (instanceType) => lab.ec2.onDemandUsdPerHour(instanceType));
  const port = listPrices({
    ec2: { send: lab.send },
    pricing: () => priceList.client,
    time: { now: () => new Date(lab.clock.now()) },
    region: REGION,
  });
  return { port, nowMs: lab.clock.now() };
}

describe.each([
  { implementation: 'in memory', open: openInMemory },
  { implementation: 'the adapter', open: openOnEc2 },
])('Prices, $implementation', ({ open }) => {
  const pool = { instanceType: 'm7g.large', availabilityZone: `${REGION}a`, product: 'Linux/UNIX' };
  let opened: Opened;
  beforeEach(() => {
    opened = open();
  });

  /** Times are in days before now. */
  const history = (fromDays: number, toDays: number) =>
    opened.port.spotHistory(pool, { from: ago(fromDays), to: ago(toDays) });
  const ago = (days: number) => new Date(opened.nowMs - days * DAY_MS).toISOString();

  test.each([
    { name: 'up to now', from: 10.1, to: 0 },
    { name: 'that has ended', from: 10.1, to: 5.2 },
    { name: 'that ends after now', from: 3.3, to: -1 },
  ])(
    'the history of a range $name begins with the price that held at its start, and is in order',
    async ({ from, to }) => {
      const prices = await history(from, to);
      const times = prices.map(({ at }) => at);
      const [first = '', second = ''] = times;

      expect(first <= ago(from)).toBe(true);
      expect(second > ago(from)).toBe(true);
      expect((times.at(-1) ?? '') <= ago(Math.max(to, 0))).toBe(true);
      expect(times).toEqual([...times].sort());
      expect(new Set(times).size).toBe(times.length);
      expect(prices.every(({ usdPerHour }) => usdPerHour > 0)).toBe(true);
    },
  );

  test('a history begins 90 days ago at the earliest', async () => {
    const [first, second] = await history(100, 0);

    expect((first?.at ?? '') <= ago(90)).toBe(true);
    expect((first?.at ?? '') > ago(91)).toBe(true);
    expect((second?.at ?? '') > ago(90)).toBe(true);
  });

  test.each([
    { name: 'that ended over 90 days ago', from: 100, to: 91 },
    { name: 'that has not begun', from: -1, to: -2 },
    { name: 'that ends before it begins', from: 1, to: 2 },
  ])('a range $name has no history', async ({ from, to }) => {
    await expect(history(from, to)).resolves.toEqual([]);
  });

  test('a pool without a price has no history', async () => {
    const range = { from: ago(10), to: ago(0) };

    await expect(opened.port.spotHistory({ ...pool, product: 'Windows' }, range)).resolves.toEqual([]);
  });

  test('an on-demand price is in US dollars an hour, and stays the same', async () => {
    await expect(opened.port.onDemandUsdPerHour('m7g.large', 'Linux/UNIX')).resolves.toBe(0.0816);
    await expect(opened.port.onDemandUsdPerHour('m7g.large', 'Linux/UNIX')).resolves.toBe(0.0816);
  });

  test.each([
    { name: 'an instance type', instanceType: 'm99.huge', product: 'Linux/UNIX' },
    { name: 'a product', instanceType: 'm7g.large', product: 'Windows' },
    { name: 'a product by a name that no list knows', instanceType: 'm7g.large', product: 'Linux/UNIX of old' },
  ])('$name that is not listed has no price', async ({ instanceType, product }) => {
    await expect(opened.port.onDemandUsdPerHour(instanceType, product)).resolves.toBeUndefined();
  });
});
