/**
 * Spot prices: one series per pool, which never changes. Calls about the same hours always return the same prices. Each
 * price holds for a few hours, and is a share of the on-demand price.
 *
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html
 */
import type {
  DescribeSpotPriceHistoryCommandOutput,
  DescribeSpotPriceHistoryRequest,
  SpotPrice as Described,
} from '@aws-sdk/client-ec2';
import { ec2Error } from '../requests/ec2-error';
import { find } from '../requests/lookup';
import { allowOnly, badValue, type Without$metadata } from '../requests/parameters';
import { Random } from '../../time/random';
import type { Simulation } from '../ec2-state';
import type { InstanceType } from '../world';

const HOUR_MS = 60 * 60 * 1000;
/** How long a price holds. */
const STEP_MS = 6 * HOUR_MS;
/** How far back EC2 has prices. */
const HISTORY_MS = 90 * 24 * HOUR_MS;
/** Of the on-demand price. EC2 names discounts of up to 90 %; the typical Spot price is about a third. */
const LOWEST_SHARE = 0.25;
const HIGHEST_SHARE = 0.45;
/** Other products are not simulated. They have no prices, as in a zone that does not offer them. */
const PRODUCT = 'Linux/UNIX';

const PARAMETERS = [
  'AvailabilityZone',
  'DryRun',
  'EndTime',
  'InstanceTypes',
  'MaxResults',
  'NextToken',
  'ProductDescriptions',
  'StartTime',
] as const;

export class SpotPrices {
  constructor(private readonly simulation: Simulation) {}

  describe(
    input: DescribeSpotPriceHistoryRequest,
    pageSize: number,
  ): Without$metadata<DescribeSpotPriceHistoryCommandOutput> {
    allowOnly('DescribeSpotPriceHistory', input, PARAMETERS);
    const now = this.simulation.now();
    const endMs = Math.min(input.EndTime?.getTime() ?? now, now);
    const startMs = Math.max(input.StartTime?.getTime() ?? now, now - HISTORY_MS);
    if (input.StartTime !== undefined && input.EndTime !== undefined && input.StartTime > input.EndTime) {
      throw badValue('The start time must not be after the end time');
    }
    const all = this.pools(input)
      .flatMap((pool) => this.series(pool, startMs, endMs))
      .sort((one, other) => Number(other.Timestamp) - Number(one.Timestamp));
    const first = readToken(input.NextToken);
    const last = first + Math.min(input.MaxResults ?? pageSize, pageSize);
    // The last page has an empty token instead of none.
    return { SpotPriceHistory: all.slice(first, last), NextToken: last < all.length ? writeToken(last) : '' };
  }

  private pools({ InstanceTypes: types, AvailabilityZone: zone, ProductDescriptions: products }: PoolQuery): Pool[] {
    if (products !== undefined && products.length > 0 && !products.includes(PRODUCT)) return [];
    const { instanceTypes, subnets } = this.simulation.world;
    const wanted = types?.map((name) => find(this.simulation, 'instanceTypes', name)) ?? [...instanceTypes.values()];
    const zones = new Set([...subnets.values()].map(({ availabilityZone }) => availabilityZone));
    return wanted.flatMap((type) =>
      [...zones]
        .filter((each) => zone === undefined || each === zone)
        .filter((each) => type.availabilityZones?.includes(each) !== false)
        .flatMap((each) =>
          type.usdPerHour === undefined ? [] : [{ type, zone: each, onDemandUsdPerHour: type.usdPerHour }],
        ),
    );
  }

  /** The price changes in the period, and the price at its start. */
  private series(pool: Pool, startMs: number, endMs: number): Described[] {
    const firstStep = Math.floor(startMs / STEP_MS);
    const lastStep = Math.floor(endMs / STEP_MS);
    return Array.from({ length: lastStep - firstStep + 1 }, (_, index) => {
      const step = firstStep + index;
      return {
        AvailabilityZone: pool.zone,
        InstanceType: pool.type.id as NonNullable<Described['InstanceType']>,
        ProductDescription: PRODUCT,
        SpotPrice: priceIn(pool, step).toFixed(6),
        Timestamp: new Date(step * STEP_MS),
      };
    });
  }
}

type PoolQuery = Pick<DescribeSpotPriceHistoryRequest, 'InstanceTypes' | 'AvailabilityZone' | 'ProductDescriptions'>;

interface Pool {
  readonly type: InstanceType;
  readonly zone: string;
  readonly onDemandUsdPerHour: number;
}

/** Draws from its own stream: reading prices must not change the rest of the run. */
function priceIn({ type, zone, onDemandUsdPerHour }: Pool, step: number): number {
  const random = new Random(`spot-price/${type.id}/${zone}/${step}`);
  return onDemandUsdPerHour * random.between(LOWEST_SHARE, HIGHEST_SHARE);
}

function writeToken(position: number): string {
  return Buffer.from(`DescribeSpotPriceHistory:${position}`).toString('base64url');
}

function readToken(token: string | undefined): number {
  if (token === undefined || token === '') return 0;
  const [operation, position] = Buffer.from(token, 'base64url').toString().split(':');
  if (operation !== 'DescribeSpotPriceHistory' || !/^\d+$/.test(position ?? '')) {
    throw ec2Error('InvalidNextToken', `The token '${token}' is invalid`);
  }
  return Number(position);
}
