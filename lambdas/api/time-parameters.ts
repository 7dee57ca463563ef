/** Times in a query: RFC 3339, or a day, which stands for all of it in UTC. */
import * as z from 'zod';

const WHAT_A_TIME_IS = 'must be a time like 2026-11-23T08:00:00Z, or a day like 2026-11-23';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What a day stands for; each takes the day's first millisecond. */
export const DAY = {
  start: (startMs: number) => startMs,
  /** Where a range includes its end. */
  lastMillisecond: (startMs: number) => startMs + DAY_MS - 1,
  /** Where a range excludes its end. */
  end: (startMs: number) => startMs + DAY_MS,
} as const;

/** Read as ISO 8601 in UTC, with milliseconds, so that texts compare as times do. */
export const instant = (ofDay: (startMs: number) => number) =>
  z
    .union([z.iso.date(), z.iso.datetime({ offset: true })], WHAT_A_TIME_IS)
    .transform((text) => new Date(text.includes('T') ? text : ofDay(Date.parse(text))).toISOString())
    .pipe(z.iso.datetime(WHAT_A_TIME_IS));
