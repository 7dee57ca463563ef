/** What CloudWatch is asked, and what its answers and errors mean. */
import { CloudWatchClient, CloudWatchServiceException, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { ServiceUnavailable, Throttled } from '../../../domain/errors';
import { cloudWatchMetrics } from '../../../lambdas/adapters/cloudwatch-metrics';

const cloudwatch = mockClient(CloudWatchClient);
const metrics = cloudWatchMetrics(() => new CloudWatchClient({ region: 'eu-west-1' }));
const RANGE = { from: '2026-11-03T09:00:00.000Z', to: '2026-11-03T10:00:00.000Z' };

beforeEach(() => cloudwatch.reset());

test('asks for the metrics of all instances in one request', async () => {
  cloudwatch.on(GetMetricDataCommand).resolves({});
  await expect(metrics.read(['i-1', 'i-2'], RANGE, 300)).resolves.toEqual(
    new Map([
      ['i-1', []],
      ['i-2', []],
    ]),
  );
  const [call, ...more] = cloudwatch.commandCalls(GetMetricDataCommand);
  expect(more).toEqual([]);
  const { MetricDataQueries = [], ...rest } = call!.args[0].input;
  expect(rest).toEqual({
    StartTime: new Date(RANGE.from),
    EndTime: new Date(RANGE.to),
    ScanBy: 'TimestampAscending',
    NextToken: undefined,
  });
  const asked = MetricDataQueries.map(({ MetricStat: { Metric, Period, Stat } = {} }) =>
    [Metric?.Namespace, Metric?.MetricName, Metric?.Dimensions?.[0]?.Value, Period, Stat].join(' '),
  );
  expect(asked).toEqual(
    ['i-1', 'i-2'].flatMap((id) => [
      `AWS/EC2 CPUUtilization ${id} 300 Average`,
      `AWS/EC2 NetworkIn ${id} 300 Sum`,
      `AWS/EC2 NetworkOut ${id} 300 Sum`,
    ]),
  );
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
  for (const { Id } of MetricDataQueries) expect(Id).toMatch(/^[a-z][a-zA-Z0-9_]*$/);
});

test('joins the answers to one period, whatever their order, and leaves open what CloudWatch does not have', async () => {
  const [nine, five] = [new Date(RANGE.from), new Date('2026-11-03T09:05:00.000Z')];
  cloudwatch
    .on(GetMetricDataCommand)
    .resolvesOnce({
      MetricDataResults: [
        { Id: 'networkIn_0', Timestamps: [five], Values: [600_000] },
        { Id: 'cPUUtilization_0', Timestamps: [nine], Values: [12.5] },
      ],
      NextToken: 'more',
    })
    .resolvesOnce({ MetricDataResults: [{ Id: 'cPUUtilization_0', Timestamps: [five], Values: [50] }] });
  const samples = await metrics.read(['i-1'], RANGE, 300);
  const none = { networkInBytesPerSecond: undefined, networkOutBytesPerSecond: undefined };
  expect(samples.get('i-1')).toEqual([
    { at: nine.toISOString(), cpuPercent: 12.5, ...none },
    { at: five.toISOString(), cpuPercent: 50, ...none, networkInBytesPerSecond: 2_000 },
  ]);
  expect(cloudwatch.commandCalls(GetMetricDataCommand).map(({ args }) => args[0].input.NextToken)).toEqual([
    undefined,
    'more',
  ]);
});

test.each([
  { name: 'ThrottlingException', fault: 'client', Expected: Throttled },
  { name: 'Throttling', fault: 'client', Expected: Throttled },
  { name: 'InternalServiceFault', fault: 'server', Expected: ServiceUnavailable },
  { name: 'AccessDenied', fault: 'client', Expected: CloudWatchServiceException },
] as const)('$name', async ({ name, fault, Expected }) => {
  const failure = new CloudWatchServiceException({ name, message: 'No.', $fault: fault, $metadata: {} });
  cloudwatch.on(GetMetricDataCommand).rejects(failure);
  await expect(metrics.read(['i-1'], RANGE, 300)).rejects.toThrow(Expected);
});

test('no answer', async () => {
  cloudwatch.on(GetMetricDataCommand).rejects(Object.assign(new Error('gone'), { code: 'ECONNRESET' }));
  await expect(metrics.read(['i-1'], RANGE, 300)).rejects.toThrow(ServiceUnavailable);
});
