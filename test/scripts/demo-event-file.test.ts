import { addressTo, parseEvent, type EventReading } from '../../scripts/demo/event-file';
import { RECOMMENDATION, WARNING } from './demo-events';

const read = (document: unknown): EventReading => parseEvent(JSON.stringify(document));
const problemsIn = (reading: EventReading): readonly string[] => (reading.kind === 'invalid' ? reading.problems : []);

const SOURCE = 'it must be "aws.ec2"';
const DETAIL_TYPE = 'it must be "EC2 Spot Instance Interruption Warning" or "EC2 Instance Rebalance Recommendation"';
const INSTANCE_ID = "it must be an instance's id, or i-1234567890abcdef0 for the node's";
const ACTION = 'it must be "terminate", "stop" or "hibernate"';

test('a warning is parsed completely', () => {
  expect(read(WARNING)).toEqual({
    kind: 'event',
    event: {
      detailType: 'EC2 Spot Instance Interruption Warning',
      instanceId: 'i-1234567890abcdef0',
      action: 'terminate',
      document: WARNING,
    },
  });
});

test('a recommendation has no action', () => {
  const { event } = read(RECOMMENDATION) as EventReading & { kind: 'event' };
  expect(event).not.toHaveProperty('action');
});

test.each([
  ['a byte order mark', `\uFEFF${JSON.stringify(WARNING)}`],
  ['unknown fields', JSON.stringify({ ...WARNING, 'replay-name': 'again' })],
  ['action stop', JSON.stringify({ ...WARNING, detail: { ...WARNING.detail, 'instance-action': 'stop' } })],
  [
    "an instance's id of the short form",
    JSON.stringify({ ...RECOMMENDATION, detail: { 'instance-id': 'i-1a2b3c4d' } }),
  ],
])('%s is accepted', (_name, text) => {
  expect(parseEvent(text).kind).toBe('event');
});

const without = (field: keyof typeof WARNING): object => ({ ...WARNING, [field]: undefined });
const withDetail = (detail: unknown): object => ({ ...WARNING, detail });
const STATE_CHANGE = 'EC2 Instance State-change Notification';

test.each([
  ['a list', [WARNING], ['the file holds a list: it must hold one JSON object, the event']],
  ['null', null, ['the file holds null: it must hold one JSON object, the event']],
  ['a string', 'event', ['the file holds a string: it must hold one JSON object, the event']],
  ['no source', without('source'), [`source is missing: ${SOURCE}`]],
  ['another source', { ...WARNING, source: 'aws.s3' }, [`source is "aws.s3": ${SOURCE}`]],
  ['no detail-type', without('detail-type'), [`detail-type is missing: ${DETAIL_TYPE}`]],
  ['another type', { ...WARNING, 'detail-type': STATE_CHANGE }, [`detail-type is "${STATE_CHANGE}": ${DETAIL_TYPE}`]],
  ['no detail', without('detail'), ['detail is missing: it must be an object with instance-id and instance-action']],
  [
    'a detail of text',
    withDetail('i-1'),
    ['detail is "i-1": it must be an object with instance-id and instance-action'],
  ],
  [
    'a recommendation without detail',
    { ...RECOMMENDATION, detail: null },
    ['detail is null: it must be an object with instance-id'],
  ],
  ['no instance', withDetail({ 'instance-action': 'stop' }), [`detail.instance-id is missing: ${INSTANCE_ID}`]],
  [
    'no id of an instance',
    withDetail({ ...WARNING.detail, 'instance-id': 'eni-12345678' }),
    [`detail.instance-id is "eni-12345678": ${INSTANCE_ID}`],
  ],
  ['no action', withDetail({ 'instance-id': 'i-1234567890abcdef0' }), [`detail.instance-action is missing: ${ACTION}`]],
  [
    'another action',
    withDetail({ ...WARNING.detail, 'instance-action': 'reboot' }),
    [`detail.instance-action is "reboot": ${ACTION}`],
  ],
  [
    'everything at once',
    { source: 'me', detail: { 'instance-action': 3 } },
    [
      `source is "me": ${SOURCE}`,
      `detail-type is missing: ${DETAIL_TYPE}`,
      `detail.instance-id is missing: ${INSTANCE_ID}`,
      `detail.instance-action is 3: ${ACTION}`,
    ],
  ],
])('%s is refused with the required value', (_name, document, problems) => {
  expect(problemsIn(read(document))).toEqual(problems);
});

test('what is not JSON is refused', () => {
  expect(problemsIn(parseEvent('{"source": '))).toEqual([
    expect.stringMatching(/^the file is not JSON \(.+\): it must/),
  ]);
});

test('a long value is shortened', () => {
  const [problem] = problemsIn(read({ ...WARNING, source: 'x'.repeat(500) }));
  expect(problem).toContain('xxx...: it must be');
  expect(problem!.length).toBeLessThan(120);
});

test("the placeholder is replaced by the node's instance everywhere", () => {
  const { event } = read(WARNING) as EventReading & { kind: 'event' };
  const addressed = addressTo(event, 'i-0abc');
  expect(addressed.instanceId).toBe('i-0abc');
  expect(addressed.document).toEqual({
    ...WARNING,
    resources: ['arn:aws:ec2:us-east-2a:instance/i-0abc'],
    detail: { 'instance-id': 'i-0abc', 'instance-action': 'terminate' },
  });
});

test('another instance id is not replaced', () => {
  const { event } = read(withDetail({ ...WARNING.detail, 'instance-id': 'i-1a2b3c4d' })) as EventReading & {
    kind: 'event';
  };
  expect(addressTo(event, 'i-0abc').instanceId).toBe('i-1a2b3c4d');
});
