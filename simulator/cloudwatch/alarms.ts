/**
 * CloudWatch's alarms, evaluated afterwards from what was measured. CloudWatch itself evaluates an alarm once a minute, over
 * its last periods; a period without a datapoint is treated as the alarm says.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
 */
import type { MetricId, MetricStore, Statistic } from './metric-store';

export interface AlarmDefinition {
  readonly logicalId: string;
  readonly name: string;
  readonly description: string;
  /** Added up, each with its sign. */
  readonly terms: readonly AlarmTerm[];
  /** Whether a term without a datapoint counts as 0. Otherwise the sum is missing, too. */
  readonly isFilled: boolean;
  readonly periodMs: number;
  /** How many periods in a row must breach the threshold. */
  readonly periods: number;
  readonly comparison: 'GreaterThanOrEqualToThreshold' | 'LessThanThreshold';
  readonly threshold: number;
  readonly isMissingBreaching: boolean;
}

export interface AlarmTerm {
  readonly metric: MetricId;
  readonly statistic: Statistic;
  readonly sign: 1 | -1;
}

/** An alarm that went off, or that is over. */
export interface AlarmChange {
  readonly alarm: AlarmDefinition;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly state: 'ALARM' | 'OK';
}

const EVALUATED_EVERY_MS = 60_000;

/** Every change of an alarm's state, in the order of time. A new alarm is OK. Both times are milliseconds since the epoch. */
export function alarmChanges(
  alarms: readonly AlarmDefinition[],
  store: MetricStore,
  from: number,
  to: number,
): readonly AlarmChange[] {
  const changes: AlarmChange[] = [];
  const ringing = new Set<string>();
  for (let at = from + EVALUATED_EVERY_MS; at <= to; at += EVALUATED_EVERY_MS) {
    // Before that much time has passed, a new alarm has too few periods to look at.
    for (const alarm of alarms.filter(({ periods, periodMs }) => at - from >= periods * periodMs)) {
      const isBreached = breaches(alarm, store, at);
      if (isBreached === ringing.has(alarm.logicalId)) continue;
      if (isBreached) ringing.add(alarm.logicalId);
      else ringing.delete(alarm.logicalId);
      changes.push({ alarm, at, state: isBreached ? 'ALARM' : 'OK' });
    }
  }
  return changes;
}

function breaches(alarm: AlarmDefinition, store: MetricStore, at: number): boolean {
  const { periods, periodMs, isMissingBreaching } = alarm;
  return Array.from({ length: periods }, (_, index) => at - index * periodMs).every((end) => {
    const value = valueOf(alarm, store, end);
    return value === undefined ? isMissingBreaching : isBreachedBy(alarm, value);
  });
}

function isBreachedBy({ comparison, threshold }: AlarmDefinition, value: number): boolean {
  return comparison === 'LessThanThreshold' ? value < threshold : value >= threshold;
}

function valueOf({ terms, isFilled, periodMs }: AlarmDefinition, store: MetricStore, end: number): number | undefined {
  let sum = 0;
  for (const { metric, statistic, sign } of terms) {
    const value = store.statistic(metric, statistic, end - periodMs, end);
    if (value === undefined && !isFilled) return undefined;
    sum += sign * (value ?? 0);
  }
  return sum;
}
