import { EventBus, type Deliver } from '../../../simulator/event-bridge/event-bus';
import { compilePattern, UnsupportedPattern } from '../../../simulator/event-bridge/event-pattern';
import { VirtualClock } from '../../../simulator/time/clock';
import { Random } from '../../../simulator/time/random';

const event = {
  id: 'e',
  source: 'aws.ec2',
  'detail-type': 'EC2 Instance State-change Notification',
  detail: { 'instance-id': 'i-1', state: 'running', list: ['a', 'b'], nothing: null, count: 3 },
};

describe('patterns', () => {
  test.each<[string, object, boolean]>([
    ['the source', { source: ['aws.ec2'] }, true],
    ['another source', { source: ['aws.s3'] }, false],
    ['one of several values', { detail: { state: ['terminated', 'running'] } }, true],
    ['all fields, not one of them', { source: ['aws.ec2'], detail: { state: ['stopped'] } }, false],
    ['an element of a list', { detail: { list: ['b'] } }, true],
    ['null', { detail: { nothing: [null] } }, true],
    ['null for a field that is absent', { detail: { absent: [null] } }, false],
    ['a number, not its text', { detail: { count: ['3'] } }, false],
    ['a prefix', { detail: { 'instance-id': [{ prefix: 'i-' }] } }, true],
    ['another prefix', { detail: { 'instance-id': [{ prefix: 'x-' }] } }, false],
    ['a prefix of a value that is not a string', { detail: { count: [{ prefix: '3' }] } }, false],
    ['a field that exists', { detail: { state: [{ exists: true }] } }, true],
    ['a field that does not exist', { detail: { absent: [{ exists: true }] } }, false],
    ['a field that must not exist', { detail: { absent: [{ exists: false }] } }, true],
    ['a field that must not exist, in a missing object', { other: { absent: [{ exists: false }] } }, true],
    ['anything but a value', { detail: { state: [{ 'anything-but': 'stopped' }] } }, true],
    ['anything but this value', { detail: { state: [{ 'anything-but': ['running', 'stopped'] }] } }, false],
    ['anything but a value, for a missing field', { detail: { absent: [{ 'anything-but': 'x' }] } }, false],
  ])('%s', (_name, pattern, matches) => {
    expect(compilePattern(pattern)(event)).toBe(matches);
  });

  test.each<[string, object]>([
    ['numeric', { detail: { count: [{ numeric: ['>', 1] }] } }],
    ['suffix', { detail: { state: [{ suffix: 'ing' }] } }],
    ['wildcard', { detail: { state: [{ wildcard: '*' }] } }],
    ['equals-ignore-case', { detail: { state: [{ 'equals-ignore-case': 'RUNNING' }] } }],
    ['anything-but with prefix', { detail: { state: [{ 'anything-but': { prefix: 'r' } }] } }],
    ['$or', { $or: [{ source: ['a'] }, { source: ['b'] }] }],
    ['a value outside of a list', { source: 'aws.ec2' }],
    ['an empty list', { source: [] }],
    ['nothing', {}],
  ])('%s is refused', (_name, pattern) => {
    expect(() => compilePattern(pattern)).toThrow(UnsupportedPattern);
  });
});

describe('delivery', () => {
  const rules = [
    { logicalId: 'A', pattern: { source: ['aws.ec2'] }, targetArns: ['one', 'two'] },
    { logicalId: 'B', pattern: { source: ['aws.s3'] }, targetArns: ['three'] },
  ];

  async function deliveries(deliver?: Deliver): Promise<{ target: string; at: number }[]> {
    const clock = new VirtualClock(0);
    const received: { target: string; at: number }[] = [];
    const bus = new EventBus(rules, {
      clock,
      random: new Random(1),
      deliver,
      send: async (target, sent) => {
        expect(sent).toEqual(event);
        received.push({ target, at: clock.now() });
      },
    });
    bus.publish(event);
    expect(bus.isBusy()).toBe(true);
    await clock.run();
    expect(bus.isBusy()).toBe(false);
    return received;
  }

  test('once to every target of a matching rule, after 100 to 500 ms', async () => {
    const received = await deliveries();
    expect(received.map(({ target }) => target).sort()).toEqual(['one', 'two']);
    for (const { at } of received) {
      expect(at).toBeGreaterThanOrEqual(100);
      expect(at).toBeLessThanOrEqual(500);
    }
  });

  test('an event can be lost for one target, and late and duplicated for another', async () => {
    const received = await deliveries((_event, target) => ({ copies: target === 'one' ? [] : [50, 9_000] }));
    expect(received).toEqual([
      { target: 'two', at: 50 },
      { target: 'two', at: 9_000 },
    ]);
  });
});
