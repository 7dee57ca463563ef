/** What the two kinds of capacity are called. */
export const MARKETS = { spot: 'Spot', on_demand: 'On-Demand' } as const;
