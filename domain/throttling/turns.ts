/**
 * The arithmetic of the pacer. Calls of one EC2 action take numbered tickets, and each ticket has a turn, a time. The turns
 * are one interval apart, so that EC2 refuses none of the calls, however many nodes launch at the same time.
 *
 * A turn is never stored. It follows from the turn of the next ticket: `nextTurnMs - (issued - ticket + 1) * intervalMs`.
 * So one write of `nextTurnMs` or `intervalMs` moves all waiting tickets, and no caller has to be told.
 *
 * After a pause the next turns lie in the past: as many calls go at once as the burst allows. This is the generic cell rate
 * algorithm, https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm. All times are whole milliseconds since the epoch,
 * because DynamoDB adds them exactly, and the conditions of its writes compare them.
 */
import type { Permit } from '../node/stateful-node';
import { LONGEST_INTERVAL_MS, type PacedAction } from './paced-actions';

/** The turns of one action. */
export interface Turns {
  /** The turn of the next ticket. */
  readonly nextTurnMs: number;
  /** How many tickets were issued. The tickets are numbered from 1. */
  readonly issued: number;
  /** Between two turns. */
  readonly intervalMs: number;
  /** Front-runners go ahead of all tickets, one interval apart. The next one goes at this time, or at once if it has passed. */
  readonly nextFrontMs: number;
  /** When the interval last changed. 0 if it never did. */
  readonly learnedMs: number;
  /** How many calls EC2 refused in a row, each within five seconds of the one before. */
  readonly refusals: number;
  /** When EC2 last refused a call. 0 if it never did. */
  readonly refusedMs: number;
}

/**
 * The longest time that a call waits for its turn. An item that was changed by hand, or by a machine whose clock is wrong,
 * must not stop the calls. A storm of 1,000 nodes waits for 17 minutes at half of EC2's documented rate.
 */
export const LONGEST_WAIT_MS = 30 * 60_000;

/** Permission to call at `now` (ISO 8601, UTC), without a place among the turns. */
export function permitAtOnce(now: string): Permit {
  return { turnAt: now, takenAt: now };
}

/** The ticket's turn. Undefined if no such ticket was issued: the item was deleted meanwhile. */
export function turnOf({ nextTurnMs, issued, intervalMs }: Turns, ticket: number): number | undefined {
  return ticket > issued ? undefined : nextTurnMs - (issued - ticket + 1) * intervalMs;
}

/**
 * When the permit's call may be made, as the turns are now. A permit whose ticket is unknown goes at once. A turn comes
 * later if EC2 refuses calls or front-runners go first, and earlier only if the interval recovers. So a caller should wait
 * for a minute at most, and then compute the turn again.
 */
export function turnOfPermit(turns: Turns | undefined, permit: Permit, nowMs: number): number {
  if (permit.ticket === undefined) return Date.parse(permit.turnAt);
  const turn = turns && turnOf(turns, permit.ticket);
  return turn === undefined ? nowMs : Math.min(turn, Date.parse(permit.takenAt) + LONGEST_WAIT_MS);
}

/**
 * How a call joins the turns.
 * `reset`: the action was idle, or has no turns yet. The call goes at once, and a full burst minus this call is left.
 * `queue`: the call takes the next ticket.
 * `front`: the call goes at once, and all waiting tickets move back by one interval.
 * `behind-front`: the same, one interval after the last front-runner.
 * `too-far`: the next turn is too far away to be right. The call goes at once, and the turns stay as they are.
 */
export type Move = 'reset' | 'queue' | 'front' | 'behind-front' | 'too-far';

/** A next turn before this time means that the burst is available in full. */
export function idleBefore({ burst, intervalMs }: PacedAction, nowMs: number): number {
  return nowMs - (burst - 1) * intervalMs;
}

/** How a call takes a ticket. */
export function takeMove(turns: Turns | undefined, action: PacedAction, nowMs: number): Move {
  if (turns === undefined || turns.nextTurnMs < idleBefore(action, nowMs)) return 'reset';
  return turns.nextTurnMs > nowMs + LONGEST_WAIT_MS ? 'too-far' : 'queue';
}

/** How a call goes ahead of the waiting tickets. If no ticket waits, it takes the next one. */
export function jumpMove(turns: Turns | undefined, action: PacedAction, nowMs: number): Move {
  const move = takeMove(turns, action, nowMs);
  if (turns === undefined || move !== 'queue' || turns.nextTurnMs <= nowMs) return move;
  if (turns.nextFrontMs > nowMs + LONGEST_WAIT_MS) return 'too-far';
  return turns.nextFrontMs > nowMs ? 'behind-front' : 'front';
}

/** How busy an action is. */
export interface Level {
  /** How many calls of the burst were made a moment ago, and all that wait. 0 after a pause. */
  readonly used: number;
  /** For how many milliseconds a ticket taken now would wait. */
  readonly waitMs: number;
}

export const IDLE: Level = { used: 0, waitMs: 0 };

/** Idle if the next turn is too far away to be right. */
export function levelOf(turns: Turns | undefined, action: PacedAction, nowMs: number): Level {
  const leftMs = (turns?.nextTurnMs ?? 0) - nowMs;
  if (turns === undefined || leftMs > LONGEST_WAIT_MS) return IDLE;
  const used = Math.ceil((turns.nextTurnMs - idleBefore(action, nowMs)) / turns.intervalMs);
  return { used: Math.max(0, used), waitMs: Math.max(0, leftMs) };
}

