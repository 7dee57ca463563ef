/** What a usage costs, line by line. */
import type { Usage } from './measure';
import { HOURS_PER_MONTH, PRICES, type PriceName } from './prices';

export interface BillLine {
  readonly what: string;
  readonly amount: number;
  readonly price: PriceName;
}

export function usdOf({ amount, price }: BillLine): number {
  return amount * PRICES[price].usd;
}

/** What the template says that is paid for by the month, whether or not anything happens. */
export interface Inventory {
  readonly keys: number;
  readonly secrets: number;
  readonly dashboards: number;
  /** An alarm costs as much as the metrics that it watches. */
  readonly alarmMetrics: number;
  /** Of the functions, in GB. */
  readonly memoryGb: number;
  /** How long logs are kept. */
  readonly logMonths: number;
}

const MIB_PER_GIB = 1_024;

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: {
    readonly Metrics?: readonly { readonly MetricStat?: unknown }[];
    readonly MemorySize?: number;
    readonly RetentionInDays?: number;
  };
}

export function inventoryOf(template: { readonly Resources: Readonly<Record<string, TemplateResource>> }): Inventory {
  const ofType = (type: string) => Object.values(template.Resources).filter(({ Type }) => Type === type);
  const largest = (values: readonly (number | undefined)[]) => Math.max(...values.map((value) => value ?? 0));
  return {
    keys: ofType('AWS::KMS::Key').length,
    secrets: ofType('AWS::SecretsManager::Secret').length,
    dashboards: ofType('AWS::CloudWatch::Dashboard').length,
    alarmMetrics: ofType('AWS::CloudWatch::Alarm').reduce((sum, { Properties }) => {
      const metrics = Properties?.Metrics?.filter(({ MetricStat }) => MetricStat !== undefined) ?? [];
      return sum + Math.max(1, metrics.length);
    }, 0),
    memoryGb: largest(ofType('AWS::Lambda::Function').map(({ Properties }) => Properties?.MemorySize)) / MIB_PER_GIB,
    logMonths: largest(ofType('AWS::Logs::LogGroup').map(({ Properties }) => Properties?.RetentionInDays)) / 30,
  };
}

/** The reconciler runs once a minute. */
export const RUNS_PER_MONTH = HOURS_PER_MONTH * 60;

const GIGABYTE = 1e9;

/** Of a month in which nothing happens. @param run one run of the reconciler */
export function idleBill(run: Usage, inventory: Inventory): readonly BillLine[] {
  const loggedGb = (run.logBytes * RUNS_PER_MONTH) / GIGABYTE;
  return [
    { what: "the reconciler's metrics", amount: run.metrics, price: 'customMetric' },
    { what: 'metrics watched by alarms', amount: inventory.alarmMetrics, price: 'alarmMetric' },
    { what: 'the dashboard', amount: inventory.dashboards, price: 'dashboard' },
    { what: "the alarm topic's key", amount: inventory.keys, price: 'key' },
    { what: "the token's secret", amount: inventory.secrets, price: 'secret' },
    {
      what: 'time of the reconciler',
      amount: run.lambdaSeconds * inventory.memoryGb * RUNS_PER_MONTH,
      price: 'lambdaGbSecond',
    },
    { what: 'runs of the reconciler', amount: run.invocations * RUNS_PER_MONTH, price: 'lambdaRequest' },
    { what: 'reads of the table', amount: run.reads * RUNS_PER_MONTH, price: 'dynamoDbRead' },
    { what: 'writes of the table', amount: run.writes * RUNS_PER_MONTH, price: 'dynamoDbWrite' },
    { what: "the reconciler's log", amount: loggedGb, price: 'logIngestion' },
    { what: 'its storage', amount: loggedGb * inventory.logMonths, price: 'logStorage' },
  ];
}

/** Of so many replacements. A metric that got a value is paid for by the hour. */
export function replacementBill(one: Usage, { memoryGb }: Inventory, count: number): readonly BillLine[] {
  return [
    { what: 'state transitions', amount: one.transitions * count, price: 'transition' },
    { what: 'metrics, each for an hour', amount: (one.metrics * count) / HOURS_PER_MONTH, price: 'customMetric' },
    { what: 'time of functions', amount: one.lambdaSeconds * memoryGb * count, price: 'lambdaGbSecond' },
    { what: 'invocations', amount: one.invocations * count, price: 'lambdaRequest' },
    { what: 'traces', amount: one.traces * count, price: 'trace' },
    { what: 'writes of the table', amount: one.writes * count, price: 'dynamoDbWrite' },
    { what: 'reads of the table', amount: one.reads * count, price: 'dynamoDbRead' },
    { what: 'logs', amount: (one.logBytes * count) / GIGABYTE, price: 'logIngestion' },
    { what: 'status events', amount: one.events * count, price: 'event' },
  ];
}
