/** How costs look from outside. */
import * as z from 'zod';
import type { Costs, MissingPrice } from '../../domain/costs/costs';

const instant = z.iso.datetime();
const hours = z.number().min(0);
const money = z.number().nullable();

/** What the numbers do not say; told with them, because whoever reads a number does not read a manual. */
const LIMITS = [
  'list prices: no reservations, savings plans, credits or taxes; shared tenancy',
  'instances only: no volumes, traffic, public IPv4 addresses or Holdfast itself',
  'an instance counts from its launch until it was seen to have ended, and only if it carried the node',
];

const missingPriceSchema = z.strictObject({
  lifeCycle: z.enum(['spot', 'on_demand']).describe('Whose price: that of spot or of on-demand capacity.'),
  instanceType: z.string(),
  availabilityZone: z.string().nullable().describe("A spot price's; on-demand prices are the Region's."),
  product: z.string(),
  hours: hours.describe('For which the price is not known.'),
});

export const costItemSchema = z
  .strictObject({
    fromDate: instant,
    toDate: instant.describe('Exclusive. Not in the future: what has been spent until now.'),
    currency: z.literal('USD'),
    hours: hours.describe('For which instances carried the node.'),
    spotHours: hours,
    onDemandHours: hours,
    actualCost: money.describe('The hours at the prices of the time. `null` where a price is missing.'),
    onDemandCost: money.describe('The same hours at the on-demand price. `null` where a price is missing.'),
    savings: money.describe('`onDemandCost` less `actualCost`.'),
    savingsPercent: money.describe('Of `onDemandCost`; `null` where that is 0 or `null`.'),
    missingPrices: z.array(missingPriceSchema).describe('EC2 tells spot prices of the last 90 days.'),
    limits: z.array(z.string()).describe('What the numbers do not say.'),
  })
  .meta({ id: 'NodeCosts' });

export function costItem({ range, missingPrices, ...costs }: Costs): z.infer<typeof costItemSchema> {
  return {
    fromDate: range.from,
    toDate: range.to,
    currency: 'USD',
    hours: shown(costs.hours),
    spotHours: shown(costs.spotHours),
    onDemandHours: shown(costs.onDemandHours),
    actualCost: shownIfKnown(costs.actualCost),
    onDemandCost: shownIfKnown(costs.onDemandCost),
    savings: shownIfKnown(costs.savings),
    savingsPercent: shownIfKnown(costs.savingsPercent, PERCENT_DECIMALS),
    missingPrices: missingPrices.map(missingPriceItem),
    limits: LIMITS,
  };
}

function missingPriceItem(missing: MissingPrice): z.infer<typeof missingPriceSchema> {
  const { lifeCycle, instanceType, availabilityZone, product } = missing;
  return {
    lifeCycle,
    instanceType,
    availabilityZone: availabilityZone ?? null,
    product,
    hours: shown(missing.hours),
  };
}

/** Far below a cent and a second: sums of items stay right, and no binary fraction shows. */
const DECIMALS = 6;
const PERCENT_DECIMALS = 2;

function shown(value: number, decimals = DECIMALS): number {
  return Number(value.toFixed(decimals));
}

function shownIfKnown(value: number | undefined, decimals?: number): number | null {
  return value === undefined ? null : shown(value, decimals);
}
