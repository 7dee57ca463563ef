/**
 * The pacer, on the items of `dynamodb-turns.ts`.
 *
 * An idle action pays one write a call, or two in a new container, which does not know that it is idle. A write that DynamoDB
 * refuses (it takes 1,000 a second) is not tried again: its call goes at once.
 */
import { RecordContended, UnreadableRecord } from '../../domain/errors';
import { PACED_ACTIONS, type PacedAction, type PacedActionName } from '../../domain/throttling/paced-actions';
import type { Permit } from '../../domain/node/stateful-node';
import {
  afterRefusal,
  faster,
  IDLE,
  jumpMove,
  levelOf,
  LONGEST_WAIT_MS,
  permitAtOnce,
  permitOf,
  takeMove,
  turnOfPermit,
  type Level,
  type Move,
  type Turns,
} from '../../domain/throttling/turns';
import type { Log } from '../monitoring/log';
import type { Pacer } from '../ports';
import type { Table } from './dynamodb-table';
import { moveTurns, readTurns, replaceTurns } from './dynamodb-turns';

/** How often a write is tried if other callers write meanwhile. */
const TRIES = 5;

const REMEDY = 'Delete the item: the next call makes it anew, at the documented rate.';

/** How a call joins the turns. A take always queues. A jump queues only if no ticket waits. */
interface Joining {
  readonly choose: typeof takeMove;
  readonly queueUntilMs: (nowMs: number) => number;
}

const TAKE: Joining = { choose: takeMove, queueUntilMs: (nowMs) => nowMs + LONGEST_WAIT_MS };
const JUMP: Joining = { choose: jumpMove, queueUntilMs: (nowMs) => nowMs };

export function dynamoDbPacer(table: Table, log: Pick<Log, 'warn'>): Pacer {
  /** The turns as this container last saw them. Other callers have only made the next turn later since. */
  const seen = new Map<PacedActionName, Turns>();

  const join = async (name: PacedActionName, nowMs: number, { choose, queueUntilMs }: Joining): Promise<Permit> => {
    const permit = await tryToJoin(name, nowMs, { choose, queueUntilMs });
    if (permit === undefined) throw new RecordContended(`the turns were changed by other callers ${TRIES} times`);
    return permit;
  };

  const joinIfSoon = async (name: PacedActionName, nowMs: number, withinMs: number): Promise<Permit | undefined> => {
    const latestMs = nowMs + withinMs;
    // Other callers have only made the next turn later since. If it recovers, that is seen in a moment.
    const isLate = (): boolean => (seen.get(name)?.nextTurnMs ?? 0) > latestMs;
    return isLate() ? undefined : tryToJoin(name, nowMs, { choose: takeMove, queueUntilMs: () => latestMs }, isLate);
  };

  /** Undefined if the next turn is later than wanted, or if other callers are always faster. */
  const tryToJoin = async (
    name: PacedActionName,
    nowMs: number,
    { choose, queueUntilMs }: Joining,
    isLate = (): boolean => false,
  ): Promise<Permit | undefined> => {
    const action = PACED_ACTIONS[name];
    let move = firstGuess(seen.get(name), choose, action, nowMs);
    for (let tries = 0; tries < TRIES; tries += 1) {
      if (move === 'too-far') throw new RangeError(`the next turn is over ${LONGEST_WAIT_MS / 60_000} minutes away`);
      const { isDone, turns } = await moveTurns(table, action, move, nowMs, queueUntilMs(nowMs));
      if (turns !== undefined) seen.set(name, turns);
      if (isDone && turns !== undefined) {
        if (move === 'reset') await recover(table, action, turns, nowMs);
        return permitOf(move, turns, nowMs);
      }
      if (isLate()) return undefined;
      move = choose(turns, action, nowMs);
    }
    return undefined;
  };

  /** The pacer must not be able to stop a call, whatever is wrong with its item or with the table. */
  const orElse = async <T>(name: PacedActionName, otherwise: T, ask: (nowMs: number) => Promise<T>, now: string) => {
    try {
      return await ask(Date.parse(now));
    } catch (error) {
      log.warn('the pacer is not available, so the call is not paced', {
        action: name,
        error,
        ...(error instanceof UnreadableRecord && { remedy: REMEDY }),
      });
      return otherwise;
    }
  };

  return {
    level: (name, now) => orElse(name, IDLE, (nowMs) => level(table, name, nowMs), now),
    take: (name, now) => orElse(name, permitAtOnce(now), (nowMs) => join(name, nowMs, TAKE), now),
    takeIfSoon: (name, now, withinMs) =>
      orElse<Permit | undefined>(name, permitAtOnce(now), (nowMs) => joinIfSoon(name, nowMs, withinMs), now),
    jump: (name, now) => orElse(name, permitAtOnce(now), (nowMs) => join(name, nowMs, JUMP), now),
    turnAt: (name, permit, now) => orElse(name, now, (nowMs) => latestTurn(table, name, permit, nowMs), now),
    refused: (name, now) => orElse(name, undefined, (nowMs) => learn(table, name, nowMs), now),
  };
}

/**
 * A new container expects a storm: a guess that fails costs the busiest item one more write. Turns that were too far away may
 * have been corrected since.
 */
function firstGuess(seen: Turns | undefined, choose: typeof takeMove, action: PacedAction, nowMs: number): Move {
  const move = seen === undefined ? 'queue' : choose(seen, action, nowMs);
  return move === 'too-far' ? 'queue' : move;
}

async function level(table: Table, name: PacedActionName, nowMs: number): Promise<Level> {
  return levelOf(await readTurns(table, name), PACED_ACTIONS[name], nowMs);
}

async function latestTurn(table: Table, name: PacedActionName, permit: Permit, nowMs: number): Promise<string> {
  // Without a ticket, the turn does not move.
  if (permit.ticket === undefined) return permit.turnAt;
  const turns = await readTurns(table, name);
  const latest = turns && (await recover(table, PACED_ACTIONS[name], turns, nowMs));
  return new Date(turnOfPermit(latest, permit, nowMs)).toISOString();
}

/** Makes the turns faster if they have recovered. Returns the latest turns. One try is enough: the next caller tries again. */
async function recover(table: Table, action: PacedAction, turns: Turns, nowMs: number): Promise<Turns> {
  const recovered = faster(turns, action, nowMs);
  if (recovered === undefined) return turns;
  const written = await replaceTurns(table, action.name, turns, recovered);
  return written.turns ?? turns;
}

/** If other callers write all the time, this refusal is lost. They learn from theirs. */
async function learn(table: Table, name: PacedActionName, nowMs: number): Promise<void> {
  let turns = await readTurns(table, name);
  for (let tries = 0; tries < TRIES && turns !== undefined; tries += 1) {
    const written = await replaceTurns(table, name, turns, afterRefusal(turns, PACED_ACTIONS[name], nowMs));
    if (written.isDone) return;
    turns = written.turns;
  }
}
