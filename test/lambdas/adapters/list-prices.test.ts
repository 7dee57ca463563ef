import { DescribeSpotPriceHistoryCommand, EC2Client, EC2ServiceException } from '@aws-sdk/client-ec2';
import {
  GetProductsCommand,
  InternalErrorException,
  NotFoundException,
  PricingClient,
  ThrottlingException,
} from '@aws-sdk/client-pricing';
import { mockClient } from 'aws-sdk-client-mock';
import { listPrices } from '../../../lambdas/adapters/list-prices';
import { NOW } from '../../domain/builders';

const ec2 = mockClient(EC2Client);
const pricing = mockClient(PricingClient);
const DAY_MS = 24 * 60 * 60 * 1000;
const pool = { instanceType: 'm7g.large', availabilityZone: 'eu-west-1a', product: 'Linux/UNIX' };
const ago = (days: number) => new Date(Date.parse(NOW) - days * DAY_MS);
const about = { message: 'because', $metadata: {} };

let nowMs: number;
/** How often the client of the price list was made. */
let clients: number;

function open() {
  nowMs = Date.parse(NOW);
  clients = 0;
  return listPrices({
    ec2: new EC2Client({ region: 'eu-west-1' }),
    pricing: () => {
      clients += 1;
      return new PricingClient({ region: 'us-east-1' });
    },
    time: { now: () => new Date(nowMs) },
    region: 'eu-west-1',
  });
}

beforeEach(() => {
  ec2.reset();
  pricing.reset();
});

describe('spot prices', () => {
  it('are read page by page and put in order, oldest first', async () => {
    const price = (days: number, SpotPrice: string) => ({ SpotPrice, Timestamp: ago(days) });
    ec2
      .on(DescribeSpotPriceHistoryCommand)
      .resolvesOnce({ SpotPriceHistory: [price(1, '0.03'), price(2, '0.02')], NextToken: 'next' })
      .resolvesOnce({ SpotPriceHistory: [price(3, '0.01')], NextToken: '' });

    const range = { from: ago(3).toISOString(), to: ago(0).toISOString() };
    await expect(open().spotHistory(pool, range)).resolves.toEqual([
      { at: ago(3).toISOString(), usdPerHour: 0.01 },
      { at: ago(2).toISOString(), usdPerHour: 0.02 },
      { at: ago(1).toISOString(), usdPerHour: 0.03 },
    ]);
    const asked = {
      InstanceTypes: ['m7g.large'],
      AvailabilityZone: 'eu-west-1a',
      ProductDescriptions: ['Linux/UNIX'],
      StartTime: ago(3),
      EndTime: ago(0),
    };
    expect(ec2.commandCalls(DescribeSpotPriceHistoryCommand).map(({ args }) => args[0].input)).toEqual([
      { ...asked, NextToken: undefined },
      { ...asked, NextToken: 'next' },
    ]);
  });

  it('are asked for as far back as EC2 keeps them', async () => {
    ec2.on(DescribeSpotPriceHistoryCommand).resolves({ SpotPriceHistory: [] });
    await open().spotHistory(pool, { from: ago(200).toISOString(), to: ago(0).toISOString() });

    expect(ec2.commandCalls(DescribeSpotPriceHistoryCommand)[0]?.args[0].input.StartTime).toEqual(ago(90));
  });

  it('are not asked for if EC2 does not keep them', async () => {
    const range = { from: ago(200).toISOString(), to: ago(91).toISOString() };

    await expect(open().spotHistory(pool, range)).resolves.toEqual([]);
    expect(ec2.calls()).toHaveLength(0);
  });

  it('without a valid price or a time are ignored', async () => {
    const SpotPriceHistory = [{ SpotPrice: '0.03' }, { Timestamp: ago(1) }, { SpotPrice: 'dear', Timestamp: ago(1) }];
    ec2.on(DescribeSpotPriceHistoryCommand).resolves({ SpotPriceHistory });

    const range = { from: ago(3).toISOString(), to: ago(0).toISOString() };
    await expect(open().spotHistory(pool, range)).resolves.toEqual([]);
  });

  it('throw a transient error if EC2 throttles', async () => {
    const error = new EC2ServiceException({ name: 'RequestLimitExceeded', $fault: 'client', ...about });
    ec2.on(DescribeSpotPriceHistoryCommand).rejects(error);

    const range = { from: ago(3).toISOString(), to: ago(0).toISOString() };
    await expect(open().spotHistory(pool, range)).rejects.toMatchObject({ name: 'Throttled' });
  });
});

/** A product as the price list writes it; the codes are made up. */
function product(...dimensions: readonly { unit: string; pricePerUnit: Record<string, string> }[]): string {
  const priceDimensions = Object.fromEntries(dimensions.map((dimension, index) => [`SKU.TERM.${index}`, dimension]));
  return JSON.stringify({
    product: { sku: 'SKU', attributes: { instanceType: 'm7g.large' } },
    terms: { OnDemand: { 'SKU.TERM': { effectiveDate: '2026-01-01T00:00:00Z', priceDimensions } } },
    serviceCode: 'AmazonEC2',
  });
}
const anHour = (USD: string) => ({ unit: 'Hrs', pricePerUnit: { USD } });

