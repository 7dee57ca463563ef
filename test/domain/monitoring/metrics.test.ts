import { METRIC_GROUPS, valuesOf } from '../../../domain/monitoring/metrics';

test('the values of a measurement come with their units; what was not measured is left out', () => {
  expect(
    valuesOf({
      group: 'recovery',
      dimensions: { Cause: 'lost', Attachment: 'cold' },
      values: { AddressAway: 70.5, Replacements: 1 },
    }),
  ).toEqual([
    { name: 'Replacements', unit: 'Count', value: 1 },
    { name: 'AddressAway', unit: 'Seconds', value: 70.5 },
  ]);
});

test('0 is a value', () => {
  expect(valuesOf({ group: 'capacity', dimensions: {}, values: { CapacityWaits: 0 } })).toHaveLength(1);
});

test('a name means one metric', () => {
  const names = Object.values(METRIC_GROUPS).flatMap(({ metrics }) => Object.keys(metrics));
  expect(new Set(names).size).toBe(names.length);
});
