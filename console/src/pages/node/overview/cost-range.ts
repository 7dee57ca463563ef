/** The ranges of which the costs are shown, and amounts of money. */
export const COST_RANGES = [
  { id: 'month', text: 'This month' },
  { id: '7', text: '7 days' },
  { id: '30', text: '30 days' },
] as const;
export type CostRange = (typeof COST_RANGES)[number]['id'];

const DAY_MS = 86_400_000;

/** The first day of the range, in UTC, in which the API counts days. */
export function firstDay(range: CostRange, now: Date): string {
  const first =
    range === 'month'
      ? new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1))
      : new Date(now.getTime() - (Number(range) - 1) * DAY_MS);
  return first.toISOString().slice(0, 10);
}

const CENTS = new Intl.NumberFormat(undefined, { style: 'currency', currency: 'USD' });
/** An hour of a small spot instance costs less than a cent. */
const FRACTIONS = new Intl.NumberFormat(undefined, { style: 'currency', currency: 'USD', maximumFractionDigits: 4 });

export function dollars(amount: number | null): string {
  if (amount === null) return 'Unknown';
  return (Math.abs(amount) < 1 ? FRACTIONS : CENTS).format(amount);
}
