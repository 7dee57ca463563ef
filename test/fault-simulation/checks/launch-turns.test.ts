/** Launches that do not keep to the pacer's turns are found, and those that do are not. */
import { newTurns, type Turns } from '../../../domain/throttling/turns';
import { PACED_ACTIONS } from '../../../domain/throttling/paced-actions';
import {
  LATE_MS,
  LATE_REQUESTS,
  LaunchTurns,
  READ_WITHIN_MS,
  type RequestCircumstances,
} from '../../../fault-simulation/checks/launch-turns';
import type { Invocation } from '../../../fault-simulation/facts/invocation';
import { NOW_MS } from '../views';

const { burst, intervalMs } = PACED_ACTIONS.RunInstances;
const an = (overrides: Partial<Invocation> = {}): Invocation =>
  ({ number: 1, actor: 'launch-instance', isFaulted: false, ...overrides }) as Invocation;
const at = (nowMs: number, overrides: Partial<RequestCircumstances> = {}): RequestCircumstances => ({
  nowMs,
  clockErrorMs: 0,
  faults: 0,
  isDelayed: false,
  isWithoutPacer: false,
  isTakenOver: false,
  ...overrides,
});
/** The turns after a ticket whose turn is at this time. */
const ticket = (issued: number, turnMs: number): Turns => ({
  ...newTurns(PACED_ACTIONS.RunInstances),
  issued,
  nextTurnMs: turnMs + intervalMs,
});

/** A launch with a turn at NOW_MS, requested at this time. */
function requestedAt(nowMs: number, overrides: Partial<RequestCircumstances> = {}): readonly string[] {
  const launches = new LaunchTurns();
  launches.wrote(ticket(1, NOW_MS), 'smi-1', NOW_MS - 60_000);
  return launches.requested('smi-1', an(), at(nowMs, overrides));
}

describe('one launch', () => {
  test('in its turn is right', () => {
    expect(requestedAt(NOW_MS)).toEqual([]);
    expect(requestedAt(NOW_MS + LATE_MS)).toEqual([]);
  });

  test('before its turn, or long after it, is wrong', () => {
    expect(requestedAt(NOW_MS - 100)).toEqual(['a launch of smi-1 was requested -0.1 s after its turn']);
    expect(requestedAt(NOW_MS + LATE_MS + 1)).toEqual(['a launch of smi-1 was requested 12.0 s after its turn']);
  });

  test('is measured by clocks that are off', () => {
    expect(requestedAt(NOW_MS + LATE_MS + 400, { clockErrorMs: 200 })).toEqual([]);
    expect(requestedAt(NOW_MS + LATE_MS + 401, { clockErrorMs: 200 })).toHaveLength(1);
  });

  test('whose turn moved with the turns of others is measured by the new turn, once it could have read that', () => {
    const later = { ...ticket(2, NOW_MS + intervalMs), nextTurnMs: NOW_MS + 20_000 };
    const requestedAfter = (afterMs: number): readonly string[] => {
      const launches = new LaunchTurns();
      launches.wrote(ticket(1, NOW_MS), 'smi-1', NOW_MS - 60_000);
      launches.wrote(later, 'smi-2', NOW_MS - afterMs);
      return launches.requested('smi-1', an(), at(NOW_MS));
    };
    expect(requestedAfter(READ_WITHIN_MS)).toEqual([]);
    expect(requestedAfter(READ_WITHIN_MS + 1)).toHaveLength(1);
  });

  test('that has two turns may use either, and each once', () => {
    const launches = new LaunchTurns();
    launches.wrote(ticket(1, NOW_MS), 'smi-1', NOW_MS - 60_000);
    const front = { ...ticket(1, NOW_MS), nextFrontMs: NOW_MS - 30_000 + intervalMs };
    launches.wrote(front, 'smi-1', NOW_MS - 30_000);
    expect(launches.requested('smi-1', an(), at(NOW_MS))).toEqual([]);
    expect(launches.requested('smi-1', an({ number: 2 }), at(NOW_MS))).toHaveLength(1);
  });

  test('of a front-runner has the turn that it got', () => {
    const launches = new LaunchTurns();
    launches.wrote(ticket(1, NOW_MS), 'smi-1', NOW_MS - 60_000);
    const front = { ...ticket(1, NOW_MS + 40_000), nextFrontMs: NOW_MS + 30_000 + intervalMs };
    launches.wrote(front, 'smi-2', NOW_MS);
    expect(launches.requested('smi-2', an(), at(NOW_MS + 30_000))).toEqual([]);
  });

  test('without a turn is wrong, unless the pacer could not be asked', () => {
    const launches = new LaunchTurns();
    expect(launches.requested('smi-1', an(), at(NOW_MS))).toEqual(['a launch of smi-1 was requested without a turn']);
    expect(launches.requested('smi-1', an(), at(NOW_MS, { isWithoutPacer: true }))).toEqual([]);
    launches.forget();
    expect(launches.requested('smi-1', an(), at(NOW_MS))).toEqual([]);
  });

  test('of another node that only made the turns slower gets no turn', () => {
    const launches = new LaunchTurns();
    launches.wrote(ticket(1, NOW_MS), undefined, NOW_MS);
    expect(launches.requested('smi-1', an(), at(NOW_MS))).toHaveLength(1);
  });
});

