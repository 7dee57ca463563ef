/**
 * What a node's instances cost: their hours times list prices. Spot prices change, so they are integrated over time.
 * Intermediate results are not rounded. Amounts are in US dollars.
 */
import type { LifeCycle } from '../config/node-config';
import type { Usage } from './usage';

/** ISO 8601, UTC; `from` is not after `to`. */
export interface TimeRange {
  readonly from: string;
  readonly to: string;
}

/** A price that holds from its time until the next one. */
export interface SpotPrice {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly usdPerHour: number;
}

/** The prices of everything that a calculation needs. */
export interface PriceBook {
  /** Oldest first; empty if none is known. */
  readonly spot: (usage: Usage) => readonly SpotPrice[];
  readonly onDemandUsdPerHour: (usage: Usage) => number | undefined;
}

/** Hours for which a needed price is not known. */
export interface MissingPrice {
  /** Whether the spot or the on-demand price is missing. */
  readonly lifeCycle: LifeCycle;
  readonly instanceType: string;
  /** Only for a spot price, which depends on the zone. On-demand prices hold for the Region. */
  readonly availabilityZone?: string;
  readonly product: string;
  readonly hours: number;
}

export interface Costs {
  readonly range: TimeRange;
  readonly hours: number;
  readonly spotHours: number;
  readonly onDemandHours: number;
  /** Undefined if a price is missing, because a part of the cost would mislead. */
  readonly actualCost: number | undefined;
  /** What the same hours would have cost on demand; undefined if a price is missing. */
  readonly onDemandCost: number | undefined;
  readonly savings: number | undefined;
  /** Percent of `onDemandCost`; undefined if that is unknown or 0. */
  readonly savingsPercent: number | undefined;
  readonly missingPrices: readonly MissingPrice[];
}

export const AGGREGATION_PERIODS = ['daily', 'monthly'] as const;
export type AggregationPeriod = (typeof AGGREGATION_PERIODS)[number];

const HOUR_MS = 60 * 60 * 1000;

/**
 * The usage, each with an end. A node has one instance at a time: an instance without a recorded end ended when the
 * next one began to carry the node. The last one is counted until `now`.
 */
export function endedUsage(usages: readonly Usage[], now: string): readonly Required<Usage>[] {
  const inOrder = [...usages].sort((one, other) => Date.parse(one.from) - Date.parse(other.from));
  return inOrder.map((usage, index) => ({ ...usage, to: usage.to ?? inOrder[index + 1]?.from ?? now }));
}

/** The range, cut at every midnight or at the start of every month, in UTC. Without a period it is not cut. */
export function periodsOf({ from, to }: TimeRange, period: AggregationPeriod | undefined): readonly TimeRange[] {
  if (period === undefined) return [{ from, to }];
  const periods: TimeRange[] = [];
  let start = from;
  while (start < to || periods.length === 0) {
    const next = nextStart(start, period);
    const end = next < to ? next : to;
    periods.push({ from: start, to: end });
    start = end;
  }
  return periods;
}

function nextStart(at: string, period: AggregationPeriod): string {
  const date = new Date(at);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  return new Date(period === 'daily' ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1)).toISOString();
}

/** What the usage within the range cost. */
export function costsOf(usages: readonly Required<Usage>[], range: TimeRange, book: PriceBook): Costs {
  const parts = usages.flatMap((usage) => {
    const span = overlap(usage, range);
    return span === undefined ? [] : [partOf(usage, span, book)];
  });
  const total = (value: (part: Part) => number) => parts.reduce((sum, part) => sum + value(part), 0);
  const missingPrices = summed(parts.flatMap(({ missing }) => missing));
  // The comparison needs an on-demand price for every hour. The cost needs it only for on-demand hours.
  const onDemandCost = missingPrices.some(({ lifeCycle }) => lifeCycle === 'on_demand')
    ? undefined
    : total(({ onDemandUsd }) => onDemandUsd);
  const actualCost = parts.every(({ isPriced }) => isPriced) ? total(({ usd }) => usd) : undefined;
  const savings = onDemandCost === undefined || actualCost === undefined ? undefined : onDemandCost - actualCost;
  return {
    range,
    hours: total(({ hours }) => hours),
    spotHours: total(({ hours, usage }) => (usage.lifeCycle === 'spot' ? hours : 0)),
    onDemandHours: total(({ hours, usage }) => (usage.lifeCycle === 'on_demand' ? hours : 0)),
    actualCost,
    onDemandCost,
    savings,
    savingsPercent: savings === undefined || !onDemandCost ? undefined : (savings / onDemandCost) * 100,
    missingPrices,
  };
}

/** The share of one instance. */
interface Part {
  readonly usage: Usage;
  readonly hours: number;
  readonly usd: number;
  readonly onDemandUsd: number;
  /** Whether `usd` is all of it. */
  readonly isPriced: boolean;
  readonly missing: readonly MissingPrice[];
}

/** Milliseconds since the epoch. */
interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

function overlap(usage: Required<Usage>, range: TimeRange): Span | undefined {
  const startMs = Math.max(Date.parse(usage.from), Date.parse(range.from));
  const endMs = Math.min(Date.parse(usage.to), Date.parse(range.to));
  return startMs < endMs ? { startMs, endMs } : undefined;
}

function partOf(usage: Usage, span: Span, book: PriceBook): Part {
  const hours = hoursIn(span.startMs, span.endMs);
  const { instanceType, availabilityZone, product } = usage;
  const onDemandPrice = book.onDemandUsdPerHour(usage);
  const onDemandUsd = hours * (onDemandPrice ?? 0);
  const missing: MissingPrice[] = [];
  if (onDemandPrice === undefined) missing.push({ lifeCycle: 'on_demand', instanceType, product, hours });
  if (usage.lifeCycle === 'on_demand') {
    return { usage, hours, usd: onDemandUsd, onDemandUsd, isPriced: onDemandPrice !== undefined, missing };
  }
  const { usd, unpricedHours } = integrated(book.spot(usage), span);
  if (unpricedHours > 0) {
    missing.push({ lifeCycle: 'spot', instanceType, availabilityZone, product, hours: unpricedHours });
  }
  return { usage, hours, usd, onDemandUsd, isPriced: unpricedHours === 0, missing };
}

/** The sum of every price times the hours for which it held. */
function integrated(prices: readonly SpotPrice[], { startMs, endMs }: Span): { usd: number; unpricedHours: number } {
  let usd = 0;
  let pricedFromMs = endMs;
  for (const [index, { at, usdPerHour }] of prices.entries()) {
    const next = prices[index + 1];
    const fromMs = Math.max(Date.parse(at), startMs);
    const toMs = Math.min(next === undefined ? endMs : Date.parse(next.at), endMs);
    if (fromMs >= toMs) continue;
    usd += hoursIn(fromMs, toMs) * usdPerHour;
    pricedFromMs = Math.min(pricedFromMs, fromMs);
  }
  return { usd, unpricedHours: hoursIn(startMs, pricedFromMs) };
}

function hoursIn(startMs: number, endMs: number): number {
  return (endMs - startMs) / HOUR_MS;
}

/** One entry for every missing price, with the hours of all instances that need it. */
function summed(missing: readonly MissingPrice[]): readonly MissingPrice[] {
  const byPrice = new Map<string, MissingPrice>();
  for (const each of missing) {
    const key = [each.lifeCycle, each.instanceType, each.availabilityZone, each.product].join('|');
    byPrice.set(key, { ...each, hours: (byPrice.get(key)?.hours ?? 0) + each.hours });
  }
  return [...byPrice.values()];
}
