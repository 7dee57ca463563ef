import { metricsLine, type ReconcilerMetric } from '../../domain/monitoring/metrics';
import { readable, resourcesOf } from './synthesized-stack';

const alarms = resourcesOf('AWS::CloudWatch::Alarm');
const ONLY_OUR_ALARMS = {
  ArnLike: { 'aws:SourceArn': 'arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:*' },
  StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
};

interface Expected {
  readonly name: string;
  readonly alarmName: string;
  readonly metric: object;
  /** @default 1 */
  readonly minutes?: number;
}

const ofReconciler = (MetricName: string): object => ({
  Namespace: 'AWS/Lambda',
  MetricName,
  Statistic: 'Sum',
  Dimensions: [{ Name: 'FunctionName', Value: '<ReconcilerFunction>' }],
});

/** A metric from a line of the reconciler's log. */
const finding = (MetricName: ReconcilerMetric): object => ({
  Namespace: 'Holdfast',
  MetricName,
  Statistic: 'Maximum',
  Dimensions: [{ Name: 'Deployment', Value: 'Holdfast' }],
});

const expected: readonly Expected[] = [
  ...['Launch', 'Replace', 'Pause', 'Adjust', 'Delete'].map((kind) => ({
    name: `Alarms${kind}NodeFailed`,
    alarmName: `Holdfast-${kind.toLowerCase()}-node-failed`,
    metric: {
      Namespace: 'AWS/States',
      MetricName: 'ExecutionsFailed',
      Statistic: 'Sum',
      Dimensions: [{ Name: 'StateMachineArn', Value: `<Operations${kind}Node>` }],
    },
  })),
  {
    name: 'AlarmsEventsUndelivered',
    alarmName: 'Holdfast-events-undelivered',
    metric: {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Statistic: 'Maximum',
      Dimensions: [{ Name: 'QueueName', Value: '<UndeliveredEventsQueue.QueueName>' }],
    },
  },
  {
    name: 'AlarmsReconcilerFailing',
    alarmName: 'Holdfast-reconciler-failing',
    minutes: 5,
    metric: ofReconciler('Errors'),
  },
  {
    name: 'AlarmsUnknownResources',
    alarmName: 'Holdfast-unknown-resources',
    minutes: 5,
    metric: finding('UnknownResources'),
  },
  { name: 'AlarmsHalted', alarmName: 'Holdfast-halted', metric: finding('Halted') },
  { name: 'AlarmsHealingHeld', alarmName: 'Holdfast-healing-held', metric: finding('HealingHeld') },
  {
    name: 'AlarmsUnreadableRecords',
    alarmName: 'Holdfast-unreadable-records',
    metric: finding('UnreadableRecords'),
  },
];
const silence: Expected = {
  name: 'AlarmsReconcilerSilent',
  alarmName: 'Holdfast-reconciler-silent',
  minutes: 10,
  metric: ofReconciler('Invocations'),
};

test('every state machine has an alarm, and so have undelivered events, the reconciler and what it finds', () => {
  const machines = Object.keys(resourcesOf('AWS::StepFunctions::StateMachine'));
  expect(Object.keys(alarms).sort()).toEqual([...expected, silence].map(({ name }) => name).sort());
  expect(expected).toHaveLength(machines.length + 6);
});

test.each(expected)(
  '$alarmName goes off at the first occurrence, or after its minutes in a row, and sends a message',
  (row) => {
    const { name, alarmName, metric, minutes = 1 } = row;
    const { AlarmDescription: description, ...properties } = readable(alarms[name]?.Properties);
    expect(description).toMatch(/\w+ \w+/);
    expect(properties).toEqual({
      ...metric,
      AlarmName: alarmName,
      AlarmActions: ['<AlarmsTopic>'],
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: minutes,
      Period: 60,
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
  },
);

test.each(expected.filter(({ alarmName }) => /unknown|halted|healing|unreadable/.test(alarmName)))(
  '$alarmName says where to read what to do',
  ({ name }) => expect(alarms[name]?.Properties.AlarmDescription).toContain("see the runbook's section"),
);

test('the reconciler logs every metric that the alarms watch', () => {
  const counts = { UnknownResources: 1, Halted: 1, HealingHeld: 1, NodesInError: 1, UnreadableRecords: 1 };
  const { _aws, ...line } = metricsLine('Holdfast', counts, '2026-11-03T10:00:00.000Z') as any;
  const [{ Namespace, Dimensions, Metrics }] = _aws.CloudWatchMetrics;
  for (const { Properties } of Object.values(alarms)) {
    if (Properties.Namespace.startsWith('AWS/')) continue;
    expect(Properties.Namespace).toBe(Namespace);
    expect([Properties.Dimensions.map(({ Name }: any) => Name)]).toEqual(Dimensions);
    expect(line).toMatchObject({ [Properties.Dimensions[0].Name]: Properties.Dimensions[0].Value });
    expect(Metrics.map(({ Name }: any) => Name)).toContain(Properties.MetricName);
  }
});

test('logs have the format that CloudWatch reads metrics from', () => {
  for (const { Properties } of Object.values(resourcesOf('AWS::Lambda::Function'))) {
    expect(Properties.LoggingConfig).not.toHaveProperty('LogFormat');
  }
});

test('an alarm goes off if the reconciler has not run, and so has no metrics, for ten minutes', () => {
  const { AlarmDescription: description, ...properties } = readable(alarms[silence.name]?.Properties);
  expect(description).toContain('10 minutes');
  expect(properties).toEqual({
    ...silence.metric,
    AlarmName: silence.alarmName,
    AlarmActions: ['<AlarmsTopic>'],
    ComparisonOperator: 'LessThanThreshold',
    EvaluationPeriods: 10,
    Period: 60,
    Threshold: 1,
    TreatMissingData: 'breaching',
  });
});

describe('the topic', () => {
  test("is encrypted with a rotating key, which CloudWatch may use only for this account's alarms", () => {
    expect(readable(resourcesOf('AWS::SNS::Topic').AlarmsTopic?.Properties)).toEqual({
      KmsMasterKeyId: '<AlarmsKey.Arn>',
    });
    const { EnableKeyRotation, KeyPolicy } = readable(resourcesOf('AWS::KMS::Key').AlarmsKey?.Properties);
    expect(EnableKeyRotation).toBe(true);
    const [owner, ...others] = KeyPolicy.Statement;
    expect(owner.Principal).toEqual({ AWS: 'arn:<AWS::Partition>:iam::<AWS::AccountId>:root' });
    expect(others).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Resource: '*',
        Condition: ONLY_OUR_ALARMS,
      },
    ]);
  });

  test("accepts only encrypted connections, and only this account's alarms", () => {
    const [policy] = Object.values(resourcesOf('AWS::SNS::TopicPolicy'));
    const statements = readable(policy?.Properties.PolicyDocument.Statement).map(({ Sid: _, ...rest }: any) => rest);
    expect(statements).toEqual([
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Resource: '<AlarmsTopic>',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: '<AlarmsTopic>',
        Condition: ONLY_OUR_ALARMS,
      },
    ]);
  });
});
