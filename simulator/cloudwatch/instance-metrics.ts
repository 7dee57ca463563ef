/**
 * EC2's metrics in CloudWatch, simulated at the SDK's `send()`. The values are invented: a daily wave and some noise, the same
 * for the same instance and time. An instance that the account has never had gets values, too, because CloudWatch keeps those of
 * ended instances long after EC2 has forgotten them.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
import {
  GetMetricDataCommand,
  type CloudWatchClient,
  type MetricDataQuery,
  type MetricStat,
} from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../time/clock';
import { Random } from '../time/random';

const DAY_MS = 24 * 60 * 60 * 1000;
/** The limits of a request. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const QUERIES_MAX = 500;
const VALUES_MAX = 100_800;
/** Of what began earlier, there are only whole hours. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html */
const MINUTES_KEPT_MS = 63 * DAY_MS;

/** The lowest and the highest value of an instance that is at work, each second. */
const METRICS: Readonly<Record<string, { readonly low: number; readonly high: number; readonly statistic: string }>> = {
  CPUUtilization: { low: 3, high: 70, statistic: 'Average' },
  NetworkIn: { low: 20_000, high: 4_000_000, statistic: 'Sum' },
  NetworkOut: { low: 30_000, high: 9_000_000, statistic: 'Sum' },
};

export class LocalInstanceMetrics {
  readonly client: Pick<CloudWatchClient, 'send'>;

  /** @param pageSize how many values a page has at most */
  constructor(
    private readonly clock: Clock,
    private readonly pageSize = VALUES_MAX,
  ) {
    this.client = { send: async (command: unknown) => this.perform(command) };
  }

  private perform(command: unknown): object {
    if (!(command instanceof GetMetricDataCommand)) {
      throw new Error(`${(command as object).constructor.name} is not supported by the local CloudWatch`);
    }
    const { MetricDataQueries = [], StartTime, EndTime, ScanBy, NextToken = '0' } = command.input;
    if (StartTime === undefined || EndTime === undefined || StartTime >= EndTime) {
      throw new Error('The local CloudWatch needs a StartTime before the EndTime');
    }
    if (ScanBy !== 'TimestampAscending') throw new Error('The local CloudWatch returns the oldest values first');
    if (MetricDataQueries.length > QUERIES_MAX)
      throw new Error(`CloudWatch allows ${QUERIES_MAX} queries in a request`);
    const until = Math.min(EndTime.getTime(), this.clock.now());
    const isOld = this.clock.now() - StartTime.getTime() > MINUTES_KEPT_MS;
    const isKept = ({ MetricStat }: MetricDataQuery): boolean => !isOld || (MetricStat?.Period ?? 0) % 3_600 === 0;
    const all = MetricDataQueries.filter(isKept).flatMap((query) => valuesOf(query, StartTime.getTime(), until));
    const from = Number(NextToken);
    const page = all.slice(from, from + this.pageSize);
    const next = from + page.length;
    return {
      MetricDataResults: byQuery(MetricDataQueries, page),
      NextToken: next < all.length ? String(next) : undefined,
      Messages: [],
      $metadata: {},
    };
  }
}

interface Value {
  readonly queryId: string | undefined;
  readonly atMs: number;
  readonly value: number;
}

function valuesOf(query: MetricDataQuery, fromMs: number, toMs: number): Value[] {
  const { instanceId, metric, periodSeconds } = readQuery(query);
  const { low, high, statistic } = METRICS[metric]!;
  const periodMs = periodSeconds * 1000;
  const level = levelOf(`${instanceId} ${metric}`);
  const values: Value[] = [];
  for (let atMs = Math.floor(fromMs / periodMs) * periodMs; atMs < toMs; atMs += periodMs) {
    const each = low + (high - low) * level(atMs);
    values.push({ queryId: query.Id, atMs, value: statistic === 'Sum' ? each * periodSeconds : each });
  }
  return values;
}

function readQuery({ MetricStat: { Metric, Period = 0, Stat } = {} as MetricStat }: MetricDataQuery) {
  const { Namespace, MetricName = '', Dimensions: [dimension] = [] } = Metric ?? {};
  const known = METRICS[MetricName];
  if (Namespace !== 'AWS/EC2' || known === undefined || dimension?.Name !== 'InstanceId') {
    throw new Error(`The local CloudWatch has no such metric: ${JSON.stringify(Metric)}`);
  }
  if (Stat !== known.statistic)
    throw new Error(`The local CloudWatch has only the ${known.statistic} of ${MetricName}`);
  if (Period % 60 !== 0 || Period === 0) throw new Error('CloudWatch needs a Period that is a multiple of 60');
  return { instanceId: dimension.Value ?? '', metric: MetricName, periodSeconds: Period };
}

/** How busy an instance is at a time, from 0 to 1. */
function levelOf(name: string): (atMs: number) => number {
  const own = new Random(name).next();
  return (atMs) => {
    const wave = (1 + Math.sin((2 * Math.PI * atMs) / DAY_MS + own)) / 2;
    return 0.2 * own + 0.5 * wave + 0.3 * new Random(`${name} ${atMs}`).next();
  };
}

/** Every query has a result, even without values. */
function byQuery(queries: readonly MetricDataQuery[], values: readonly Value[]): readonly object[] {
  return queries.map(({ Id }) => {
    const own = values.filter(({ queryId }) => queryId === Id);
    return {
      Id,
      StatusCode: 'Complete',
      Timestamps: own.map(({ atMs }) => new Date(atMs)),
      Values: own.map(({ value }) => value),
    };
  });
}
