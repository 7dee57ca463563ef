import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  MathExpression,
  TreatMissingData,
  type IMetric,
  type Metric,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import { deploymentName } from '../deployment-name';
import type { UndeliveredEvents } from '../events/undelivered-events';
import type { HoldfastFunction } from '../functions/holdfast-function';
import type { NodeApi } from '../functions/node-api';
import type { NodeReconciler } from '../functions/node-reconciler';
import type { Workflow } from '../workflows/workflow';
import { AlarmTopic } from './alarm-topic';
import { HoldfastMetrics, PERIOD } from './holdfast-metrics';

export interface OperatorAlarmsProps {
  readonly workflows: readonly Workflow[];
  readonly undelivered: UndeliveredEvents;
  readonly reconciler: NodeReconciler;
  readonly api: NodeApi;
  /** Every function, to see which are throttled. */
  readonly functions: readonly HoldfastFunction[];
  /** Where alarms are sent by e-mail. @default - no e-mail */
  readonly email?: string | undefined;
}

/**
 * A replacement takes two minutes. An address that is away for ten needs a person. The reconciler measures once a minute, and
 * the alarm is evaluated once a minute: with a threshold of nine minutes it goes off in the tenth or the eleventh.
 */
const ADDRESS_AWAY_MINUTES = 9;

/** The next run makes up for one that failed. Several failures in a row are no coincidence. */
const FAILED_RUNS = 5;
/** By then, runs that were late or slow have ended. */
const SILENT_MINUTES = 10;

/** EC2 and the table are read a moment apart, so a run may see a tag before the record that explains it. */
const UNKNOWN_MINUTES = 5;

/** An execution may end a moment after its failure was recorded, in the next period. It does so in few periods in a row. */
const UNRECORDED_PERIODS = 3;
const UNRECORDED_PERIOD = Duration.minutes(5);

interface AlarmRequest {
  readonly name: string;
  /** What is wrong. */
  readonly description: string;
  /** The heading in docs/runbook.md that says what to do. */
  readonly heading: string;
  readonly metric: IMetric;
  /** @default 1 */
  readonly threshold?: number;
  /** How many periods in a row it takes. @default 1 */
  readonly periods?: number;
  /** Whether the alarm goes off when the metric is absent, instead of when it has a value. @default false */
  readonly onSilence?: boolean;
}

/**
 * The alarms, only for what a person must act on. A lack of capacity is none: Holdfast waits for it and tries again. Only
 * a node that stays without its address because of it is.
 */
export class OperatorAlarms extends Construct {
  readonly topic: AlarmTopic;
  readonly alarms: Alarm[] = [];
  private readonly metrics: HoldfastMetrics;

  constructor(scope: Construct, id: string, props: OperatorAlarmsProps) {
    super(scope, id);
    this.topic = new AlarmTopic(this, 'Topic', { email: props.email });
    this.metrics = new HoldfastMetrics(this);
    this.watchNodes();
    this.watchFindings();
    this.watchReconciler(props.reconciler);
    this.watchExecutions(props.workflows);
    this.watchApi(props.api);
    this.watchEvents(props.undelivered, props.reconciler.undelivered);
    this.watchThrottling(props.functions);
  }

  private watchNodes(): void {
    this.alarm('AddressAway', {
      name: 'address-away',
      description:
        `A node has been without its address for more than ${ADDRESS_AWAY_MINUTES} minutes. The dashboard says which one, since ` +
        'when, why, and what is being done.',
      heading: 'A node is without its address',
      metric: this.metrics.one('findings', 'LongestWithoutAddress', 'Maximum'),
      threshold: ADDRESS_AWAY_MINUTES * 60,
    });
    this.alarm('NodesNeedAPerson', {
      name: 'nodes-need-a-person',
      description: 'An operation on a node has failed, and will fail again until a person has removed the cause.',
      heading: 'A node is in ERROR',
      metric: this.metrics.one('findings', 'NodesNeedingAPerson', 'Maximum'),
    });
  }

  /** What the reconciler finds and leaves alone, because only a person can decide what is right. */
  private watchFindings(): void {
    this.alarm('UnknownResources', {
      name: 'unknown-resources',
      description:
        "Instances or interfaces with this deployment's tag are in none of its records, " +
        `${UNKNOWN_MINUTES} minutes in a row. They are left alone.`,
      heading: 'Unknown resources',
      metric: this.metrics.one('findings', 'UnknownResources', 'Maximum'),
      periods: UNKNOWN_MINUTES,
    });
    this.alarm('Halted', {
      name: 'halted',
      description:
        'The reconciler removes and replaces nothing, because the table may be empty, restored or of another ' +
        'deployment. Nodes keep running. Read the runbook before you deploy again.',
      heading: 'A halted reconciler',
      metric: this.metrics.one('findings', 'Halted', 'Maximum'),
    });
    this.alarm('HealingHeld', {
      name: 'healing-held',
      description: 'So many nodes fail their status checks at once that the reconciler does not replace them.',
      heading: 'Held healing',
      metric: this.metrics.one('findings', 'HealingHeld', 'Maximum'),
    });
    this.alarm('UnreadableRecords', {
      name: 'unreadable-records',
      description:
        'Records of nodes cannot be read. Their nodes keep running, but Holdfast neither replaces nor heals them.',
      heading: 'Unreadable records',
      metric: this.metrics.one('findings', 'UnreadableRecords', 'Maximum'),
    });
  }

