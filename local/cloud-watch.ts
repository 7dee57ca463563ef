/** CloudWatch for the control plane in this process: what its parts and its functions measure, and the template's alarms. */
import { DEPLOYMENT_DIMENSION, METRICS_NAMESPACE, valuesOf, type Measurement } from '../domain/monitoring/metrics';
import type { ApiDefinition } from '../simulator/cloudformation/template-api';
import type { FunctionDefinition } from '../simulator/cloudformation/template';
import { alarmChanges, type AlarmChange, type AlarmDefinition } from '../simulator/cloudwatch/alarms';
import { MetricStore } from '../simulator/cloudwatch/metric-store';
import type { Clock } from '../simulator/time/clock';
import type { InvocationOutcome } from './lambda';

export class LocalCloudWatch {
  readonly metrics = new MetricStore();
  private readonly startedAt: number;

  constructor(
    private readonly clock: Clock,
    readonly alarms: readonly AlarmDefinition[],
  ) {
    this.startedAt = clock.now();
  }

  /** Every change of an alarm until now. */
  alarmChanges(): readonly AlarmChange[] {
    return alarmChanges(this.alarms, this.metrics, this.startedAt, this.clock.now());
  }

  /** What CloudWatch reads from the function's log. */
  measure({ environment }: FunctionDefinition, measurement: Measurement): void {
    const dimensions = { [DEPLOYMENT_DIMENSION]: environment['DEPLOYMENT'] ?? '', ...measurement.dimensions };
    for (const { name, value } of valuesOf(measurement)) this.put(METRICS_NAMESPACE, name, dimensions, value);
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
  countInvocation({ name }: FunctionDefinition, outcome: InvocationOutcome): void {
    const dimensions = { FunctionName: name };
    if (outcome === 'throttled') {
      this.put('AWS/Lambda', 'Throttles', dimensions, 1);
      return;
    }
    this.put('AWS/Lambda', 'Invocations', dimensions, 1);
    this.put('AWS/Lambda', 'Errors', dimensions, outcome === 'failed' ? 1 : 0);
  }

  /** https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html */
  countExecutionFailed(stateMachineArn: string): void {
    this.put('AWS/States', 'ExecutionsFailed', { StateMachineArn: stateMachineArn }, 1);
  }

  /** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html */
  countResponse({ apiId }: ApiDefinition, status: number): void {
    this.put('AWS/ApiGateway', '5xx', { ApiId: apiId }, status >= 500 ? 1 : 0);
  }

  /** Of the queue's metrics, only the minute in which a letter arrives. */
  countUndelivered({ deadLetterQueue }: FunctionDefinition): void {
    if (deadLetterQueue === undefined) return;
    this.put('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: deadLetterQueue }, 1);
  }

  private put(namespace: string, name: string, dimensions: Readonly<Record<string, string>>, value: number): void {
    this.metrics.put({ namespace, name, dimensions }, value, this.clock.now());
  }
}
