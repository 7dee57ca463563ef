/** What holds for any sequence of calls, jumps and refusals, and at any times. */
import fc from 'fast-check';
import { PACED_ACTION_NAMES, PACED_ACTIONS, type PacedAction } from '../../../domain/throttling/paced-actions';
import type { Permit } from '../../../domain/node/stateful-node';
import {
  afterRefusal,
  faster,
  jumpMove,
  moved,
  permitOf,
  takeMove,
  turnOfPermit,
  type Turns,
} from '../../../domain/throttling/turns';

const T0 = Date.parse('2026-11-03T10:00:00.000Z');

type Kind = 'take' | 'jump' | 'refused' | 'faster';

interface Event {
  readonly kind: Kind;
  readonly afterMs: number;
}

const someAction = fc.constantFrom(...PACED_ACTION_NAMES).map((name) => PACED_ACTIONS[name]);

function someEvents(...kinds: readonly Kind[]): fc.Arbitrary<readonly Event[]> {
  const afterMs = fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: fc.nat(1500) },
    { weight: 1, arbitrary: fc.nat(40_000) },
  );
  return fc.array(fc.record({ kind: fc.constantFrom(...kinds), afterMs }), { maxLength: 120 });
}

interface Given {
  readonly permit: Permit;
  readonly nowMs: number;
}

/** Callers that wait for their turns, in a time of their own. */
class Play {
  turns: Turns | undefined;
  nowMs = T0;
  readonly given: Given[] = [];
  private readonly wentAt = new Map<Given, number>();

  constructor(private readonly action: PacedAction) {}

  turnOf = ({ permit }: Given): number => turnOfPermit(this.turns, permit, this.nowMs);

  waiting(): readonly Given[] {
    return this.given.filter((each) => !this.wentAt.has(each));
  }

  /** Lets the time pass. Every call goes at its turn, or at once if that has passed. */
  pass(afterMs: number): void {
    this.nowMs += afterMs;
    for (const each of this.waiting()) {
      const at = Math.max(this.turnOf(each), each.nowMs);
      if (at <= this.nowMs) this.wentAt.set(each, at);
    }
  }

  apply(kind: Kind): Given | undefined {
    if (kind === 'refused') this.turns &&= afterRefusal(this.turns, this.action, this.nowMs);
    if (kind === 'faster') this.turns = (this.turns && faster(this.turns, this.action, this.nowMs)) ?? this.turns;
    if (kind === 'refused' || kind === 'faster') return undefined;
    const move = (kind === 'jump' ? jumpMove : takeMove)(this.turns, this.action, this.nowMs);
    this.turns = moved(this.turns, move, this.action, this.nowMs);
    const given = { permit: permitOf(move, this.turns, this.nowMs), nowMs: this.nowMs };
    this.given.push(given);
    return given;
  }

  /** When each call went, in order. */
  calls(): readonly number[] {
    this.pass(24 * 60 * 60_000);
    return [...this.wentAt.values()].sort((one, other) => one - other);
  }
}

/** The most calls beyond what the interval allows, in any span of time. */
function burstOf(calls: readonly number[], intervalMs: number): number {
  let most = 0;
  calls.forEach((from, first) => {
    calls.slice(first).forEach((to, count) => {
      most = Math.max(most, count + 1 - (to - from) / intervalMs);
    });
  });
  return most;
}

test('tickets are unique and in order, and so are their turns', () => {
  fc.assert(
    fc.property(someAction, someEvents('take', 'take', 'jump', 'refused', 'faster'), (action, events) => {
      const play = new Play(action);
      for (const { kind, afterMs } of events) {
        play.pass(afterMs);
        play.apply(kind);
      }
      const tickets = play.given.flatMap(({ permit }) => permit.ticket ?? []);
      expect(tickets).toEqual(tickets.map((_each, place) => place + 1));
      const turns = play.waiting().flatMap((each) => (each.permit.ticket === undefined ? [] : [play.turnOf(each)]));
      turns.slice(1).forEach((turn, place) => expect(turn).toBeGreaterThan(turns[place]!));
    }),
  );
});

