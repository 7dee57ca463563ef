/**
 * What a run of the reconciler counts, as CloudWatch knows it. The alarms watch the metrics by the same names.
 */

export const METRICS_NAMESPACE = 'Holdfast';

/** The metrics' only dimension; its value is the deployment's name. */
export const DEPLOYMENT_DIMENSION = 'Deployment';

/**
 * - `UnknownResources`: instances and interfaces with the deployment's tag that its table has never asked for.
 * - `Halted`: 1 where the run has removed and replaced nothing, because the table may not be this deployment's.
 * - `HealingHeld`: nodes that fail their status checks and are not replaced, because too many do at once.
 * - `NodesInError`: nodes whose status is ERROR.
 * - `UnreadableRecords`: node records that cannot be read, and whose nodes nothing is done for.
 */
export const RECONCILER_METRICS = [
  'UnknownResources',
  'Halted',
  'HealingHeld',
  'NodesInError',
  'UnreadableRecords',
] as const;

export type ReconcilerMetric = (typeof RECONCILER_METRICS)[number];

/**
 * One line of log from which CloudWatch makes the metrics by itself, without a call and so without a permission. The
 * line is found in Lambda's text format of logs; in its JSON format it would be wrapped, and make none.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * @param now ISO 8601, UTC
 */
export function metricsLine(
  deployment: string,
  counts: Readonly<Record<ReconcilerMetric, number>>,
  now: string,
): Readonly<Record<string, unknown>> {
  return {
    _aws: {
      Timestamp: Date.parse(now),
      CloudWatchMetrics: [
        {
          Namespace: METRICS_NAMESPACE,
          Dimensions: [[DEPLOYMENT_DIMENSION]],
          Metrics: RECONCILER_METRICS.map((Name) => ({ Name, Unit: 'Count' })),
        },
      ],
    },
    [DEPLOYMENT_DIMENSION]: deployment,
    ...counts,
  };
}
