import type { InstanceMetrics } from '../../console/src/api/node-types';
import { changesOf, linesOf, startOf } from '../../console/src/pages/node/monitoring/metrics';

const SINCE = new Date('2026-03-01T08:00:00.000Z');

const metrics = (instanceId: string, from: string, samples: InstanceMetrics['samples']): InstanceMetrics => ({
  instanceId,
  instanceType: 'm7g.large',
  availabilityZone: 'eu-west-1a',
  lifeCycle: 'spot',
  from,
  to: '2026-03-01T11:00:00.000Z',
  periodSeconds: 300,
  samples,
});
const sample = (at: string, cpuPercent: number | null): InstanceMetrics['samples'][number] => ({
  at,
  cpuPercent,
  networkInBytesPerSecond: 1_000,
  networkOutBytesPerSecond: null,
});

/** As the API returns them: the newest first. */
const TWO = [
  metrics('i-new', '2026-03-01T09:00:00.000Z', [
    sample('2026-03-01T09:00:00.000Z', null),
    sample('2026-03-01T09:05:00.000Z', 7),
  ]),
  metrics('i-old', '2026-02-27T08:00:00.000Z', [sample('2026-03-01T08:55:00.000Z', 30)]),
];

test('each instance is a line of its own, the oldest first, without the values that CloudWatch does not have', () => {
  expect(linesOf(TWO, 'cpuPercent')).toEqual([
    { instanceId: 'i-old', data: [{ x: new Date('2026-03-01T08:55:00.000Z'), y: 30 }] },
    { instanceId: 'i-new', data: [{ x: new Date('2026-03-01T09:05:00.000Z'), y: 7 }] },
  ]);
  expect(linesOf(TWO, 'networkOutBytesPerSecond')).toEqual([]);
});

test('a launch before the range is not marked', () => {
  expect(changesOf(TWO, SINCE)).toEqual([{ instanceId: 'i-new', at: new Date('2026-03-01T09:00:00.000Z') }]);
});

test('a range begins so many hours ago, to the second', () => {
  expect(startOf('24', new Date('2026-03-02T08:00:00.250Z'))).toBe('2026-03-01T08:00:00Z');
});
