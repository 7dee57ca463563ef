/** The API's representation of costs: the contract's three objects, and beside them the numbers in detail. */
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
    running: z.strictObject({ value: hours, unit: z.literal('hours') }).describe('The same as `hours`.'),
    savings: z
      .strictObject({ value: money, unit: z.literal('percentage') })
      .describe('The same as `savingsPercent`, and 0 if nothing ran.'),
    costs: z
      .strictObject({ actual: money, potential: money })
      .describe('The same as `actualCost` and `onDemandCost`. `null` if a price is missing.'),
    currency: z.literal('USD'),
    hours: hours.describe('The hours in which instances carried the node.'),
    spotHours: hours,
    onDemandHours: hours,
    actualCost: money.describe('The hours at the prices of that time. `null` if a price is missing.'),
    onDemandCost: money.describe('The same hours at the on-demand price. `null` if a price is missing.'),
    savedCost: money.describe('`onDemandCost` minus `actualCost`.'),
    savingsPercent: money.describe('`savedCost` as a percentage of `onDemandCost`; `null` if that is 0 or `null`.'),
    missingPrices: z
      .array(missingPriceSchema)
      .describe('The prices that are unknown. EC2 keeps spot prices for 90 days.'),
    limits: z.array(z.string()).describe('What the numbers leave out.'),
  })
  .meta({ id: 'NodeCosts' });

export function costItem({ range, missingPrices, ...costs }: Costs): z.infer<typeof costItemSchema> {
  const hoursInAll = shown(costs.hours);
  const actualCost = shownIfKnown(costs.actualCost);
  const onDemandCost = shownIfKnown(costs.onDemandCost);
  const savingsPercent = shownIfKnown(costs.savingsPercent, PERCENT_DECIMALS);
  return {
    fromDate: range.from,
    toDate: range.to,
    running: { value: hoursInAll, unit: 'hours' },
    savings: { value: costs.onDemandCost === 0 ? 0 : savingsPercent, unit: 'percentage' },
    costs: { actual: actualCost, potential: onDemandCost },
    currency: 'USD',
    hours: hoursInAll,
    spotHours: shown(costs.spotHours),
    onDemandHours: shown(costs.onDemandHours),
    actualCost,
    onDemandCost,
    savedCost: shownIfKnown(costs.savings),
    savingsPercent,
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
