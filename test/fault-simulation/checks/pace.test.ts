/** What goes round and round is found, and what happens is allowed for. */
import { MORE_A_HAPPENING, MOST_AN_HOUR, Pace, tooMany } from '../../../fault-simulation/checks/pace';

const MINUTE_MS = 60_000;

test('the hour slides: what is older is not counted', () => {
  const pace = new Pace();
  for (let minute = 0; minute < 60; minute += 1) pace.count('smi-1', 'executions', minute * MINUTE_MS);
  expect(pace.count('smi-1', 'executions', 60 * MINUTE_MS)).toBe(60);
  expect(pace.count('smi-1', 'executions', 180 * MINUTE_MS)).toBe(1);
});

test('nodes and kinds are counted apart', () => {
  const pace = new Pace();
  pace.count('smi-1', 'executions', 0);
  expect(pace.count('smi-2', 'executions', 0)).toBe(1);
  expect(pace.count('smi-1', 'calls', 0)).toBe(1);
});

test.each(['executions', 'transitions', 'calls'] as const)('%s: the bound, and one more', (what) => {
  const most = MOST_AN_HOUR[what];
  expect(tooMany(what, most, 0)).toBeUndefined();
  expect(tooMany(what, most + 1, 0)).toBe(`more than ${most} ${what} in an hour`);
  expect(tooMany(what, most + MORE_A_HAPPENING[what], 1)).toBeUndefined();
  expect(tooMany(what, most + MORE_A_HAPPENING[what] + 1, 1)).toBeDefined();
});