test('in any span of time no more calls go than the burst and the rate allow', () => {
  fc.assert(
    fc.property(someAction, someEvents('take'), (action, events) => {
      const play = new Play(action);
      for (const { kind, afterMs } of events) {
        play.pass(afterMs);
        play.apply(kind);
      }
      expect(burstOf(play.calls(), action.intervalMs)).toBeLessThanOrEqual(action.burst);
    }),
  );
});

test('with front-runners it is at most one more, which the reserve of the bucket holds', () => {
  fc.assert(
    fc.property(someAction, someEvents('take', 'take', 'jump'), (action, events) => {
      const play = new Play(action);
      for (const { kind, afterMs } of events) {
        play.pass(afterMs);
        play.apply(kind);
      }
      expect(burstOf(play.calls(), action.intervalMs)).toBeLessThanOrEqual(action.burst + 1);
    }),
  );
});

test('a waiting call never gets an earlier turn, unless the interval recovers', () => {
  fc.assert(
    fc.property(someAction, someEvents('take', 'take', 'jump', 'refused'), (action, events) => {
      const play = new Play(action);
      for (const { kind, afterMs } of events) {
        play.pass(afterMs);
        const before = play.waiting().map((each) => ({ each, turn: play.turnOf(each) }));
        play.apply(kind);
        for (const { each, turn } of before) expect(play.turnOf(each)).toBeGreaterThanOrEqual(turn);
      }
    }),
  );
});

test('a recovery brings turns forward, never behind the present, and keeps their order', () => {
  fc.assert(
    fc.property(someAction, someEvents('take', 'jump', 'refused', 'faster'), (action, events) => {
      const play = new Play(action);
      for (const { kind, afterMs } of events) {
        play.pass(afterMs);
        const before = play.waiting().map((each) => ({ each, turn: play.turnOf(each) }));
        play.apply(kind);
        if (kind !== 'faster') continue;
        for (const { each, turn } of before) {
          // A turn is a whole millisecond, so the rounding may add one.
          expect(play.turnOf(each)).toBeLessThanOrEqual(turn + 1);
          expect(play.turnOf(each)).toBeGreaterThanOrEqual(play.nowMs);
        }
      }
    }),
  );
});

test('a jump gives a turn that no waiting call has', () => {
  fc.assert(
    fc.property(someAction, someEvents('take', 'take', 'jump', 'refused'), (action, events) => {
      const play = new Play(action);
      for (const { kind, afterMs } of events) {
        play.pass(afterMs);
        const given = play.apply(kind);
        if (kind !== 'jump' || given === undefined) continue;
        const others = play.waiting().filter((each) => each !== given);
        expect(others.map(play.turnOf)).not.toContain(play.turnOf(given));
      }
    }),
  );
});

test('a jump is never later than a new ticket would be', () => {
  fc.assert(
    fc.property(someAction, someEvents('take', 'take', 'jump', 'refused'), (action, events) => {
      const play = new Play(action);
      for (const { kind, afterMs } of events) {
        play.pass(afterMs);
        const { turns, nowMs } = play;
        const given = play.apply(kind);
        if (kind !== 'jump' || given === undefined) continue;
        const take = takeMove(turns, action, nowMs);
        const taken = permitOf(take, moved(turns, take, action, nowMs), nowMs);
        expect(Date.parse(given.permit.turnAt)).toBeLessThanOrEqual(Math.max(Date.parse(taken.turnAt), nowMs));
      }
    }),
  );
});

test('the interval stays between the documented one and 30 seconds, and all times are whole milliseconds', () => {
  fc.assert(
    fc.property(someAction, someEvents('take', 'jump', 'refused', 'refused', 'faster'), (action, events) => {
      const play = new Play(action);
      for (const { kind, afterMs } of events) {
        play.pass(afterMs);
        play.apply(kind);
        const { turns } = play;
        if (turns === undefined) continue;
        expect(turns.intervalMs).toBeGreaterThanOrEqual(action.intervalMs);
        expect(turns.intervalMs).toBeLessThanOrEqual(30_000);
        expect(Object.values(turns).every((value) => Number.isInteger(value))).toBe(true);
      }
    }),
  );
});
