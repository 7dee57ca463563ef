import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { DEPLOYMENT_DIMENSION, METRICS_NAMESPACE, type ReconcilerMetric } from '../../domain/node/metrics';
import type { NodeReconciler } from '../functions/node-reconciler';
import type { UndeliveredEvents } from './undelivered-events';
import type { Workflow } from '../workflows/workflow';

export interface OperatorAlarmsProps {
  readonly workflows: readonly Workflow[];
  readonly undelivered: UndeliveredEvents;
  readonly reconciler: NodeReconciler;
  /** Subscribes to the topic. SNS asks it to confirm before it sends anything. @default - none */
  readonly alarmEmail?: string | undefined;
}

/** Alarms evaluate their metrics every minute, and a single occurrence is enough. */
const PERIOD_MINUTES = 1;

/** The next run makes up for one that failed. Several failures in a row are no coincidence. */
const FAILED_RUNS = 5;
/** By then, runs that were late or slow have ended. */
const SILENT_MINUTES = 10;

/** EC2 and the table are read a moment apart, so a run may see a tag before the record that explains it. */
const UNKNOWN_MINUTES = 5;

interface AlarmRequest {
  readonly name: string;
  readonly description: string;
  readonly metric: Metric;
  /** How many minutes in a row it takes. @default 1 */
  readonly minutes?: number;
  /** Whether the alarm goes off when the metric is absent, instead of when it has a value. @default false */
  readonly onSilence?: boolean;
}

/** The alarms for what an operator must look at, and the topic that they are sent to. Operators subscribe to it. */
export class OperatorAlarms extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { workflows, undelivered, reconciler, alarmEmail }: OperatorAlarmsProps) {
    super(scope, id);
    this.topic = this.createTopic();
    if (alarmEmail !== undefined) this.topic.addSubscription(new EmailSubscription(alarmEmail));
    for (const workflow of workflows) {
      this.alarm(`${workflow.node.id}Failed`, {
        name: `${workflow.kind}-node-failed`,
        description: `An execution of ${workflow.kind}-node failed: its node is in ERROR, or has an operation that ended`,
        metric: workflow.metricFailed({ statistic: 'Sum', period: Duration.minutes(PERIOD_MINUTES) }),
      });
    }
    this.alarm('EventsUndelivered', {
      name: 'events-undelivered',
      description: 'Events about instances were not delivered after every retry: they are in the dead-letter queue',
      metric: undelivered.queue.metricApproximateNumberOfMessagesVisible({
        statistic: 'Maximum',
        period: Duration.minutes(PERIOD_MINUTES),
      }),
    });
    this.watch(reconciler);
    this.watchFindings();
  }

  private watch({ function: reconciler }: NodeReconciler): void {
    const counted = { statistic: 'Sum', period: Duration.minutes(PERIOD_MINUTES) };
    this.alarm('ReconcilerFailing', {
      name: 'reconciler-failing',
      description: `The reconciler has failed ${FAILED_RUNS} minutes in a row: what events miss is not repaired`,
      metric: reconciler.metricErrors(counted),
      minutes: FAILED_RUNS,
    });
    this.alarm('ReconcilerSilent', {
      name: 'reconciler-silent',
      description: `The reconciler has not run for ${SILENT_MINUTES} minutes: what events miss is not repaired`,
      metric: reconciler.metricInvocations(counted),
      minutes: SILENT_MINUTES,
      onSilence: true,
    });
  }

  /** What the reconciler finds and leaves alone, because only a person can decide what is right. */
  private watchFindings(): void {
    this.alarm('UnknownResources', {
      name: 'unknown-resources',
      description:
        `Instances or interfaces with this deployment's tag are in none of its records, ${UNKNOWN_MINUTES} minutes in a ` +
        "row. They are left alone: see the runbook's section on unknown resources for what they are and what to do.",
      metric: this.found('UnknownResources'),
      minutes: UNKNOWN_MINUTES,
    });
    this.alarm('Halted', {
      name: 'halted',
      description:
        'The reconciler removes and replaces nothing, because the table may be empty, restored or of another ' +
        "deployment. Nodes keep running: see the runbook's section on a halted reconciler before you deploy again.",
      metric: this.found('Halted'),
    });
    this.alarm('HealingHeld', {
      name: 'healing-held',
      description:
        'So many nodes fail their status checks at once that the reconciler does not replace them. Look at what they ' +
        "have in common: see the runbook's section on held healing.",
      metric: this.found('HealingHeld'),
    });
    this.alarm('UnreadableRecords', {
      name: 'unreadable-records',
      description:
        'Records of nodes cannot be read. Their nodes keep running, but Holdfast neither replaces nor heals them. For ' +
        "which they are and how to repair the records, see the runbook's section on unreadable records.",
      metric: this.found('UnreadableRecords'),
    });
  }

  private found(metricName: ReconcilerMetric): Metric {
    return new Metric({
      namespace: METRICS_NAMESPACE,
      metricName,
      dimensionsMap: { [DEPLOYMENT_DIMENSION]: Stack.of(this).stackName },
      statistic: 'Maximum',
      period: Duration.minutes(PERIOD_MINUTES),
    });
  }

  private alarm(id: string, { name, description, metric, minutes = 1, onSilence = false }: AlarmRequest): void {
    const alarm = new Alarm(this, id, {
      alarmName: `${Stack.of(this).stackName}-${name}`,
      alarmDescription: description,
      metric,
      comparisonOperator: onSilence
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: 1,
      evaluationPeriods: minutes / PERIOD_MINUTES,
      // A function that is not invoked has no metrics.
      treatMissingData: onSilence ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
  }

  /**
   * The topic has its own key, because CloudWatch cannot use AWS's key for SNS.
   * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
   */
  private createTopic(): Topic {
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');
    const onlyOurAlarms = {
      ArnLike: {
        'aws:SourceArn': Stack.of(this).formatArn({
          service: 'cloudwatch',
          resource: 'alarm',
          resourceName: '*',
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      },
      StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
    };
    const masterKey = new Key(this, 'Key', {
      description: 'Encrypts the alarms of Holdfast on their way to the subscribers',
      enableKeyRotation: true,
      // It encrypts nothing that is stored.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    masterKey.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: onlyOurAlarms,
      }),
    );
    const topic = new Topic(this, 'Topic', { masterKey, enforceSSL: true });
    // A topic with its own policy loses the default one, which admits the account's alarms. So we grant that here.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: onlyOurAlarms,
      }),
    );
    return topic;
  }
}
