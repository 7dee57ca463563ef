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
];
const silence: Expected = {
  name: 'AlarmsReconcilerSilent',
  alarmName: 'Holdfast-reconciler-silent',
  minutes: 10,
  metric: ofReconciler('Invocations'),
};

test('every state machine has an alarm, and so have undelivered events and the reconciler', () => {
  const machines = Object.keys(resourcesOf('AWS::StepFunctions::StateMachine'));
  expect(Object.keys(alarms).sort()).toEqual([...expected, silence].map(({ name }) => name).sort());
  expect(expected).toHaveLength(machines.length + 2);
});

test.each(expected)('$alarmName goes off at the first one, or the first in a row of minutes, and says so', (row) => {
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
});

test('a reconciler that does not run, and so has no metrics at all, is told of after ten minutes', () => {
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
  test("is encrypted with a key that turns, and that CloudWatch may use for this account's alarms only", () => {
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

  test("takes encrypted connections only, and this account's alarms only", () => {
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
