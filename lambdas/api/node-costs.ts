/** Calculates the costs of a node on the ports: which instances it had, at which prices. */
import { decideRange } from '../../domain/costs/cost-range';
import { costsOf, endedUsage, periodsOf, type Costs, type PriceBook, type TimeRange } from '../../domain/costs/costs';
import type { Usage } from '../../domain/costs/usage';
import type { ApiPorts, Prices } from '../ports';
import { InvalidRequest, type CostQuery } from './node-service';

/** @throws InvalidRequest */
export async function nodeCosts(
  { usage, prices }: Pick<ApiPorts, 'usage' | 'prices'>,
  nodeId: string,
  { period, ...asked }: CostQuery,
  now: string,
): Promise<readonly Costs[]> {
  const decision = decideRange(asked, now);
  if (decision.kind === 'invalid') throw new InvalidRequest(decision.fieldErrors);
  const { range } = decision;
  // Read until now, whatever the range: sometimes only the next instance shows that one has ended.
  const known = endedUsage(await usage.list(nodeId, now), now);
  const usages = known.filter(({ from, to }) => from < range.to && to > range.from);
  const book = await priceBook(prices, usages, range);
  return periodsOf(range, period).map((part) => costsOf(usages, part, book));
}

/** Fetches each price that the usage needs once. */
async function priceBook(prices: Prices, usages: readonly Usage[], range: TimeRange): Promise<PriceBook> {
  const [spot, onDemand] = await Promise.all([
    pricesByKey(usages.filter(isSpot), spotKey, (usage) => prices.spotHistory(usage, range)),
    pricesByKey(usages, onDemandKey, ({ instanceType, product }) => prices.onDemandUsdPerHour(instanceType, product)),
  ]);
  return {
    spot: (usage) => spot.get(spotKey(usage)) ?? [],
    onDemandUsdPerHour: (usage) => onDemand.get(onDemandKey(usage)),
  };
}

async function pricesByKey<T>(
  usages: readonly Usage[],
  keyOf: (usage: Usage) => string,
  fetch: (usage: Usage) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  const byKey = new Map(usages.map((usage) => [keyOf(usage), usage]));
  return new Map(await Promise.all([...byKey].map(async ([key, usage]) => [key, await fetch(usage)] as const)));
}

function isSpot({ lifeCycle }: Usage): boolean {
  return lifeCycle === 'spot';
}

function spotKey({ instanceType, availabilityZone, product }: Usage): string {
  return [instanceType, availabilityZone, product].join('|');
}

function onDemandKey({ instanceType, product }: Usage): string {
  return [instanceType, product].join('|');
}
