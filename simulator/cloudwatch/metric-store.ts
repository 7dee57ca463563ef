/** CloudWatch's metrics: what was measured, and statistics of it. */

export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export type Statistic = 'Sum' | 'Maximum';

interface Datapoint {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

/** A simulation may run for days, and alarms look back for minutes. */
const KEPT_MS = 24 * 60 * 60_000;

export class MetricStore {
  private readonly series = new Map<string, { readonly id: MetricId; readonly points: Datapoint[] }>();

  /** @param at milliseconds since the epoch; not before the last datapoint of the same metric */
  put(id: MetricId, value: number, at: number): void {
    const key = keyOf(id);
    const series = this.series.get(key) ?? { id, points: [] };
    this.series.set(key, series);
    series.points.push({ at, value });
    const old = series.points.findIndex((point) => point.at > at - KEPT_MS);
    if (old > 0) series.points.splice(0, old);
  }

  /** The statistic of what was measured after `from` and until `to`; undefined if nothing was. */
  statistic(id: MetricId, statistic: Statistic, from: number, to: number): number | undefined {
    const { points = [] } = this.series.get(keyOf(id)) ?? {};
    const values = points.filter(({ at }) => at > from && at <= to).map(({ value }) => value);
    if (values.length === 0) return undefined;
    return statistic === 'Sum' ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
  }

  /** The metrics that have a datapoint. */
  all(): readonly MetricId[] {
    return [...this.series.values()].map(({ id }) => id);
  }
}

/** The order of dimensions does not matter. */
function keyOf({ namespace, name, dimensions }: MetricId): string {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => a.localeCompare(b));
  return JSON.stringify([namespace, name, sorted]);
}
