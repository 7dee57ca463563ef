import { ListRulesCommand, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { LocalEventBridge } from '../../../simulator/event-bridge/event-bridge';
import { VirtualClock } from '../../../simulator/time/clock';
import { Random } from '../../../simulator/time/random';

const ENTRY: PutEventsRequestEntry = { Source: 'holdfast', DetailType: 'Node Changed', Detail: '{"id":"smi-1"}' };

function open() {
  const published: unknown[] = [];
  const eventBridge = new LocalEventBridge({
    clock: new VirtualClock(Date.parse('2026-11-23T08:00:00.500Z')),
    random: new Random(1),
    publish: (event) => published.push(event),
  });
  const put = (...Entries: PutEventsRequestEntry[]) => eventBridge.client.send(new PutEventsCommand({ Entries }));
  return { eventBridge, published, put };
}

test('an event is kept, and goes onto the bus in its envelope', async () => {
  const { eventBridge, published, put } = open();
  const { Entries, FailedEntryCount } = await put({ ...ENTRY, Resources: ['arn:x'] });
  expect(FailedEntryCount).toBe(0);
  expect(published).toEqual([
    {
      version: '0',
      id: Entries?.[0]?.EventId,
      'detail-type': 'Node Changed',
      source: 'holdfast',
      account: '123456789012',
      time: '2026-11-23T08:00:00Z',
      region: 'us-east-1',
      resources: ['arn:x'],
      detail: { id: 'smi-1' },
    },
  ]);
  expect(eventBridge.events()).toEqual(published);
});

test.each<[string, Partial<PutEventsRequestEntry>, string]>([
  ['without a source', { Source: '' }, 'InvalidArgument'],
  ['without a type', { DetailType: '' }, 'InvalidArgument'],
  ["in AWS's name", { Source: 'aws.ec2' }, 'NotAuthorizedForSourceException'],
  ['whose detail is not JSON', { Detail: '{' }, 'MalformedDetail'],
  ['whose detail is not an object', { Detail: '1' }, 'MalformedDetail'],
])('an entry %s fails, and the others succeed', async (_name, change, code) => {
  const { published, put } = open();
  const { Entries, FailedEntryCount } = await put({ ...ENTRY, ...change }, ENTRY);
  expect(FailedEntryCount).toBe(1);
  expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([code, undefined]);
  expect(published).toHaveLength(1);
});

test('more than ten entries, no entry, and another bus are refused', async () => {
  const { put } = open();
  const refused = { name: 'ValidationException' };
  await expect(put()).rejects.toMatchObject(refused);
  await expect(put(...Array.from({ length: 11 }, () => ENTRY))).rejects.toMatchObject(refused);
  await expect(put({ ...ENTRY, EventBusName: 'mine' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('the latest thousand events are kept', async () => {
  const { eventBridge, put } = open();
  for (let number = 1; number <= 1_001; number += 1) await put({ ...ENTRY, Detail: JSON.stringify({ number }) });
  const kept = eventBridge.events();
  expect([kept.length, kept[0]?.detail, kept.at(-1)?.detail]).toEqual([1_000, { number: 2 }, { number: 1_001 }]);
});

test('other commands of EventBridge are not supported', async () => {
  await expect(open().eventBridge.client.send(new ListRulesCommand({}))).rejects.toThrow('is not supported');
});
