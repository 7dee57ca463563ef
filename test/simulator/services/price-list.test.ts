import { DescribeServicesCommand, GetProductsCommand, type Filter } from '@aws-sdk/client-pricing';
import { LocalPriceList } from '../../../simulator/services/price-list';

const { client } = new LocalPriceList('us-east-1', (instanceType) => ({ 'm7g.large': 0.0816 })[instanceType]);

const matching = (fields: Readonly<Record<string, string>>): Filter[] =>
  Object.entries({ instanceType: 'm7g.large', ...fields }).map(([Field, Value]) => ({
    Type: 'TERM_MATCH',
    Field,
    Value,
  }));
const ask = async (Filters: Filter[], ServiceCode = 'AmazonEC2') =>
  (await client.send(new GetProductsCommand({ ServiceCode, Filters }))).PriceList ?? [];

describe('the local price list', () => {
  it("has the price of an instance type, in AWS's format", async () => {
    const [document] = await ask(matching({ regionCode: 'us-east-1', operatingSystem: 'Linux', tenancy: 'Shared' }));
    const { terms } = JSON.parse(String(document));

    expect(terms.OnDemand['SKU.TERM'].priceDimensions['SKU.TERM.RATE']).toEqual({
      unit: 'Hrs',
      pricePerUnit: { USD: '0.0816000000' },
    });
  });

  it.each([
    { name: 'another Region', filters: matching({ regionCode: 'eu-west-1' }) },
    { name: 'another system', filters: matching({ operatingSystem: 'Windows' }) },
    { name: 'a type without a price', filters: matching({ instanceType: 'x9.free' }) },
  ])('has none for $name', async ({ filters }) => {
    await expect(ask(filters)).resolves.toEqual([]);
  });

  it.each([
    { name: 'another service', call: () => ask(matching({}), 'AmazonRDS') },
    { name: 'all types', call: () => ask([]) },
    { name: 'a field it does not know', call: () => ask(matching({ clockSpeed: 'fast' })) },
    {
      name: 'another way of matching',
      call: () => ask([...matching({}), { Type: 'CONTAINS', Field: 'tenancy', Value: 'S' }]),
    },
    { name: 'another command', call: () => client.send(new DescribeServicesCommand({})) },
  ])('refuses $name', async ({ call }) => {
    await expect(call()).rejects.toThrow(/price list/);
  });
});
