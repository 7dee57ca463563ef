/** Times in a query: RFC 3339, Unix seconds, or a whole day in UTC. */
import * as z from 'zod';

const WHAT_A_TIME_IS =
  'must be a time like 2026-11-23T08:00:00Z, Unix seconds like 1795420800, or a day like 2026-11-23';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The instant that a day means. Each function takes the day's first millisecond. */
export const DAY = {
  start: (startMs: number) => startMs,
  /** For a range that includes its end. */
  lastMillisecond: (startMs: number) => startMs + DAY_MS - 1,
  /** For a range that excludes its end. */
  end: (startMs: number) => startMs + DAY_MS,
} as const;

/** Until the year 2286. A time in milliseconds has more digits, and is an error. */
const UNIX_SECONDS = /^\d{1,10}$/;

/** What is accepted, for the OpenAPI document: it would describe the normalised time otherwise. */
const ACCEPTED =
  '^(?:[0-9]{1,10}|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?(?:Z|[+-][0-9]{2}:[0-9]{2}))?)$';

function millisecondsOf(text: string, ofDay: (startMs: number) => number): number {
  if (UNIX_SECONDS.test(text)) return Number(text) * 1000;
  return text.includes('T') ? Date.parse(text) : ofDay(Date.parse(text));
}

/** Normalised to ISO 8601 in UTC with milliseconds, so that texts sort like times. */
export const instant = (ofDay: (startMs: number) => number) =>
  z
    .union([z.iso.date(), z.iso.datetime({ offset: true }), z.string().regex(UNIX_SECONDS)], WHAT_A_TIME_IS)
    .transform((text) => new Date(millisecondsOf(text, ofDay)).toISOString())
    .pipe(z.iso.datetime(WHAT_A_TIME_IS))
    .meta({ format: undefined, pattern: ACCEPTED });
