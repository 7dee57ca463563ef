/**
 * What a run of the reconciler counts, as CloudWatch metrics. The alarms use the same names.
 */

export const METRICS_NAMESPACE = 'Holdfast';

/** The metrics' only dimension; its value is the deployment's name. */
export const DEPLOYMENT_DIMENSION = 'Deployment';

/**
 * - `UnknownResources`: unknown instances and interfaces: with the deployment's tag, and without a record.
 * - `Halted`: 1 if the run has removed and replaced nothing, because the table is in doubt.
 * - `HealingHeld`: nodes that fail their status checks and are not healed, because too many fail at once.
 * - `NodesInError`: nodes whose status is ERROR.
 * - `UnreadableRecords`: node records that cannot be read. Nothing is done for their nodes.
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
 * A log line from which CloudWatch makes the metrics, without an API call and so without a permission. This works only
 * with Lambda's text log format: the JSON format would wrap the line, and CloudWatch would make no metrics from it.
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
