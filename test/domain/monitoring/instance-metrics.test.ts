import { decideMetrics, periodOf, usageWithin } from '../../../domain/monitoring/instance-metrics';
import type { Usage } from '../../../domain/costs/usage';
import { NOW } from '../builders';

const HOUR_MS = 60 * 60 * 1000;
const ago = (hours: number) => new Date(Date.parse(NOW) - hours * HOUR_MS).toISOString();

describe('decideMetrics', () => {
  it.each([
    { name: 'nothing: three hours', asked: {}, range: { from: ago(3), to: NOW } },
    { name: 'a start', asked: { since: ago(24) }, range: { from: ago(24), to: NOW } },
    { name: 'an end', asked: { until: ago(24) }, range: { from: ago(27), to: ago(24) } },
    { name: 'an end in the future', asked: { until: ago(-5) }, range: { from: ago(3), to: NOW } },
    { name: 'the longest range', asked: { since: ago(90 * 24) }, range: { from: ago(90 * 24), to: NOW } },
    {
      name: 'a range that ended long ago',
      asked: { since: ago(400 * 24), until: ago(399 * 24) },
      range: { from: ago(400 * 24), to: ago(399 * 24) },
    },
  ])('takes $name', ({ asked, range }) => {
    expect(decideMetrics(asked, NOW)).toEqual({ kind: 'range', range });
  });

  it.each([
    { name: 'a start in the future', asked: { since: ago(-1), until: ago(-2) }, field: 'since' },
    { name: 'an end before the start', asked: { since: ago(1), until: ago(2) }, field: 'until' },
    { name: 'an end at the start', asked: { since: ago(1), until: ago(1) }, field: 'until' },
    { name: 'more than 90 days', asked: { since: ago(90 * 24 + 1) }, field: 'since' },
  ])('refuses $name', ({ asked, field }) => {
    expect(decideMetrics(asked, NOW)).toMatchObject({ kind: 'invalid', fieldErrors: [{ field }] });
  });
});

describe('periodOf', () => {
  it.each([
    { hours: 1 / 60, period: 300 },
    { hours: 1, period: 300 },
    { hours: 30, period: 300 },
    { hours: 30.1, period: 900 },
    { hours: 7 * 24, period: 3_600 },
    { hours: 15 * 24, period: 3_600 },
    { hours: 15.1 * 24, period: 21_600 },
    { hours: 90 * 24, period: 21_600 },
  ])('of $hours h is $period s', ({ hours, period }) => {
    expect(periodOf({ from: ago(hours), to: NOW }, NOW)).toBe(period);
    // As many as a chart shows, of one instance.
    expect((hours * 3_600) / period).toBeLessThanOrEqual(360);
  });
});

test.each([
  { daysAgo: 63, period: 300 },
  { daysAgo: 63.1, period: 3_600 },
  { daysAgo: 300, period: 3_600 },
])('of an hour $daysAgo days ago is $period s, because CloudWatch keeps no shorter ones', ({ daysAgo, period }) => {
  const from = ago(daysAgo * 24);
  expect(periodOf({ from, to: new Date(Date.parse(from) + HOUR_MS).toISOString() }, NOW)).toBe(period);
});

describe('usageWithin', () => {
  const aUsage = (hour: number, overrides: Partial<Usage> = {}): Usage => ({
    instanceId: `i-${hour}`,
    instanceType: 'm7g.large',
    lifeCycle: 'spot',
    availabilityZone: 'eu-west-1a',
    product: 'Linux/UNIX',
    from: ago(hour),
    ...overrides,
  });

  it('ends that of an instance whose end was not recorded when the next one began', () => {
    const usages = [aUsage(5), aUsage(2)];
    expect(usageWithin(usages, { from: ago(10), to: NOW }, NOW)).toEqual([
      { ...aUsage(2), to: NOW },
      { ...aUsage(5), to: ago(2) },
    ]);
    expect(usageWithin(usages, { from: ago(2), to: ago(1) }, NOW)).toHaveLength(1);
    expect(usageWithin(usages, { from: ago(9), to: ago(5) }, NOW)).toEqual([]);
  });
});
