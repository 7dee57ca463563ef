import { decideWake, latestState } from '../../../domain/operation/await-instance';

describe('decideWake', () => {
  it.each([
    ['running', undefined, 'wait'],
    ['running', 'pending', 'wait'],
    ['running', 'running', 'reached'],
    ['running', 'stopping', 'stopped'],
    ['running', 'stopped', 'stopped'],
    ['running', 'shutting-down', 'lost'],
    ['running', 'terminated', 'lost'],
    ['terminated', undefined, 'reached'],
    ['terminated', 'pending', 'wait'],
    ['terminated', 'running', 'wait'],
    ['terminated', 'stopping', 'wait'],
    ['terminated', 'stopped', 'wait'],
    // Its interfaces come free with the termination, not with its beginning.
    ['terminated', 'shutting-down', 'wait'],
    ['terminated', 'terminated', 'reached'],
    ['drained', undefined, 'reached'],
    ['drained', 'pending', 'wait'],
    ['drained', 'running', 'wait'],
    ['drained', 'stopping', 'reached'],
    ['drained', 'stopped', 'reached'],
    ['drained', 'shutting-down', 'reached'],
    ['drained', 'terminated', 'reached'],
  ] as const)('awaited %s, seen %s: %s', (awaited, state, decision) => {
    expect(decideWake(awaited, state)).toBe(decision);
  });
});

describe('latestState', () => {
  it.each([
    { shown: undefined, told: undefined, latest: undefined },
    { shown: undefined, told: 'running', latest: 'running' },
    { shown: 'running', told: undefined, latest: 'running' },
    { shown: 'pending', told: undefined, latest: 'pending' },
    // The event came, and EC2 shows the state of before.
    { shown: 'pending', told: 'running', latest: 'running' },
    { shown: 'running', told: 'shutting-down', latest: 'shutting-down' },
    { shown: 'shutting-down', told: 'terminated', latest: 'terminated' },
    { shown: 'stopped', told: 'terminated', latest: 'terminated' },
    // The event was late, or another one is on its way.
    { shown: 'running', told: 'pending', latest: 'running' },
    { shown: 'terminated', told: 'running', latest: 'terminated' },
    { shown: 'terminated', told: 'shutting-down', latest: 'terminated' },
    // What is stopped may be started, so neither is later than the other: EC2 says what is so now.
    { shown: 'running', told: 'stopped', latest: 'running' },
    { shown: 'stopped', told: 'running', latest: 'stopped' },
    { shown: 'running', told: 'stopping', latest: 'running' },
  ] as const)('shown $shown, told $told: $latest', ({ shown, told, latest }) => {
    expect(latestState(shown, told)).toBe(latest);
  });
});
