import { PACED_ACTIONS } from '../../../domain/throttling/paced-actions';
import {
  afterRefusal,
  faster,
  jumpMove,
  moved,
  newTurns,
  permitAtOnce,
  permitOf,
  takeMove,
  turnOf,
  turnOfPermit,
  type Turns,
} from '../../../domain/throttling/turns';

const ACTION = PACED_ACTIONS.RunInstances;
const I = ACTION.intervalMs;
const T0 = Date.parse('2026-11-03T10:00:00.000Z');
const MINUTE = 60_000;

const aTurns = (more: Partial<Turns> = {}): Turns => ({ ...newTurns(ACTION), nextTurnMs: T0, issued: 10, ...more });

/** Takes at the same moment, and returns the turns in milliseconds from then. */
function takes(
  count: number,
  before?: Turns,
  nowMs = T0,
): { readonly turns: Turns | undefined; readonly at: number[] } {
  let turns = before;
  const at: number[] = [];
  for (let taken = 0; taken < count; taken += 1) {
    const move = takeMove(turns, ACTION, nowMs);
    turns = moved(turns, move, ACTION, nowMs);
    at.push(Date.parse(permitOf(move, turns, nowMs).turnAt) - nowMs);
  }
  return { turns, at };
}

describe('Taking a ticket', () => {
  test('after a pause a burst goes at once, and the others follow at intervals', () => {
    expect(takes(7).at).toEqual([-3 * I, -2 * I, -I, 0, I, 2 * I, 3 * I]);
  });

  test('a pause gives back what has refilled, up to the burst', () => {
    const { turns } = takes(4);
    expect(takes(2, turns, T0 + I).at).toEqual([0, I]);
    expect(takes(3, turns, T0 + 2 * I).at).toEqual([-I, 0, I]);
    expect(takes(5, turns, T0 + 60 * I).at).toEqual([-3 * I, -2 * I, -I, 0, I]);
  });

  test('tickets are numbered, also after a pause', () => {
    const first = takes(2).turns;
    expect(first).toMatchObject({ issued: 2 });
    expect(takes(1, first, T0 + MINUTE).turns).toMatchObject({ issued: 3 });
  });

  test('a learned interval lasts over a pause', () => {
    expect(takes(1, aTurns({ intervalMs: 900 }), T0 + MINUTE).turns).toMatchObject({
      intervalMs: 900,
      nextTurnMs: T0 + MINUTE - 3 * I + 900,
    });
  });

  test.each([
    { name: 'just believable', aheadMs: 30 * MINUTE, move: 'queue' },
    { name: 'too far away', aheadMs: 30 * MINUTE + 1, move: 'too-far' },
  ])('a next turn that is $name: $move', ({ aheadMs, move }) => {
    expect(takeMove(aTurns({ nextTurnMs: T0 + aheadMs }), ACTION, T0)).toBe(move);
    expect(jumpMove(aTurns({ nextTurnMs: T0 + aheadMs }), ACTION, T0)).toBe(move === 'queue' ? 'front' : move);
  });

  test('if the next turn is too far away, the call goes at once and changes nothing', () => {
    const turns = aTurns({ nextTurnMs: T0 + 31 * MINUTE });
    expect(moved(turns, 'too-far', ACTION, T0)).toEqual(turns);
    expect(permitOf('too-far', turns, T0)).toEqual(permitAtOnce('2026-11-03T10:00:00.000Z'));
  });
});

describe('The turn of a permit', () => {
  const turns = aTurns({ nextTurnMs: T0 + 5 * I });
  const permit = { turnAt: '2026-11-03T10:00:01.000Z', takenAt: '2026-11-03T10:00:00.000Z' };

  test('follows from the next turn', () => {
    expect([8, 9, 10].map((ticket) => turnOf(turns, ticket))).toEqual([T0 + 2 * I, T0 + 3 * I, T0 + 4 * I]);
    expect(turnOfPermit(turns, { ...permit, ticket: 9 }, T0)).toBe(T0 + 3 * I);
  });

  test('of a ticket that the item does not know has come: the item was deleted', () => {
    expect(turnOf(turns, 11)).toBeUndefined();
    expect(turnOfPermit(turns, { ...permit, ticket: 11 }, T0 + 7)).toBe(T0 + 7);
    expect(turnOfPermit(undefined, { ...permit, ticket: 1 }, T0 + 7)).toBe(T0 + 7);
  });

  test('without a ticket does not move', () => {
    expect(turnOfPermit(turns, permit, T0 + 7)).toBe(T0 + 1000);
    expect(turnOfPermit(undefined, permit, T0 + 7)).toBe(T0 + 1000);
  });

  test('is never over half an hour after it was taken', () => {
    const far = aTurns({ nextTurnMs: T0 + 24 * 60 * MINUTE });
    expect(turnOfPermit(far, { ...permit, ticket: 10 }, T0)).toBe(T0 + 30 * MINUTE);
  });
});

