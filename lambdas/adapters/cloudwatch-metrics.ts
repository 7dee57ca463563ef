/**
 * What CloudWatch has measured of instances. One request asks for all of them, at $0.01 for a thousand metrics.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html
 */
import {
  CloudWatchServiceException,
  GetMetricDataCommand,
  type CloudWatchClient,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import type { InstanceSample } from '../../domain/monitoring/instance-metrics';
import type { InstanceMetrics } from '../ports';
import { callService } from './service-error';

type Field = Exclude<keyof InstanceSample, 'at'>;

interface Measurement {
  readonly field: Field;
  readonly metric: string;
  readonly statistic: 'Average' | 'Sum';
}

const MEASUREMENTS: readonly Measurement[] = [
  { field: 'cpuPercent', metric: 'CPUUtilization', statistic: 'Average' },
  { field: 'networkInBytesPerSecond', metric: 'NetworkIn', statistic: 'Sum' },
  { field: 'networkOutBytesPerSecond', metric: 'NetworkOut', statistic: 'Sum' },
];

/** By the start of the period. */
type Samples = Map<string, InstanceSample>;

/** @param client is called only when a measurement is needed */
export function cloudWatchMetrics(client: () => Pick<CloudWatchClient, 'send'>): InstanceMetrics {
  return {
    async read(instanceIds, { from, to }, periodSeconds) {
      const found = new Map<string, Samples>(instanceIds.map((id) => [id, new Map()]));
      if (instanceIds.length === 0) return new Map();
      const MetricDataQueries = instanceIds.flatMap((id, index) => queriesFor(id, index, periodSeconds));
      let NextToken: string | undefined;
      do {
        const command = new GetMetricDataCommand({
          MetricDataQueries,
          StartTime: new Date(from),
          EndTime: new Date(to),
          ScanBy: 'TimestampAscending',
          NextToken,
        });
        const page = await callService('CloudWatch', CloudWatchServiceException, () => client().send(command));
        for (const { Id = '', Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
          const { instanceId, measurement } = measuredBy(Id, instanceIds);
          add(found.get(instanceId)!, measurement, Timestamps, Values, periodSeconds);
        }
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      return new Map([...found].map(([id, samples]) => [id, inOrder(samples)]));
    },
  };
}

function queriesFor(instanceId: string, index: number, periodSeconds: number): MetricDataQuery[] {
  return MEASUREMENTS.map(({ metric, statistic }) => ({
    Id: `${metric[0]!.toLowerCase()}${metric.slice(1)}_${index}`,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/EC2',
        MetricName: metric,
        Dimensions: [{ Name: 'InstanceId', Value: instanceId }],
      },
      Period: periodSeconds,
      Stat: statistic,
    },
  }));
}

/** CloudWatch answers each query under its id, in any order, and a long answer on several pages. */
function measuredBy(queryId: string, instanceIds: readonly string[]) {
  const [name = '', index = ''] = queryId.split('_');
  const measurement = MEASUREMENTS.find(({ metric }) => metric.toLowerCase() === name.toLowerCase());
  const instanceId = instanceIds[Number(index)];
  if (measurement === undefined || instanceId === undefined) throw new Error(`CloudWatch answers for ${queryId}`);
  return { instanceId, measurement };
}

const NO_VALUES = {
  cpuPercent: undefined,
  networkInBytesPerSecond: undefined,
  networkOutBytesPerSecond: undefined,
} as const;

function add(
  samples: Samples,
  { field, statistic }: Measurement,
  times: readonly Date[],
  values: readonly number[],
  periodSeconds: number,
): void {
  times.forEach((time, index) => {
    const at = time.toISOString();
    const value = values[index];
    const perSecond = statistic === 'Sum' && value !== undefined ? value / periodSeconds : value;
    samples.set(at, { ...NO_VALUES, ...samples.get(at), at, [field]: perSecond });
  });
}

function inOrder(samples: Samples): readonly InstanceSample[] {
  return [...samples.values()].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}
