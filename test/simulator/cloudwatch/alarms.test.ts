import { alarmChanges, type AlarmDefinition } from '../../../simulator/cloudwatch/alarms';
import { MetricStore, type MetricId } from '../../../simulator/cloudwatch/metric-store';

const MINUTE = 60_000;
const ERRORS: MetricId = { namespace: 'AWS/Lambda', name: 'Errors', dimensions: { FunctionName: 'steps' } };
const RECORDED: MetricId = { namespace: 'Holdfast', name: 'RecordedFailures', dimensions: { service: 'Holdfast' } };

type Points = readonly (readonly [minute: number, value: number])[];

const alarmOf = (overrides: Partial<AlarmDefinition> = {}): AlarmDefinition => ({
  logicalId: 'Alarm',
  name: 'errors',
  description: '',
  terms: [{ metric: ERRORS, statistic: 'Sum', sign: 1 }],
  isFilled: false,
  periodMs: MINUTE,
  periods: 1,
  comparison: 'GreaterThanOrEqualToThreshold',
  threshold: 1,
  isMissingBreaching: false,
  ...overrides,
});

/** The changes of the alarm in ten minutes, as `[minute, state]`. */
function changes(errors: Points, alarm: AlarmDefinition, recorded: Points = []) {
  const store = new MetricStore();
  for (const [minute, value] of errors) store.put(ERRORS, value, minute * MINUTE);
  for (const [minute, value] of recorded) store.put(RECORDED, value, minute * MINUTE);
  return alarmChanges([alarm], store, 0, 10 * MINUTE).map(({ at, state }) => [at / MINUTE, state]);
}

const oneIn = (...minutes: readonly number[]): Points => minutes.map((minute) => [minute - 0.5, 1]);

test('it goes off at the end of the period that breaches the threshold, and is over after the next that does not', () => {
  expect(changes(oneIn(3), alarmOf())).toEqual([
    [3, 'ALARM'],
    [4, 'OK'],
  ]);
});

test('it goes off once while it lasts', () => {
  expect(changes(oneIn(2, 3, 4), alarmOf())).toEqual([
    [2, 'ALARM'],
    [5, 'OK'],
  ]);
});

test('it needs as many periods in a row as it says', () => {
  const alarm = alarmOf({ periods: 3 });
  expect(changes(oneIn(1, 2, 4, 5), alarm)).toEqual([]);
  expect(changes(oneIn(4, 5, 6), alarm)[0]).toEqual([6, 'ALARM']);
});

test('a sum counts all of a period, and a maximum the greatest', () => {
  const twice: Points = [
    [1.2, 1],
    [1.8, 1],
  ];
  const maximum: Partial<AlarmDefinition> = { terms: [{ metric: ERRORS, statistic: 'Maximum', sign: 1 }] };
  expect(changes(twice, alarmOf({ threshold: 2 }))[0]).toEqual([2, 'ALARM']);
  expect(changes(twice, alarmOf({ threshold: 2, ...maximum }))).toEqual([]);
});

test('silence is no alarm, unless the alarm is about it; a new alarm waits until it has its periods', () => {
  const silent = alarmOf({ comparison: 'LessThanThreshold', isMissingBreaching: true, periods: 4 });
  expect(changes([], alarmOf())).toEqual([]);
  expect(changes([], silent)).toEqual([[4, 'ALARM']]);
  expect(changes(oneIn(5), silent)).toEqual([
    [4, 'ALARM'],
    [5, 'OK'],
    [9, 'ALARM'],
  ]);
});

test('terms are added with their signs, and one that was not measured counts as 0 if it is filled', () => {
  const terms: AlarmDefinition['terms'] = [
    { metric: ERRORS, statistic: 'Sum', sign: 1 },
    { metric: RECORDED, statistic: 'Sum', sign: -1 },
  ];
  const filled = alarmOf({ terms, isFilled: true });
  expect(changes(oneIn(2), filled)[0]).toEqual([2, 'ALARM']);
  expect(changes(oneIn(2), filled, oneIn(2))).toEqual([]);
  expect(changes(oneIn(2), alarmOf({ terms }))).toEqual([]);
});

test('a metric is found whatever the order of its dimensions, and no other with it', () => {
  const store = new MetricStore();
  const id = { namespace: 'Holdfast', name: 'Nodes' };
  store.put({ ...id, dimensions: { service: 'Blue', Status: 'ACTIVE' } }, 3, MINUTE);
  const read = (dimensions: MetricId['dimensions']) => store.statistic({ ...id, dimensions }, 'Sum', 0, MINUTE);
  expect(read({ Status: 'ACTIVE', service: 'Blue' })).toBe(3);
  expect(read({ Status: 'ACTIVE' })).toBeUndefined();
  expect(read({ Status: 'PAUSED', service: 'Blue' })).toBeUndefined();
});

test('a datapoint is kept for a day', () => {
  const store = new MetricStore();
  const day = 24 * 60 * MINUTE;
  store.put(ERRORS, 1, 0);
  store.put(ERRORS, 1, day - 1);
  expect(store.statistic(ERRORS, 'Sum', -1, day)).toBe(2);
  store.put(ERRORS, 1, day);
  expect(store.statistic(ERRORS, 'Sum', -1, day)).toBe(2);
});