  private watchReconciler({ function: reconciler }: NodeReconciler): void {
    this.alarm('ReconcilerFailing', {
      name: 'reconciler-failing',
      description: `The reconciler has failed ${FAILED_RUNS} minutes in a row: what events miss is not repaired.`,
      heading: 'The reconciler fails or is silent',
      metric: reconciler.metricErrors({ statistic: 'Sum', period: PERIOD }),
      periods: FAILED_RUNS,
    });
    this.alarm('ReconcilerSilent', {
      name: 'reconciler-silent',
      description: `The reconciler has not run for ${SILENT_MINUTES} minutes: what events miss is not repaired.`,
      heading: 'The reconciler fails or is silent',
      metric: reconciler.metricInvocations({ statistic: 'Sum', period: PERIOD }),
      periods: SILENT_MINUTES,
      onSilence: true,
    });
  }

  /** An execution that fails as designed has recorded its failure, and the node says why. */
  private watchExecutions(workflows: readonly Workflow[]): void {
    const failed = Object.fromEntries(
      workflows.map((workflow) => [
        `${workflow.kind}Failed`,
        workflow.metricFailed({ statistic: 'Sum', period: UNRECORDED_PERIOD }),
      ]),
    );
    const recorded = {
      recorded: this.metrics.one('failures', 'RecordedFailures', 'Sum').with({ period: UNRECORDED_PERIOD }),
    };
    this.alarm('ExecutionsFailing', {
      name: 'executions-failing',
      description: 'Executions of state machines fail, and cannot even record why: nothing that they start is done.',
      heading: 'Executions fail without a reason',
      metric: new MathExpression({
        expression: `${Object.keys(failed)
          .map((each) => `FILL(${each}, 0)`)
          .join(' + ')} - FILL(recorded, 0)`,
        usingMetrics: { ...failed, ...recorded },
        period: UNRECORDED_PERIOD,
        label: 'Executions that failed without a record',
      }),
      periods: UNRECORDED_PERIODS,
    });
  }

  private watchApi({ httpApi }: NodeApi): void {
    this.alarm('ApiFailing', {
      name: 'api-failing',
      description: 'The API has answered a request with a status of 500 or more.',
      heading: 'The API fails',
      metric: httpApi.metricServerError({ statistic: 'Sum', period: PERIOD }),
    });
    this.alarm('TokenUnusable', {
      name: 'token-unusable',
      description: 'The API refuses every request, because the secret with its tokens is not what it must be.',
      heading: 'The token secret is unusable',
      metric: this.metrics.one('token', 'UnusableTokens', 'Sum'),
    });
  }

  private watchEvents(undelivered: UndeliveredEvents, ofReconciler: UndeliveredEvents): void {
    const waiting = ({ queue }: UndeliveredEvents): Metric =>
      queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: PERIOD });
    this.alarm('EventsUndelivered', {
      name: 'events-undelivered',
      description: 'Events about instances were not delivered after every retry: they are in the dead-letter queue.',
      heading: 'Dead letters',
      metric: waiting(undelivered),
    });
    this.alarm('ReconcilerEventsUndelivered', {
      name: 'reconciler-events-undelivered',
      description: 'Runs of the reconciler have failed or could not be started: their events are in its queue.',
      heading: 'Dead letters',
      metric: waiting(ofReconciler),
    });
  }

  private watchThrottling(functions: readonly HoldfastFunction[]): void {
    const throttled = Object.fromEntries(
      functions.map((each, index) => [
        `function${index}`,
        each.metricThrottles({ statistic: 'Sum', period: PERIOD, label: each.node.path }),
      ]),
    );
    this.alarm('FunctionsThrottled', {
      name: 'functions-throttled',
      description: "Lambda has throttled Holdfast's functions: the account's concurrency is used up.",
      heading: 'Functions are throttled',
      metric: new MathExpression({
        expression: Object.keys(throttled)
          .map((each) => `FILL(${each}, 0)`)
          .join(' + '),
        usingMetrics: throttled,
        period: PERIOD,
        label: 'Throttled invocations',
      }),
    });
  }

  private alarm(id: string, request: AlarmRequest): void {
    const { name, description, heading, metric, threshold = 1, periods = 1, onSilence = false } = request;
    const alarm = new Alarm(this, id, {
      alarmName: `${deploymentName(this)}-${name}`,
      alarmDescription: `${description} What to do: docs/runbook.md#${anchorOf(heading)}`,
      metric,
      comparisonOperator: onSilence
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold,
      evaluationPeriods: periods,
      // A function that is not invoked has no metrics.
      treatMissingData: onSilence ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    this.alarms.push(alarm);
  }
}

/** As GitHub makes it from a heading without punctuation. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(' ', '-');
}