describe('A front-runner', () => {
  const waiting = aTurns({ nextTurnMs: T0 + 3 * I });

  test('goes at once, and every waiting ticket goes one interval later', () => {
    expect(jumpMove(waiting, ACTION, T0)).toBe('front');
    const after = moved(waiting, 'front', ACTION, T0);
    expect(permitOf('front', after, T0)).toEqual(permitAtOnce('2026-11-03T10:00:00.000Z'));
    expect([9, 10].map((ticket) => turnOf(after, ticket))).toEqual([T0 + 2 * I, T0 + 3 * I]);
    expect(turnOf(waiting, 10)).toBe(T0 + 2 * I);
  });

  test('goes one interval after the front-runner before it', () => {
    const after = moved(waiting, 'front', ACTION, T0);
    expect(jumpMove(after, ACTION, T0 + 100)).toBe('behind-front');
    const second = moved(after, 'behind-front', ACTION, T0 + 100);
    expect(permitOf('behind-front', second, T0 + 100)).toEqual({
      turnAt: '2026-11-03T10:00:00.505Z',
      takenAt: '2026-11-03T10:00:00.100Z',
    });
    expect(jumpMove(second, ACTION, T0 + 2 * I)).toBe('front');
  });

  test.each([
    { name: 'the action is idle', turns: aTurns({ nextTurnMs: T0 - MINUTE }), move: 'reset' },
    { name: 'there are no turns yet', turns: undefined, move: 'reset' },
    { name: 'the next turn has come', turns: aTurns({ nextTurnMs: T0 }), move: 'queue' },
    { name: 'the next turn comes in a moment', turns: aTurns({ nextTurnMs: T0 + 1 }), move: 'front' },
    {
      name: 'the next front-runner goes in a day',
      turns: aTurns({ nextTurnMs: T0 + 1, nextFrontMs: T0 + 1440 * MINUTE }),
      move: 'too-far',
    },
  ])('if $name: $move', ({ turns, move }) => {
    expect(jumpMove(turns, ACTION, T0)).toBe(move);
  });
});

describe('A refusal', () => {
  test('takes the rest of the burst away: the next calls go after an interval', () => {
    const { turns } = takes(1);
    const after = afterRefusal(turns!, ACTION, T0);
    expect(after).toMatchObject({ nextTurnMs: T0 + I, nextFrontMs: T0 + I, intervalMs: I, refusals: 1, refusedMs: T0 });
    expect(takes(2, after).at).toEqual([I, 2 * I]);
  });

  test('does not move turns that wait longer already', () => {
    expect(afterRefusal(aTurns({ nextTurnMs: T0 + 9 * I }), ACTION, T0)).toMatchObject({ nextTurnMs: T0 + 9 * I });
  });

  test.each([
    { name: 'the first and second', atMs: [0, 1000], intervalMs: 505 },
    { name: 'a third within five seconds of the one before', atMs: [0, 4900, 9800], intervalMs: 581 },
    { name: 'a third five seconds after the one before', atMs: [0, 1000, 6000], intervalMs: 505 },
    { name: 'a fourth, less than two seconds later', atMs: [0, 1000, 2000, 3999], intervalMs: 581 },
    { name: 'a fourth, two seconds later', atMs: [0, 1000, 2000, 4000], intervalMs: 669 },
    { name: 'after the first lesson, each one', atMs: [0, 1000, 2000, 60_000], intervalMs: 669 },
  ])('$name', ({ atMs, intervalMs }) => {
    const turns = atMs.reduce((before, ms) => afterRefusal(before, ACTION, T0 + ms), aTurns());
    expect(turns.intervalMs).toBe(intervalMs);
  });

  test('respaces the waiting tickets', () => {
    const before = aTurns({ nextTurnMs: T0 + 4 * I, refusals: 2, refusedMs: T0 - 1 });
    const after = afterRefusal(before, ACTION, T0);
    expect(after).toMatchObject({ intervalMs: 581, nextTurnMs: T0 + 4 * 581, learnedMs: T0 });
    expect(turnOf(after, 10)).toBe(T0 + 3 * 581);
  });

  test('never makes the interval longer than 30 seconds', () => {
    const slow = aTurns({ intervalMs: 29_000 });
    expect(afterRefusal(slow, ACTION, T0).intervalMs).toBe(30_000);
    expect(afterRefusal(aTurns({ intervalMs: 30_000 }), ACTION, T0).intervalMs).toBe(30_000);
  });

  test('does not slow down turns that would then wait for over half an hour', () => {
    const before = aTurns({ nextTurnMs: T0 + 28 * MINUTE, intervalMs: 900 });
    expect(afterRefusal(before, ACTION, T0)).toMatchObject({ nextTurnMs: T0 + 28 * MINUTE, intervalMs: 900 });
  });

  test('of a caller whose clock is behind does not set back the time of the last one', () => {
    expect(afterRefusal(aTurns({ refusedMs: T0 }), ACTION, T0 - 50)).toMatchObject({ refusals: 1, refusedMs: T0 });
  });
});

describe('Recovery', () => {
  const slow = aTurns({ intervalMs: 1000, nextTurnMs: T0 + 4000, learnedMs: T0 - 10_000, refusedMs: T0 - 10_000 });

  test.each([
    { name: 'less than ten seconds after the last refusal', turns: { ...slow, refusedMs: T0 - 9999 } },
    { name: 'less than ten seconds after the last step', turns: { ...slow, learnedMs: T0 - 9999 } },
    { name: 'at the documented rate', turns: { ...slow, intervalMs: I } },
  ])('nothing changes $name', ({ turns }) => {
    expect(faster(turns, ACTION, T0)).toBeUndefined();
  });

  test('after ten quiet seconds the interval shrinks by 5 %, and the waiting tickets move up', () => {
    expect(faster(slow, ACTION, T0)).toEqual({ ...slow, intervalMs: 950, nextTurnMs: T0 + 3800, learnedMs: T0 });
  });

  test('a longer time counts as many times, down to the documented rate', () => {
    const since = (seconds: number) => ({ ...slow, learnedMs: T0 - seconds * 1000, refusedMs: 0 });
    expect(faster(since(20), ACTION, T0)).toMatchObject({ intervalMs: 902 });
    expect(faster(since(3600), ACTION, T0)).toMatchObject({ intervalMs: I });
  });

  test('turns in the past stay where they are', () => {
    expect(faster({ ...slow, nextTurnMs: T0 - 100 }, ACTION, T0)).toMatchObject({ nextTurnMs: T0 - 100 });
  });
});
