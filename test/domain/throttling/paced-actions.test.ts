import { PACED_ACTION_NAMES, PACED_ACTIONS } from '../../../domain/throttling/paced-actions';

test.each([
  { name: 'RunInstances', refillPerSecond: 2, bucket: 5, burst: 4, intervalMs: 505 },
  { name: 'CreateFleet', refillPerSecond: 5, bucket: 50, burst: 45, intervalMs: 202 },
  { name: 'TerminateInTime', refillPerSecond: 5, bucket: 100, burst: 63, intervalMs: 505 },
  { name: 'MoveInterface', refillPerSecond: 5, bucket: 50, burst: 40, intervalMs: 202 },
] as const)('$name has $burst calls at once and then one in $intervalMs ms', (action) => {
  expect(PACED_ACTIONS[action.name]).toEqual(action);
});

test.each(PACED_ACTION_NAMES)('%s stays below the limits of EC2', (name) => {
  const { burst, bucket, intervalMs, refillPerSecond } = PACED_ACTIONS[name];
  expect(burst).toBeLessThan(bucket);
  expect(1000 / intervalMs).toBeLessThanOrEqual(0.9902 * refillPerSecond);
  expect(Number.isInteger(intervalMs)).toBe(true);
});