describe('on-demand prices', () => {
  it('are looked up by everything that they depend on', async () => {
    pricing.on(GetProductsCommand).resolves({ PriceList: [product(anHour('0.0816000000'))] });

    await expect(open().onDemandUsdPerHour('m7g.large', 'Linux/UNIX')).resolves.toBe(0.0816);
    const { Filters = [], ServiceCode } = pricing.commandCalls(GetProductsCommand)[0]!.args[0].input;
    expect(ServiceCode).toBe('AmazonEC2');
    expect(new Set(Filters.map(({ Type }) => Type))).toEqual(new Set(['TERM_MATCH']));
    expect(Object.fromEntries(Filters.map(({ Field, Value }) => [Field, Value]))).toEqual({
      regionCode: 'eu-west-1',
      instanceType: 'm7g.large',
      operatingSystem: 'Linux',
      tenancy: 'Shared',
      preInstalledSw: 'NA',
      licenseModel: 'No License required',
      capacitystatus: 'Used',
      marketoption: 'OnDemand',
    });
  });

  it.each([
    { product: 'Windows', operatingSystem: 'Windows' },
    { product: 'Red Hat Enterprise Linux', operatingSystem: 'RHEL' },
    { product: 'SUSE Linux', operatingSystem: 'SUSE' },
  ])('$product is $operatingSystem there', async ({ product: name, operatingSystem }) => {
    pricing.on(GetProductsCommand).resolves({ PriceList: [] });
    await open().onDemandUsdPerHour('m7g.large', name);

    const { Filters = [] } = pricing.commandCalls(GetProductsCommand)[0]!.args[0].input;
    expect(Filters).toContainEqual({ Type: 'TERM_MATCH', Field: 'operatingSystem', Value: operatingSystem });
  });

  it.each([
    { name: 'no product', PriceList: [] },
    { name: 'no terms', PriceList: ['{"terms":{}}'] },
    { name: 'nothing by the hour', PriceList: [product({ unit: 'Quantity', pricePerUnit: { USD: '700' } })] },
    { name: 'a price of 0', PriceList: [product(anHour('0.0000000000'))] },
    { name: 'another currency', PriceList: [product({ unit: 'Hrs', pricePerUnit: { CNY: '1' } })] },
  ])('are unknown if there is $name', async ({ PriceList }) => {
    pricing.on(GetProductsCommand).resolves({ PriceList });

    await expect(open().onDemandUsdPerHour('m7g.large', 'Linux/UNIX')).resolves.toBeUndefined();
  });

  it('are unknown for a product that the price list has no name for, without a call', async () => {
    await expect(open().onDemandUsdPerHour('m7g.large', 'Plan 9')).resolves.toBeUndefined();
    expect(clients).toBe(0);
  });

  it('are each cached for a day', async () => {
    pricing.on(GetProductsCommand).resolves({ PriceList: [product(anHour('1'))] });
    const prices = open();
    const asked = () => pricing.commandCalls(GetProductsCommand).length;

    await prices.onDemandUsdPerHour('m7g.large', 'Linux/UNIX');
    nowMs += DAY_MS - 1;
    await expect(prices.onDemandUsdPerHour('m7g.large', 'Linux/UNIX')).resolves.toBe(1);
    expect(asked()).toBe(1);
    await prices.onDemandUsdPerHour('m7g.large', 'Windows');
    await prices.onDemandUsdPerHour('m6g.large', 'Linux/UNIX');
    expect(asked()).toBe(3);
    nowMs += 1;
    await prices.onDemandUsdPerHour('m7g.large', 'Linux/UNIX');
    expect(asked()).toBe(4);
  });

  it('that are unknown are asked for again', async () => {
    pricing
      .on(GetProductsCommand)
      .resolvesOnce({ PriceList: [] })
      .resolves({ PriceList: [product(anHour('1'))] });
    const prices = open();

    await expect(prices.onDemandUsdPerHour('m7g.large', 'Linux/UNIX')).resolves.toBeUndefined();
    await expect(prices.onDemandUsdPerHour('m7g.large', 'Linux/UNIX')).resolves.toBe(1);
  });

  it.each([
    { error: new ThrottlingException(about), name: 'Throttled' },
    { error: new InternalErrorException({ ...about }), name: 'ServiceUnavailable' },
    { error: Object.assign(new Error('broken'), { code: 'ECONNRESET' }), name: 'ServiceUnavailable' },
    { error: new NotFoundException(about), name: 'NotFoundException' },
  ])('throw $name for $error.name', async ({ error, name }) => {
    pricing.on(GetProductsCommand).rejects(error);

    await expect(open().onDemandUsdPerHour('m7g.large', 'Linux/UNIX')).rejects.toMatchObject({ name });
  });
});
