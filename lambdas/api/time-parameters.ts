/** Times in a query: RFC 3339, or a whole day in UTC. */
import * as z from 'zod';

const WHAT_A_TIME_IS = 'must be a time like 2026-11-23T08:00:00Z, or a day like 2026-11-23';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The instant that a day means. Each function takes the day's first millisecond. */
export const DAY = {
  start: (startMs: number) => startMs,
  /** For a range that includes its end. */
  lastMillisecond: (startMs: number) => startMs + DAY_MS - 1,
  /** For a range that excludes its end. */
  end: (startMs: number) => startMs + DAY_MS,
} as const;

/** Normalised to ISO 8601 in UTC with milliseconds, so that texts sort like times. */
export const instant = (ofDay: (startMs: number) => number) =>
  z
    .union([z.iso.date(), z.iso.datetime({ offset: true })], WHAT_A_TIME_IS)
    .transform((text) => new Date(text.includes('T') ? text : ofDay(Date.parse(text))).toISOString())
    .pipe(z.iso.datetime(WHAT_A_TIME_IS));
