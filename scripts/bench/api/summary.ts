/** Summarises the samples of a kind of request. */
import { percentile } from '../statistics';
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
