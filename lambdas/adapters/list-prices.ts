/**
 * List prices: spot prices from EC2's history of them, on-demand prices from the AWS Price List Query API.
 *
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html,
 * https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
 */
import { DescribeSpotPriceHistoryCommand, type _InstanceType, type EC2Client } from '@aws-sdk/client-ec2';
import { GetProductsCommand, PricingServiceException, type PricingClient } from '@aws-sdk/client-pricing';
import * as z from 'zod';
import type { SpotPrice } from '../../domain/costs/costs';
import type { Prices, SpotPricePool, Time } from '../ports';
import { callEc2 } from './ec2-error';
import { callService } from './service-error';

const DAY_MS = 24 * 60 * 60 * 1000;
/** How far EC2's price history goes back. */
const SPOT_HISTORY_DAYS = 90;
/** On-demand prices change a few times in a decade. */
const ON_DEMAND_KEPT_MS = DAY_MS;

export interface PriceSources {
  readonly ec2: Pick<EC2Client, 'send'>;
  /** Called only when a price is needed. */
  readonly pricing: () => Pick<PricingClient, 'send'>;
  readonly time: Pick<Time, 'now'>;
  /** The Region whose prices we look up. */
  readonly region: string;
}

export function listPrices({ ec2, pricing, time, region }: PriceSources): Prices {
  const kept = new Map<string, { readonly usdPerHour: number; readonly readAtMs: number }>();
  return {
    async spotHistory(pool, range) {
      const nowMs = time.now().getTime();
      const fromMs = Math.max(Date.parse(range.from), nowMs - SPOT_HISTORY_DAYS * DAY_MS);
      const toMs = Math.min(Date.parse(range.to), nowMs);
      return fromMs >= toMs ? [] : spotHistory(ec2, pool, new Date(fromMs), new Date(toMs));
    },

    async onDemandUsdPerHour(instanceType, product) {
      const nowMs = time.now().getTime();
      const key = `${instanceType}|${product}`;
      const known = kept.get(key);
      if (known !== undefined && nowMs - known.readAtMs < ON_DEMAND_KEPT_MS) return known.usdPerHour;
      const usdPerHour = await onDemandPrice(pricing, region, instanceType, product);
      if (usdPerHour !== undefined) kept.set(key, { usdPerHour, readAtMs: nowMs });
      return usdPerHour;
    },
  };
}

async function spotHistory(
  ec2: Pick<EC2Client, 'send'>,
  { instanceType, availabilityZone, product }: SpotPricePool,
  from: Date,
  to: Date,
): Promise<readonly SpotPrice[]> {
  const prices: SpotPrice[] = [];
  let nextToken: string | undefined;
  do {
    const command = new DescribeSpotPriceHistoryCommand({
      InstanceTypes: [instanceType as _InstanceType],
      AvailabilityZone: availabilityZone,
      ProductDescriptions: [product],
      StartTime: from,
      EndTime: to,
      NextToken: nextToken,
    });
    const { SpotPriceHistory = [], NextToken } = await callEc2(() => ec2.send(command));
    prices.push(...SpotPriceHistory.flatMap(({ SpotPrice: price, Timestamp }) => priceAt(Timestamp, price)));
    // The last page has an empty token.
    nextToken = NextToken || undefined;
  } while (nextToken !== undefined);
  return prices.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

function priceAt(at: Date | undefined, price: string | undefined): readonly SpotPrice[] {
  const usdPerHour = Number(price);
  return at === undefined || !(usdPerHour > 0) ? [] : [{ at: at.toISOString(), usdPerHour }];
}

/** From EC2's name for what runs on an instance to the price list's names. */
const OPERATING_SYSTEMS: Readonly<Record<string, string>> = {
  'Linux/UNIX': 'Linux',
  'Red Hat Enterprise Linux': 'RHEL',
  'SUSE Linux': 'SUSE',
  Windows: 'Windows',
};

async function onDemandPrice(
  pricing: PriceSources['pricing'],
  region: string,
  instanceType: string,
  product: string,
): Promise<number | undefined> {
  const operatingSystem = OPERATING_SYSTEMS[product];
  if (operatingSystem === undefined) return undefined;
  const wanted = {
    regionCode: region,
    instanceType,
    operatingSystem,
    tenancy: 'Shared',
    preInstalledSw: 'NA',
    licenseModel: 'No License required',
    // Other entries list the price of reserved capacity that is not used.
    capacitystatus: 'Used',
    marketoption: 'OnDemand',
  };
  const command = new GetProductsCommand({
    ServiceCode: 'AmazonEC2',
    FormatVersion: 'aws_v1',
    Filters: Object.entries(wanted).map(([Field, Value]) => ({ Type: 'TERM_MATCH' as const, Field, Value })),
    MaxResults: 10,
  });
  // The SDK's type for JSON texts does not describe their content.
  const answer: { readonly PriceList?: readonly unknown[] } = await callService(
    'The price list',
    PricingServiceException,
    () => pricing().send(command),
  );
  return (answer.PriceList ?? []).map((document) => hourlyUsd(String(document))).find((usd) => usd !== undefined);
}

/** One product of the price list, with only the parts that we read. */
const productSchema = z.object({
  terms: z.object({
    OnDemand: z
      .record(
        z.string(),
        z.object({
          priceDimensions: z.record(
            z.string(),
            z.object({ unit: z.string(), pricePerUnit: z.object({ USD: z.string().optional() }) }),
          ),
        }),
      )
      .optional(),
  }),
});

/** A price of 0 means that the product is not sold by the hour. */
function hourlyUsd(document: string): number | undefined {
  const { terms } = productSchema.parse(JSON.parse(document));
  return Object.values(terms.OnDemand ?? {})
    .flatMap(({ priceDimensions }) => Object.values(priceDimensions))
    .filter(({ unit }) => unit === 'Hrs')
    .map(({ pricePerUnit }) => Number(pricePerUnit.USD))
    .find((usd) => usd > 0);
}
