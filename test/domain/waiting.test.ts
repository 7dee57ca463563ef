import { decideWake } from '../../domain/waiting';

describe('decideWake', () => {
  it.each([
    ['running', undefined, 'wait'],
    ['running', 'pending', 'wait'],
    ['running', 'running', 'reached'],
    ['running', 'stopping', 'wait'],
    ['running', 'stopped', 'wait'],
    ['running', 'shutting-down', 'unreachable'],
    ['running', 'terminated', 'unreachable'],
    ['terminated', undefined, 'reached'],
    ['terminated', 'pending', 'wait'],
    ['terminated', 'running', 'wait'],
    ['terminated', 'stopping', 'wait'],
    ['terminated', 'stopped', 'wait'],
    // Its interfaces come free with the termination, not with its beginning.
    ['terminated', 'shutting-down', 'wait'],
    ['terminated', 'terminated', 'reached'],
  ] as const)('awaited %s, seen %s: %s', (awaited, state, decision) => {
    expect(decideWake(awaited, state)).toBe(decision);
  });
});
