import {
  DescribeSpotPriceHistoryCommand,
  type DescribeSpotPriceHistoryCommandInput,
  type SpotPrice,
} from '@aws-sdk/client-ec2';
import { Lab, PAGES, refusals, rule } from '../lab';

const PAGE = PAGES.api('DescribeSpotPriceHistory');
const HOUR_MS = 60 * 60 * 1000;
const POOL = { InstanceTypes: ['m7g.large' as const], AvailabilityZone: 'us-east-1a' };

async function history(lab: Lab, input: Partial<DescribeSpotPriceHistoryCommandInput> = {}): Promise<SpotPrice[]> {
  const { SpotPriceHistory = [] } = await lab.send(new DescribeSpotPriceHistoryCommand({ ...POOL, ...input }));
  return SpotPriceHistory;
}

const hoursAgo = (lab: Lab, hours: number) => new Date(lab.clock.now() - hours * HOUR_MS);
const timesOf = (prices: readonly SpotPrice[]) => prices.map(({ Timestamp }) => Number(Timestamp));

describe('spot prices', () => {
  rule('come newest first, back to the price at the start', PAGE, async () => {
    const lab = new Lab();
    const start = hoursAgo(lab, 20);
    const prices = await history(lab, { StartTime: start, EndTime: hoursAgo(lab, 1) });
    const times = timesOf(prices);

    expect(prices.length).toBeGreaterThan(2);
    expect(times).toEqual([...times].sort((one, other) => other - one));
    expect(times.at(-1)).toBeLessThanOrEqual(start.getTime());
    expect(times.at(-2)).toBeGreaterThan(start.getTime());
    expect(times[0]).toBeLessThanOrEqual(hoursAgo(lab, 1).getTime());
  });

  rule('are the present prices if no time is given', PAGE, async () => {
    expect(await history(new Lab())).toHaveLength(1);
  });

  rule('have their pool, and are well below the on-demand price', PAGE, async () => {
    const [price] = await history(new Lab());

    expect(price).toMatchObject({
      InstanceType: 'm7g.large',
      AvailabilityZone: 'us-east-1a',
      ProductDescription: 'Linux/UNIX',
      SpotPrice: expect.stringMatching(/^0\.\d{6}$/) as string,
    });
    expect(Number(price?.SpotPrice)).toBeGreaterThan(0.25 * 0.0816 - 1e-6);
    expect(Number(price?.SpotPrice)).toBeLessThan(0.45 * 0.0816 + 1e-6);
  });

  rule('differ from zone to zone and from type to type', PAGE, async () => {
    const lab = new Lab();
    const all = await history(lab, { InstanceTypes: undefined, AvailabilityZone: undefined });

    expect(all).toHaveLength(8 * 3);
    expect(new Set(all.map(({ SpotPrice: price }) => price)).size).toBe(8 * 3);
  });

  rule('go back for 90 days', PAGE, async () => {
    const lab = new Lab();
    const prices = await history(lab, { StartTime: hoursAgo(lab, 200 * 24) });

    expect(Math.min(...timesOf(prices))).toBeGreaterThan(hoursAgo(lab, 91 * 24).getTime());
  });

  rule('come in pages; the last page has an empty token', PAGE, async () => {
    const lab = new Lab({ pageSize: 3 });
    const times = [];
    let token: string | undefined;
    do {
      const command = new DescribeSpotPriceHistoryCommand({
        ...POOL,
        StartTime: hoursAgo(lab, 48),
        NextToken: token,
      });
      const { SpotPriceHistory = [], NextToken } = await lab.send(command);
      expect(SpotPriceHistory.length).toBeLessThanOrEqual(3);
      times.push(...timesOf(SpotPriceHistory));
      token = NextToken;
    } while (token !== '');

    expect(times).toHaveLength(9);
    expect(new Set(times).size).toBe(9);
  });

  rule('do not exist for other products, and for types without a price', PAGE, async () => {
    const lab = new Lab();
    lab.ec2.addInstanceType({ type: 'x9.free', vcpus: 1, architectures: ['arm64'], maximumNetworkInterfaces: 2 });

    expect(await history(lab, { ProductDescriptions: ['Windows'] })).toEqual([]);
    expect(await history(lab, { InstanceTypes: ['x9.free' as never] })).toEqual([]);
  });

  test('never change: later calls and other runs return the same past prices', async () => {
    const asked = { StartTime: new Date('2025-12-01T00:00:00Z'), EndTime: new Date('2025-12-31T00:00:00Z') };
    const lab = new Lab();
    const before = await history(lab, asked);
    await lab.launchRunning();

    expect(await history(lab, asked)).toEqual(before);
    expect(await history(new Lab({ seed: 2 }), asked)).toEqual(before);
  });

  test('reading them draws nothing from the world', async () => {
    const [one, other] = [new Lab(), new Lab()];
    await history(one);

    expect(await one.launchRunning()).toBe(await other.launchRunning());
  });

  refusals([
    {
      refused: 'an unknown type',
      page: PAGES.errors,
      code: 'InvalidInstanceType',
      call: (lab) => history(lab, { InstanceTypes: ['m99.large' as never] }),
    },
    {
      refused: 'a range that ends before it begins',
      page: PAGE,
      code: 'InvalidParameterValue',
      call: (lab) => history(lab, { StartTime: hoursAgo(lab, 1), EndTime: hoursAgo(lab, 2) }),
    },
    {
      refused: "another call's token",
      page: PAGES.pagination,
      code: 'InvalidNextToken',
      call: (lab) => history(lab, { NextToken: Buffer.from('DescribeVpcs:1').toString('base64url') }),
    },
  ]);
});
