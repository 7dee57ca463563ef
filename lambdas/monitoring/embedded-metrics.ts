/**
 * Metrics as lines of the log, from which CloudWatch makes them: without an API call, and so without a permission.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRICS_NAMESPACE, valuesOf } from '../../domain/monitoring/metrics';
import type { Measure } from '../ports';

/** @param deployment the value of the dimension `service` */
export function embeddedMetrics(deployment: string): Measure {
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: deployment });
  return (measurement) => {
    metrics.addDimensions({ ...measurement.dimensions });
    for (const { name, unit, value } of valuesOf(measurement)) metrics.addMetric(name, unit, value);
    // Writes the line, and forgets the dimensions.
    metrics.publishStoredMetrics();
  };
}
