import fc from 'fast-check';
import { driftsWith, mayAdjust, pauseSecondsAfter } from '../../../domain/operation/pacing';
import { aNode, NOW } from '../builders';

describe('The pause before the next operation in a row', () => {
  it.each([
    [0, 0],
    [1, 0],
    [2, 0],
    [3, 60],
    [4, 120],
    [5, 300],
    [6, 600],
    [7, 600],
    [1000, 600],
  ])('after %i: %i s', (row, seconds) => {
    expect(pauseSecondsAfter(row)).toBe(seconds);
  });
});

describe('Adjustments in a row', () => {
  it.each([
    { name: 'the first', drifts: undefined, after: { count: 1, lastAt: NOW } },
    { name: 'the next', drifts: { count: 1, lastAt: '2026-11-03T09:59:00.000Z' }, after: { count: 2, lastAt: NOW } },
    {
      name: 'almost a quarter of an hour later',
      drifts: { count: 5, lastAt: '2026-11-03T09:45:00.001Z' },
      after: { count: 6, lastAt: NOW },
    },
    {
      name: 'after a quarter of an hour: a new row',
      drifts: { count: 5, lastAt: '2026-11-03T09:45:00.000Z' },
      after: { count: 1, lastAt: NOW },
    },
  ])('are counted: $name', ({ drifts, after }) => {
    expect(driftsWith(aNode(drifts && { drifts }), NOW)).toEqual(after);
  });

  it.each([
    { name: 'the first', drifts: undefined, may: true },
    { name: 'the second, at once', drifts: { count: 1, lastAt: NOW }, may: true },
    { name: 'the third, at once', drifts: { count: 2, lastAt: NOW }, may: true },
    { name: 'the fourth, within a minute', drifts: { count: 3, lastAt: '2026-11-03T09:59:00.001Z' }, may: false },
    { name: 'the fourth, after a minute', drifts: { count: 3, lastAt: '2026-11-03T09:59:00.000Z' }, may: true },
    { name: 'the fifth, within two minutes', drifts: { count: 4, lastAt: '2026-11-03T09:58:00.001Z' }, may: false },
    { name: 'any later, after ten minutes', drifts: { count: 40, lastAt: '2026-11-03T09:50:00.000Z' }, may: true },
    { name: 'any later, before that', drifts: { count: 40, lastAt: '2026-11-03T09:50:00.001Z' }, may: false },
  ])('are paced: $name, $may', ({ drifts, may }) => {
    expect(mayAdjust(aNode(drifts && { drifts }), NOW)).toBe(may);
  });

  it('are at most twelve an hour, however often they are undone from outside', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), (everySeconds) => {
        let node = aNode();
        const begun: number[] = [];
        for (let second = 0; second < 3 * 3600; second += everySeconds) {
          const now = new Date(Date.parse(NOW) + second * 1000).toISOString();
          if (!mayAdjust(node, now)) continue;
          node = { ...node, drifts: driftsWith(node, now) };
          begun.push(second);
        }
        const inAnHour = (from: number) => begun.filter((second) => second >= from && second < from + 3600).length;

        expect(Math.max(...begun.map(inAnHour))).toBeLessThanOrEqual(12);
      }),
    );
  });
});
