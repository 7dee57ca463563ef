/** The hourly limits of a node detect loops, and each happening raises them. */
import { EXTRA_PER_HAPPENING, HOURLY_LIMIT, Pace, tooMany } from '../../../fault-simulation/checks/pace';

const MINUTE_MS = 60_000;

test('only the last hour counts', () => {
  const pace = new Pace();
  for (let minute = 0; minute < 60; minute += 1) pace.count('smi-1', 'executions', minute * MINUTE_MS);
  expect(pace.count('smi-1', 'executions', 60 * MINUTE_MS)).toBe(60);
  expect(pace.count('smi-1', 'executions', 180 * MINUTE_MS)).toBe(1);
});

test('nodes and quantities are counted separately', () => {
  const pace = new Pace();
  pace.count('smi-1', 'executions', 0);
  expect(pace.count('smi-2', 'executions', 0)).toBe(1);
  expect(pace.count('smi-1', 'calls', 0)).toBe(1);
});

test.each(['executions', 'transitions', 'calls'] as const)('%s: the limit, and one more', (what) => {
  const most = HOURLY_LIMIT[what];
  expect(tooMany(what, most, 0)).toBeUndefined();
  expect(tooMany(what, most + 1, 0)).toBe(`more than ${most} ${what} in an hour`);
  expect(tooMany(what, most + EXTRA_PER_HAPPENING[what], 1)).toBeUndefined();
  expect(tooMany(what, most + EXTRA_PER_HAPPENING[what] + 1, 1)).toBeDefined();
});
