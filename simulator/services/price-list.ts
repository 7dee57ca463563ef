/**
 * The AWS Price List, simulated at the SDK's `send()`: the on-demand prices of the simulated EC2's instance types.
 * https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
 */
import { GetProductsCommand, type Filter, type PricingClient } from '@aws-sdk/client-pricing';

/** Returns US dollars per hour under Linux, or undefined for a type without a price. */
export type OnDemandPrices = (instanceType: string) => number | undefined;

/** The attributes of every price here. */
const LISTED: Readonly<Record<string, string>> = {
  operatingSystem: 'Linux',
  tenancy: 'Shared',
  preInstalledSw: 'NA',
  licenseModel: 'No License required',
  capacitystatus: 'Used',
  marketoption: 'OnDemand',
};

export class LocalPriceList {
  readonly client: Pick<PricingClient, 'send'>;

  /** @param region the only Region with prices */
  constructor(
    private readonly region: string,
    private readonly usdPerHour: OnDemandPrices,
  ) {
    this.client = { send: async (command: unknown) => this.perform(command) };
  }

  private perform(command: unknown): object {
    if (!(command instanceof GetProductsCommand)) {
      throw new Error(`${(command as object).constructor.name} is not supported by the local price list`);
    }
    const { ServiceCode, Filters = [] } = command.input;
    if (ServiceCode !== 'AmazonEC2') throw new Error(`The local price list has no ${ServiceCode}`);
    const instanceType = Filters.find(({ Field }) => Field === 'instanceType')?.Value;
    if (instanceType === undefined)
      throw new Error('The local price list needs exactly one instance type in the filters');
    const usd = Filters.every((filter) => this.lists(filter)) ? this.usdPerHour(instanceType) : undefined;
    return { FormatVersion: 'aws_v1', PriceList: usd === undefined ? [] : [product(instanceType, usd)], $metadata: {} };
  }

  private lists({ Type, Field = '', Value }: Filter): boolean {
    if (Type !== 'TERM_MATCH') throw new Error(`The local price list does not support the filter type ${Type}`);
    if (Field === 'instanceType') return true;
    if (Field === 'regionCode') return Value === this.region;
    if (!Object.hasOwn(LISTED, Field)) throw new Error(`The local price list has no field ${Field}`);
    return LISTED[Field] === Value;
  }
}

/** Only the parts of AWS's documents that the product reads. */
function product(instanceType: string, usdPerHour: number): string {
  const dimension = { unit: 'Hrs', pricePerUnit: { USD: usdPerHour.toFixed(10) } };
  return JSON.stringify({
    product: { productFamily: 'Compute Instance', attributes: { instanceType, ...LISTED } },
    terms: { OnDemand: { 'SKU.TERM': { priceDimensions: { 'SKU.TERM.RATE': dimension } } } },
  });
}
