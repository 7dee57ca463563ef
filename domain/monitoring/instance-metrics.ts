/** Measurements of the instances that carried a node: which range may be asked for, and at which resolution. */
import type { RangeDecision } from '../costs/cost-range';
import { endedUsage, type TimeRange } from '../costs/costs';
import type { Usage } from '../costs/usage';
import type { FieldError } from '../config/validation';

/** One period of an instance. Undefined: CloudWatch has no value for it. */
export interface InstanceSample {
  /** When the period began; ISO 8601, UTC. */
  readonly at: string;
  /** Average. */
  readonly cpuPercent: number | undefined;
  /** Average, over all interfaces. */
  readonly networkInBytesPerSecond: number | undefined;
  /** Average, over all interfaces. */
  readonly networkOutBytesPerSecond: number | undefined;
}

export interface MeasuredInstance {
  readonly usage: Required<Usage>;
  readonly periodSeconds: number;
  /** Oldest first. */
  readonly samples: readonly InstanceSample[];
}

export interface MetricsQuery extends AskedRange {
  /** Only so many instances, the newest. */
  readonly limit: number;
}

interface AskedRange {
  /** ISO 8601, UTC. */
  readonly since?: string | undefined;
  /** ISO 8601, UTC. */
  readonly until?: string | undefined;
}

const HOUR_MS = 60 * 60 * 1000;
const DEFAULT_HOURS = 3;
/** The days that one request may cover. */
export const METRICS_DAYS_MAX = 90;
/** So many instances one request covers at most. A node that crashes in a loop has many. */
export const MEASURED_INSTANCES_MAX = 100;

/** Returns the range of the request; by default the last three hours. It ends at `now` (ISO 8601, UTC) at the latest. */
export function decideMetrics({ since, until }: AskedRange, now: string): RangeDecision {
  const to = until === undefined || until > now ? now : until;
  const from = since ?? before(to, DEFAULT_HOURS);
  const fieldErrors: FieldError[] = [];
  if (since !== undefined && since >= now) {
    fieldErrors.push({ field: 'since', message: `must be in the past; it is ${now}` });
  } else if (from >= to) {
    fieldErrors.push({ field: 'until', message: 'must be after since' });
  } else if (from < before(to, METRICS_DAYS_MAX * 24)) {
    fieldErrors.push({ field: 'since', message: `must be at most ${METRICS_DAYS_MAX} days before until` });
  }
  return fieldErrors.length === 0 ? { kind: 'range', range: { from, to } } : { kind: 'invalid', fieldErrors };
}

/**
 * EC2 measures every five minutes unless an instance has detailed monitoring. With a shorter period, the bytes of five
 * minutes would count as those of one.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html
 */
const PERIODS_SECONDS = [300, 900, 3_600, 21_600] as const;
/** More are more than a chart can show. */
const SAMPLES_MAX = 360;

/**
 * Of what began longer ago, CloudWatch keeps only hours, and returns nothing for shorter periods.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html
 */
const MINUTES_KEPT_DAYS = 63;
const HOUR_SECONDS = 3_600;

/** The shortest period, in seconds, that CloudWatch keeps and with which the range has few enough samples. `now` is ISO 8601, UTC. */
export function periodOf({ from, to }: TimeRange, now: string): number {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  const least = from < before(now, MINUTES_KEPT_DAYS * 24) ? HOUR_SECONDS : 0;
  const fits = (period: number): boolean => period >= least && seconds / period <= SAMPLES_MAX;
  return PERIODS_SECONDS.find(fits) ?? PERIODS_SECONDS.at(-1)!;
}

/** The usage within the range, newest first. That of the instance that carries the node ends now (ISO 8601, UTC). */
export function usageWithin(
  usages: readonly Usage[],
  { from, to }: TimeRange,
  now: string,
): readonly Required<Usage>[] {
  const within = endedUsage(usages, now).filter((usage) => usage.from < to && usage.to > from);
  return within.reverse();
}

/** The samples of the time in which the instance carried the node. A hot one may run on for a while. */
export function samplesWhileCarrying(
  samples: readonly InstanceSample[],
  { from, to }: Required<Usage>,
  periodSeconds: number,
): readonly InstanceSample[] {
  const startMs = Date.parse(from) - periodSeconds * 1000;
  return samples.filter(({ at }) => Date.parse(at) > startMs && at < to);
}

function before(at: string, hours: number): string {
  return new Date(Date.parse(at) - hours * HOUR_MS).toISOString();
}
