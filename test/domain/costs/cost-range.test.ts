import { decideRange, type AskedRange } from '../../../domain/costs/cost-range';

const NOW = '2026-11-23T10:00:00.000Z';

describe('decideRange', () => {
  it.each<{ name: string; asked: AskedRange; from: string; to: string }>([
    { name: 'nothing: the last 30 days', asked: {}, from: '2026-10-24T10:00:00.000Z', to: NOW },
    {
      name: 'an end alone: the 30 days before it',
      asked: { toDate: '2026-10-31T00:00:00.000Z' },
      from: '2026-10-01T00:00:00.000Z',
      to: '2026-10-31T00:00:00.000Z',
    },
    {
      name: 'a beginning alone: until now',
      asked: { fromDate: '2026-11-01T00:00:00.000Z' },
      from: '2026-11-01T00:00:00.000Z',
      to: NOW,
    },
    {
      name: 'until the end of today: until now',
      asked: { fromDate: '2026-11-23T00:00:00.000Z', toDate: '2026-11-24T00:00:00.000Z' },
      from: '2026-11-23T00:00:00.000Z',
      to: NOW,
    },
    { name: 'no time at all', asked: { fromDate: NOW, toDate: NOW }, from: NOW, to: NOW },
    {
      name: 'the oldest that is kept',
      asked: { fromDate: '2025-10-19T10:00:00.000Z' },
      from: '2025-10-19T10:00:00.000Z',
      to: NOW,
    },
  ])('$name', ({ asked, from, to }) => {
    expect(decideRange(asked, NOW)).toEqual({ kind: 'range', range: { from, to } });
  });

  it.each<{ name: string; asked: AskedRange; fieldErrors: [string, RegExp][] }>([
    {
      name: 'a beginning in the future, and so an end before it',
      asked: { fromDate: '2026-11-23T10:00:00.001Z', toDate: '2026-11-22T00:00:00.000Z' },
      fieldErrors: [
        ['fromDate', /future; it is 2026-11-23T10/],
        ['toDate', /before fromDate/],
      ],
    },
    {
      name: 'an end later today',
      asked: { toDate: '2026-11-23T12:00:00.000Z' },
      fieldErrors: [['toDate', /future/]],
    },
    {
      name: 'the end of tomorrow',
      asked: { toDate: '2026-11-25T00:00:00.000Z' },
      fieldErrors: [['toDate', /future/]],
    },
    {
      name: 'what is not kept',
      asked: { fromDate: '2025-10-19T09:59:59.999Z', toDate: '2025-10-19T09:59:59.999Z' },
      fieldErrors: [
        ['fromDate', /within the last 400 days/],
        ['toDate', /within the last 400 days/],
      ],
    },
  ])('refuses $name', ({ asked, fieldErrors }) => {
    expect(decideRange(asked, NOW)).toEqual({
      kind: 'invalid',
      fieldErrors: fieldErrors.map(([field, message]) => ({
        field,
        message: expect.stringMatching(message) as string,
      })),
    });
  });
});