/** The turns after the move. */
export function moved(turns: Turns | undefined, move: Move, action: PacedAction, nowMs: number): Turns {
  const before = turns ?? newTurns(action);
  const { nextTurnMs, issued, intervalMs, nextFrontMs } = before;
  switch (move) {
    case 'reset':
      return { ...before, nextTurnMs: idleBefore(action, nowMs) + intervalMs, issued: issued + 1 };
    case 'queue':
      return { ...before, nextTurnMs: nextTurnMs + intervalMs, issued: issued + 1 };
    case 'front':
      return { ...before, nextTurnMs: nextTurnMs + intervalMs, nextFrontMs: nowMs + intervalMs };
    case 'behind-front':
      return { ...before, nextTurnMs: nextTurnMs + intervalMs, nextFrontMs: nextFrontMs + intervalMs };
    case 'too-far':
      return before;
  }
}

/** The turns of an action before its first call. */
export function newTurns({ intervalMs }: PacedAction): Turns {
  return { nextTurnMs: 0, issued: 0, intervalMs, nextFrontMs: 0, learnedMs: 0, refusals: 0, refusedMs: 0 };
}

/** The permit of the call that moved the turns. @param after the turns after its move */
export function permitOf(move: Move, after: Turns, nowMs: number): Permit {
  const { nextTurnMs, issued, intervalMs, nextFrontMs } = after;
  const takenAt = iso(nowMs);
  switch (move) {
    case 'reset':
    case 'queue':
      return { turnAt: iso(nextTurnMs - intervalMs), takenAt, ticket: issued };
    case 'front':
    case 'behind-front':
      return { turnAt: iso(nextFrontMs - intervalMs), takenAt };
    case 'too-far':
      return permitAtOnce(takenAt);
  }
}

/** Refusals belong to the same row if they are this close together. */
const ROW_MS = 5_000;
/**
 * The row of refusals that slows the turns down for the first time.
 *
 * The first refusal says that EC2's bucket is empty, not that it fills more slowly: a person made a few calls, or a call
 * came late. `afterRefusal` corrects that at once, because it leaves nothing of the burst. At two calls a second, up to two
 * further calls have read their turns already and may be refused for the same reason. A third refusal means that the bucket
 * fills more slowly than documented.
 */
const PATIENCE = 3;
const SLOWER = 1.15;
/** Calls that were on their way when the turns slowed down say nothing about the new interval. */
const LEARN_EVERY_MS = 2_000;

/**
 * The turns after EC2 has refused a call with `RequestLimitExceeded`. No burst is left, and the next call goes one interval
 * from now. From the third refusal in a row on, the interval grows by 15 %, at most once in two seconds. While the turns
 * are slower than documented, every refusal counts: something else uses the bucket, so there is nothing left to find out.
 */
export function afterRefusal(turns: Turns, action: PacedAction, nowMs: number): Turns {
  const refusals = nowMs - turns.refusedMs < ROW_MS ? turns.refusals + 1 : 1;
  const noted = { ...turns, refusals, refusedMs: Math.max(turns.refusedMs, nowMs) };
  const isCertain = turns.intervalMs > action.intervalMs || refusals >= PATIENCE;
  const learned = isCertain && nowMs - turns.learnedMs >= LEARN_EVERY_MS ? slower(noted, nowMs) : noted;
  return {
    ...learned,
    nextTurnMs: Math.max(learned.nextTurnMs, nowMs + learned.intervalMs),
    nextFrontMs: Math.max(learned.nextFrontMs, nowMs + learned.intervalMs),
  };
}

function slower(turns: Turns, nowMs: number): Turns {
  const intervalMs = Math.min(Math.ceil(turns.intervalMs * SLOWER), LONGEST_INTERVAL_MS);
  const next = respaced(turns, Math.max(turns.intervalMs, intervalMs), nowMs);
  // Beyond the longest wait, calls go at once. There, slower turns would cause more refusals.
  return next.nextTurnMs > nowMs + LONGEST_WAIT_MS ? turns : next;
}

const QUIET_MS = 10_000;
const FASTER = 0.95;

/**
 * The turns after a time without refusals: for each ten seconds, the interval shrinks by 5 %, down to its default. So a rate
 * that was learned long ago is forgotten at once. Undefined if the interval does not change.
 */
export function faster(turns: Turns, action: PacedAction, nowMs: number): Turns | undefined {
  const steps = Math.floor((nowMs - Math.max(turns.learnedMs, turns.refusedMs)) / QUIET_MS);
  if (steps < 1 || turns.intervalMs <= action.intervalMs) return undefined;
  const intervalMs = Math.max(Math.floor(turns.intervalMs * FASTER ** steps), action.intervalMs);
  return respaced(turns, intervalMs, nowMs);
}

/** The same waiting tickets with another interval. The first of them keeps its share of the time that is left. */
function respaced(turns: Turns, intervalMs: number, nowMs: number): Turns {
  const leftMs = turns.nextTurnMs - nowMs;
  const nextTurnMs = leftMs > 0 ? nowMs + Math.ceil((leftMs * intervalMs) / turns.intervalMs) : turns.nextTurnMs;
  return { ...turns, intervalMs, nextTurnMs, learnedMs: nowMs };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
