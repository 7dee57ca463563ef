import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { METRIC_GROUPS, METRICS_NAMESPACE } from '../../domain/monitoring/metrics';
import { readable, resourcesOf, template } from './synthesized-stack';

const alarms = Object.values(resourcesOf('AWS::CloudWatch::Alarm')).map(({ Properties }) => readable(Properties));
const runbook = readFileSync(join(__dirname, '../../docs/runbook.md'), 'utf8');
/** The anchors that GitHub makes from the headings. */
const anchors = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading = '']) =>
  heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-'),
);
const anchorOf = ({ AlarmDescription }: { AlarmDescription: string }) =>
  / What to do: docs\/runbook\.md#(\S+)$/.exec(AlarmDescription)?.[1];
/** The metrics of an alarm, whether it is about one or about a sum. */
const metricsOf = ({ Metrics, Namespace, MetricName, Dimensions }: any): any[] =>
  Metrics === undefined
    ? [{ Namespace, MetricName, Dimensions }]
    : Metrics.flatMap(({ MetricStat }: any) => (MetricStat === undefined ? [] : [MetricStat.Metric]));

const ofAccount = (service: string, resource: string) => ({
  ArnLike: { 'aws:SourceArn': `arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>:${resource}` },
  StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
});
/** Who may send to the topic: alarms, and rules. */
const SENDERS = [
  { service: 'cloudwatch.amazonaws.com', conditions: ofAccount('cloudwatch', 'alarm:*') },
  { service: 'events.amazonaws.com', conditions: ofAccount('events', 'rule/*') },
];

test('each alarm says what is wrong, and names the heading of the runbook that says what to do', () => {
  for (const alarm of alarms) expect(anchors).toContain(anchorOf(alarm));
  expect(alarms.length).toBeGreaterThan(10);
});

test('each heading of the runbook that tells what an alarm means belongs to one', () => {
  const said = [...runbook.matchAll(/^Alarms?: (.+)$/gm)].flatMap(([, names = '']) => names.match(/`[^`]+`/g) ?? []);
  expect(said.map((name) => name.slice(1, -1)).sort()).toEqual(
    alarms.map(({ AlarmName }) => String(AlarmName).replace(/^Holdfast-/, '')).sort(),
  );
});

test('each alarm sends a message, and has the name of its stack', () => {
  for (const { AlarmActions, AlarmName } of alarms) {
    expect(AlarmActions).toEqual(['<AlarmsTopic>']);
    expect(AlarmName).toMatch(/^Holdfast-[a-z-]+$/);
  }
});

test('each metric of ours that an alarm watches is measured without dimensions of its own', () => {
  const measured = Object.values(METRIC_GROUPS).flatMap(({ dimensions, metrics }) =>
    dimensions.length === 0 ? Object.keys(metrics) : [],
  );
  const watched = alarms.flatMap(metricsOf).filter(({ Namespace }) => Namespace === METRICS_NAMESPACE);
  expect(watched.length).toBeGreaterThan(5);
  for (const { MetricName, Dimensions } of watched) {
    expect(measured).toContain(MetricName);
    expect(Dimensions).toEqual([{ Name: 'service', Value: 'Holdfast' }]);
  }
});

test('each function is watched for throttling, and each queue for letters', () => {
  const dimensionsOf = (name: string) =>
    alarms.flatMap(metricsOf).flatMap(({ Dimensions }) => Dimensions.filter(({ Name }: any) => Name === name));
  const throttled = new Set(dimensionsOf('FunctionName').map(({ Value }: any) => Value));
  const queues = new Set(dimensionsOf('QueueName').map(({ Value }: any) => Value));
  expect([...throttled].sort()).toEqual(
    Object.keys(resourcesOf('AWS::Lambda::Function'))
      .sort()
      .map((id) => `<${id}>`),
  );
  expect([...queues].sort()).toEqual(
    Object.keys(resourcesOf('AWS::SQS::Queue'))
      .sort()
      .map((id) => `<${id}.QueueName>`),
  );
});

test('functions write JSON, with levels, from which CloudWatch reads metrics', () => {
  for (const { Properties } of Object.values(resourcesOf('AWS::Lambda::Function', template))) {
    expect(Properties.LoggingConfig).toMatchObject({ LogFormat: 'JSON', ApplicationLogLevel: 'INFO' });
  }
});

describe('the topic', () => {
  test("is encrypted with a rotating key, which CloudWatch and EventBridge may use only for this account's alarms and rules", () => {
    expect(readable(resourcesOf('AWS::SNS::Topic').AlarmsTopic?.Properties)).toEqual({
      KmsMasterKeyId: '<AlarmsKey.Arn>',
    });
    const { EnableKeyRotation, KeyPolicy } = readable(resourcesOf('AWS::KMS::Key').AlarmsKey?.Properties);
    expect(EnableKeyRotation).toBe(true);
    const [owner, ...others] = KeyPolicy.Statement;
    expect(owner.Principal).toEqual({ AWS: 'arn:<AWS::Partition>:iam::<AWS::AccountId>:root' });
    expect(others).toEqual(
      SENDERS.map(({ service, conditions }) => ({
        Effect: 'Allow',
        Principal: { Service: service },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Resource: '*',
        Condition: conditions,
      })),
    );
  });

  test("accepts only encrypted connections, and only this account's alarms and rules", () => {
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
      ...SENDERS.map(({ service, conditions }) => ({
        Effect: 'Allow',
        Principal: { Service: service },
        Action: 'sns:Publish',
        Resource: '<AlarmsTopic>',
        Condition: conditions,
      })),
    ]);
  });
});
