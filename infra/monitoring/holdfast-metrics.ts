import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { deploymentName } from '../deployment-name';
import {
  DEPLOYMENT_DIMENSION,
  METRIC_GROUPS,
  METRICS_NAMESPACE,
  type MetricGroupName,
  type MetricOf,
} from '../../domain/monitoring/metrics';

/** The reconciler measures once a minute, and alarms are evaluated once a minute. */
export const PERIOD = Duration.minutes(1);

/** The metrics of one deployment, for alarms and the dashboard. */
export class HoldfastMetrics {
  private readonly deployment: string;

  constructor(scope: Construct) {
    this.deployment = deploymentName(scope);
  }

  /** A metric of a group without dimensions of its own. */
  one<Group extends 'findings' | 'capacity' | 'failures' | 'token'>(
    _group: Group,
    metricName: MetricOf<Group>,
    statistic: 'Maximum' | 'Sum',
  ): Metric {
    return new Metric({
      namespace: METRICS_NAMESPACE,
      metricName,
      dimensionsMap: { [DEPLOYMENT_DIMENSION]: this.deployment },
      statistic,
      period: PERIOD,
    });
  }

  /** The metric for all values of its group's dimensions: one line in a graph for each combination. */
  each<Group extends MetricGroupName>(group: Group, metricName: MetricOf<Group>, statistic: string): MathExpression {
    const schema = [METRICS_NAMESPACE, DEPLOYMENT_DIMENSION, ...METRIC_GROUPS[group].dimensions].join(',');
    const terms = `MetricName="${metricName}" ${DEPLOYMENT_DIMENSION}="${this.deployment}"`;
    return new MathExpression({
      expression: `SEARCH('{${schema}} ${terms}', '${statistic}')`,
      usingMetrics: {},
      period: PERIOD,
      label: '',
    });
  }
}
