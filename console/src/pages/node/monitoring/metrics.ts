/** The ranges of the charts, and what was measured as the lines of a chart. */
import type { InstanceMetrics } from '../../../api/node-types';

export const RANGES = [
  { id: '1', text: '1 h' },
  { id: '6', text: '6 h' },
  { id: '24', text: '1 day' },
  { id: '168', text: '7 days' },
  { id: '336', text: '14 days' },
] as const;
/** Hours. */
export type MetricRange = (typeof RANGES)[number]['id'];

const HOUR_MS = 3_600_000;

/** ISO 8601, to the second, as an address shows it. */
export function startOf(range: MetricRange, now: Date): string {
  return new Date(now.getTime() - Number(range) * HOUR_MS).toISOString().replace(/\.\d+Z$/, 'Z');
}

export type MetricField = 'cpuPercent' | 'networkInBytesPerSecond' | 'networkOutBytesPerSecond';

export interface Line {
  readonly instanceId: string;
  readonly data: readonly { readonly x: Date; readonly y: number }[];
}

/** One line for each instance, oldest first, so that no line joins the values of two instances. */
export function linesOf(metrics: readonly InstanceMetrics[], field: MetricField): readonly Line[] {
  return [...metrics]
    .reverse()
    .map(({ instanceId, samples }) => ({
      instanceId,
      data: samples.flatMap(({ at, [field]: y }) => (y === null ? [] : [{ x: new Date(at), y }])),
    }))
    .filter(({ data }) => data.length > 0);
}

export interface Change {
  readonly instanceId: string;
  readonly at: Date;
}

/** The launches within the range, oldest first. */
export function changesOf(metrics: readonly InstanceMetrics[], since: Date): readonly Change[] {
  return [...metrics]
    .reverse()
    .map(({ instanceId, from }) => ({ instanceId, at: new Date(from) }))
    .filter(({ at }) => at > since);
}
