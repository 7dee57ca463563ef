/** The time range of a cost request: its defaults and its limits. */
import type { TimeRange } from './costs';
import type { FieldError } from '../config/validation';
import { USAGE_KEPT_DAYS } from './usage';

export interface AskedRange {
  /** ISO 8601, UTC. */
  readonly fromDate?: string | undefined;
  /** ISO 8601, UTC. */
  readonly toDate?: string | undefined;
}

export type RangeDecision =
  | { readonly kind: 'range'; readonly range: TimeRange }
  | { readonly kind: 'invalid'; readonly fieldErrors: readonly FieldError[] };

const DAY_MS = 24 * 60 * 60 * 1000;
/** Days that a request without `fromDate` covers. */
const DEFAULT_DAYS = 30;

/**
 * Returns the range of the request; by default the last 30 days. The range ends at `now` (ISO 8601, UTC) at the latest,
 * because nothing has been spent after it.
 */
export function decideRange({ fromDate, toDate }: AskedRange, now: string): RangeDecision {
  const fieldErrors = [
    ...fieldErrorsOf('fromDate', fromDate, now),
    // A date means the whole day, and today has not ended yet.
    ...fieldErrorsOf('toDate', toDate === endOfDay(now) ? now : toDate, now),
  ];
  if (fromDate !== undefined && toDate !== undefined && fromDate > toDate) {
    fieldErrors.push({ field: 'toDate', message: 'must not be before fromDate' });
  }
  if (fieldErrors.length > 0) return { kind: 'invalid', fieldErrors };
  const to = toDate === undefined || toDate > now ? now : toDate;
  return { kind: 'range', range: { from: fromDate ?? daysBefore(to, DEFAULT_DAYS), to } };
}

function fieldErrorsOf(field: keyof AskedRange, asked: string | undefined, now: string): FieldError[] {
  if (asked === undefined) return [];
  if (asked > now) return [{ field, message: `must not be in the future; it is ${now}` }];
  const isKept = asked >= daysBefore(now, USAGE_KEPT_DAYS);
  return isKept ? [] : [{ field, message: `must be within the last ${USAGE_KEPT_DAYS} days: no more is kept` }];
}

function daysBefore(at: string, days: number): string {
  return new Date(Date.parse(at) - days * DAY_MS).toISOString();
}

/** The next midnight. */
function endOfDay(at: string): string {
  return new Date(Date.parse(at.slice(0, 10)) + DAY_MS).toISOString();
}
