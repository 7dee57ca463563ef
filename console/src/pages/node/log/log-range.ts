/** The time range of the log. */
export type LogRange =
  | { readonly type: 'relative'; readonly seconds: number }
  /** ISO 8601, both inclusive. */
  | { readonly type: 'absolute'; readonly from: string; readonly to: string };

const SECONDS = { second: 1, minute: 60, hour: 3_600, day: 86_400, week: 604_800, month: 2_592_000, year: 31_536_000 };
export type Unit = keyof typeof SECONDS;

export const secondsOf = (amount: number, unit: Unit): number => amount * SECONDS[unit];

/** What to ask the API for. @param now when the range was chosen */
export function boundsOf(range: LogRange, now: Date): { readonly fromDate: string; readonly toDate?: string } {
  if (range.type === 'absolute') return { fromDate: range.from, toDate: range.to };
  return { fromDate: new Date(now.getTime() - range.seconds * 1_000).toISOString() };
}

/** Why the range cannot be read. Undefined: it can. */
export function faultOf(range: LogRange): string | undefined {
  if (range.type === 'relative') return range.seconds > 0 ? undefined : 'Enter a positive number.';
  return range.from <= range.to ? undefined : 'The range ends before it begins.';
}