test('launches whose turns are unknown, because the item was lost, do not count', () => {
  const launches = new LaunchTurns();
  launches.forget();
  const counted = (nodeId: string): readonly string[] => launches.requested(nodeId, an(), at(NOW_MS));
  for (let index = 0; index < 30; index += 1) expect(counted(`smi-${index}`)).toEqual([]);
  for (let index = 1; index <= 9; index += 1) launches.wrote(ticket(index, NOW_MS), `own-${index}`, NOW_MS);
  const violations = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((index) => counted(`own-${index}`));
  expect(violations).toEqual(['more than 8 launches were requested before their turns']);
});

describe('two launches in one turn', () => {
  const second = (first: Partial<Invocation>, overrides: Partial<RequestCircumstances> = {}): readonly string[] => {
    const launches = new LaunchTurns();
    launches.wrote(ticket(1, NOW_MS), 'smi-1', NOW_MS - 60_000);
    launches.requested('smi-1', an(first), at(NOW_MS));
    return launches.requested('smi-1', an({ number: 2 }), at(NOW_MS + 1_000, overrides));
  };

  test('are wrong', () => {
    expect(second({})).toEqual(['two launches of smi-1 were requested in one turn']);
  });

  test('are right if a fault hit the first', () => {
    expect(second({ isFaulted: true })).toEqual([]);
  });

  test('are right if EC2 did not show yet what the first one named', () => {
    const launches = new LaunchTurns();
    launches.wrote(ticket(1, NOW_MS), 'smi-1', NOW_MS - 60_000);
    launches.requested('smi-1', an({}), at(NOW_MS));
    launches.notShownYet('smi-1');
    expect(launches.requested('smi-1', an({ number: 2 }), at(NOW_MS + 1_000))).toEqual([]);
    expect(launches.requested('smi-1', an({ number: 3 }), at(NOW_MS + 2_000))).toHaveLength(1);
  });

  test('are right if another execution has taken the operation over', () => {
    expect(second({}, { isTakenOver: true })).toEqual([]);
  });
});

describe('many launches', () => {
  /** The violations of so many launches, each one interval after the other and each with a turn. */
  function launches(count: number, everyMs: number, { faults = 0, isDelayed = false } = {}): readonly string[] {
    const many = new LaunchTurns();
    return Array.from({ length: count }, (_, index) => {
      const nowMs = NOW_MS + index * everyMs;
      many.wrote(ticket(index + 1, nowMs), `smi-${index}`, nowMs);
      return many.requested(`smi-${index}`, an(), at(nowMs, { faults, isDelayed }));
    }).flat();
  }

  test('at once are as many as the burst, and a few that are late', () => {
    const most = burst + LATE_REQUESTS;
    expect(launches(most, 0)).toEqual([]);
    expect(launches(most + 1, 0)).toEqual([`more than ${most} launches were requested before their turns`]);
    expect(launches(most + 1, 0, { faults: 1 })).toEqual([]);
  });

  test('at once may be any number after a throttle of their looks, which delayed them all', () => {
    expect(launches(50, 0, { isDelayed: true })).toEqual([]);
  });

  test('may follow each other for ever at the rate', () => {
    expect(launches(500, intervalMs)).toEqual([]);
    expect(launches(500, intervalMs * 0.9)).not.toEqual([]);
  });
});
