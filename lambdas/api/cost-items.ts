/** The API's representation of costs. */
import * as z from 'zod';
import type { Costs, MissingPrice } from '../../domain/costs/costs';

const instant = z.iso.datetime();
const hours = z.number().min(0);
const money = z.number().nullable();

/** What the numbers leave out. It is returned with them, because the reader of a number rarely reads the manual. */
const LIMITS = [
  'list prices: no reservations, savings plans, credits or taxes; shared tenancy',
  'instances only: no volumes, traffic, public IPv4 addresses or Holdfast itself',
  'an instance counts from its launch until Holdfast sees that it has ended, and only if it carried the node',
];

const missingPriceSchema = z.strictObject({
  lifeCycle: z.enum(['spot', 'on_demand']).describe('Which price is missing: that of spot or of on-demand capacity.'),
  instanceType: z.string(),
  availabilityZone: z
    .string()
    .nullable()
    .describe('The zone of a spot price; `null` for an on-demand price, which is the same in the whole Region.'),
  product: z.string(),
  hours: hours.describe('The hours for which the price is unknown.'),
});

export const costItemSchema = z
  .strictObject({
    fromDate: instant,
    toDate: instant.describe('Exclusive. Never in the future.'),
    currency: z.literal('USD'),
    hours: hours.describe('The hours in which instances carried the node.'),
    spotHours: hours,
    onDemandHours: hours,
    actualCost: money.describe('The hours at the prices of that time. `null` if a price is missing.'),
    onDemandCost: money.describe('The same hours at the on-demand price. `null` if a price is missing.'),
    savings: money.describe('`onDemandCost` minus `actualCost`.'),
    savingsPercent: money.describe('`savings` as a percentage of `onDemandCost`; `null` if that is 0 or `null`.'),
    missingPrices: z
      .array(missingPriceSchema)
      .describe('The prices that are unknown. EC2 keeps spot prices for 90 days.'),
    limits: z.array(z.string()).describe('What the numbers leave out.'),
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

/** Far below a cent and a second: sums of items stay correct, and no binary rounding error shows. */
const DECIMALS = 6;
const PERCENT_DECIMALS = 2;

function shown(value: number, decimals = DECIMALS): number {
  return Number(value.toFixed(decimals));
}

function shownIfKnown(value: number | undefined, decimals?: number): number | null {
  return value === undefined ? null : shown(value, decimals);
}
