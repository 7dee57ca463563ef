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
    // Its interfaces are released at the end of the termination, not at its beginning.
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
    { shown: undefined, reported: undefined, latest: undefined },
    { shown: undefined, reported: 'running', latest: 'running' },
    { shown: 'running', reported: undefined, latest: 'running' },
    { shown: 'pending', reported: undefined, latest: 'pending' },
    // The event arrived, and EC2 still shows the earlier state.
    { shown: 'pending', reported: 'running', latest: 'running' },
    { shown: 'running', reported: 'shutting-down', latest: 'shutting-down' },
    { shown: 'shutting-down', reported: 'terminated', latest: 'terminated' },
    { shown: 'stopped', reported: 'terminated', latest: 'terminated' },
    // The event was late, or a newer one has not arrived yet.
    { shown: 'running', reported: 'pending', latest: 'running' },
    { shown: 'terminated', reported: 'running', latest: 'terminated' },
    { shown: 'terminated', reported: 'shutting-down', latest: 'terminated' },
    // A stopped instance may be started, so neither state is later: EC2 shows the present one.
    { shown: 'running', reported: 'stopped', latest: 'running' },
    { shown: 'stopped', reported: 'running', latest: 'stopped' },
    { shown: 'running', reported: 'stopping', latest: 'running' },
  ] as const)('shown $shown, reported $reported: $latest', ({ shown, reported, latest }) => {
    expect(latestState(shown, reported)).toBe(latest);
  });
});
