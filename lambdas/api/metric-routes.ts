/** The route of what was measured of a node's instances. */
import * as z from 'zod';
import { describedId } from '../../domain/config/ids';
import {
  MEASURED_INSTANCES_MAX,
  METRICS_DAYS_MAX,
  type InstanceSample,
  type MeasuredInstance,
} from '../../domain/monitoring/instance-metrics';
import { NODE_KIND, NODE_PATH } from './node-paths';
import { limitParameter } from './paging';
import { route, type Route } from './route';
import { DAY, instant } from './time-parameters';

const metricsQuery = z.strictObject({
  since: instant(DAY.start)
    .optional()
    .describe(
      `Start of the range, in RFC 3339 or Unix seconds; a day means its start. At most ${METRICS_DAYS_MAX} days before until. Default: three hours before until.`,
    ),
  until: instant(DAY.end)
    .optional()
    .describe(
      'End of the range, in RFC 3339 or Unix seconds; a day means its end. The future means now. Default: now.',
    ),
  limit: limitParameter(MEASURED_INSTANCES_MAX)
    .default(MEASURED_INSTANCES_MAX)
    .describe('The maximum number of instances: the newest.'),
});

const time = z.iso.datetime();
const value = z.number().min(0).nullable();
/** CloudWatch's averages have up to 17 digits. */
const hundredths = (exact: number | undefined): number | null =>
  exact === undefined ? null : Math.round(exact * 100) / 100;

const sampleSchema = z.strictObject({
  at: time.describe('When the period began.'),
  cpuPercent: value.describe('The average. `null`: CloudWatch has no value.'),
  networkInBytesPerSecond: value.describe('The average, over all interfaces of the instance.'),
  networkOutBytesPerSecond: value.describe('The average, over all interfaces of the instance.'),
});

export const metricsItemSchema = z
  .strictObject({
    instanceId: describedId('i'),
    instanceType: z.string(),
    availabilityZone: z.string(),
    lifeCycle: z.enum(['spot', 'on_demand']),
    from: time.describe('When the instance was launched.'),
    to: time.describe('When it stopped carrying the node. Now, if it carries the node.'),
    periodSeconds: z
      .int()
      .min(1)
      .describe(
        'The length of the periods. The longer the range, the longer they are, so that no instance has over 360.',
      ),
    samples: z.array(sampleSchema).describe('While the instance carried the node, oldest first.'),
  })
  .meta({ id: 'InstanceMetrics' });

export const metricRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: `${NODE_PATH}/metrics`,
    operationId: 'getNodeMetrics',
    summary: "Read what CloudWatch has measured of a node's instances",
    description:
      'CPU and network of each instance that carried the node in the range, newest instance first. ' +
      'CloudWatch charges three metrics for each instance.',
    query: metricsQuery,
    answer: { kind: `${NODE_KIND}:metrics`, item: metricsItemSchema },
    run: async ({ service, nodeId, query }) => ({ items: (await service.metrics(nodeId, query)).map(metricsItem) }),
  }),
];

function metricsItem({ usage, periodSeconds, samples }: MeasuredInstance): z.infer<typeof metricsItemSchema> {
  const { instanceId, instanceType, availabilityZone, lifeCycle, from, to } = usage;
  const shown = samples.map(sampleItem);
  return { instanceId, instanceType, availabilityZone, lifeCycle, from, to, periodSeconds, samples: shown };
}

function sampleItem(sample: InstanceSample): z.infer<typeof sampleSchema> {
  return {
    at: sample.at,
    cpuPercent: hundredths(sample.cpuPercent),
    networkInBytesPerSecond: hundredths(sample.networkInBytesPerSecond),
    networkOutBytesPerSecond: hundredths(sample.networkOutBytesPerSecond),
  };
}
