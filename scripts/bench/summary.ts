/** Summarises the samples of a kind of request. */
import type { OwnTime } from './own-time';

export interface Summary {
  readonly name: string;
  readonly requests: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** The p50 divided by the reference's p50 of the same run. It is comparable between machines. */
  readonly ratio: number;
  /** The p50 of the number of AWS calls. */
  readonly awsCalls: number;
}

/** The project's own target: half of the requests take less than this, in milliseconds. */
export const TARGET_P50_MS = 15;

/**
 * @param reference the samples that the ratio refers to
 * @throws RangeError without samples
 */
export function summarize(name: string, samples: readonly OwnTime[], reference: readonly OwnTime[]): Summary {
  const times = samples.map(({ ms }) => ms);
  const p50Ms = percentile(times, 50);
  const referenceMs = percentile(
    reference.map(({ ms }) => ms),
    50,
  );
  return {
    name,
    requests: samples.length,
    p50Ms,
    p95Ms: percentile(times, 95),
    ratio: p50Ms / referenceMs,
    awsCalls: percentile(
      samples.map(({ calls }) => calls),
      50,
    ),
  };
}

/** The smallest value that this share of all values (in percent) does not exceed. @throws RangeError without values */
export function percentile(values: readonly number[], percent: number): number {
  const inOrder = [...values].sort((one, other) => one - other);
  const value = inOrder[Math.max(0, Math.ceil((percent / 100) * inOrder.length) - 1)];
  if (value === undefined) throw new RangeError('there is nothing to take a percentile of');
  return value;
}
