/**
 * The item with the turns of one paced action: `PACER#<action>` and `TURNS`. Each action has a partition of its own, because
 * DynamoDB limits the writes of a partition to 1,000 a second.
 *
 * A call joins the turns with one write that adds to what is there, so any number of callers get a ticket each without
 * reading first. The condition only says which of the writes fits, and an item that fails it comes back with the answer.
 * If the SDK repeats a write because the answer was lost, one ticket is never used. That costs the others one interval.
 */
import { GetItemCommand, UpdateItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { pacerRecord } from '../../domain/records/pacer-record';
import { readRecord, versionOf } from '../../domain/records/stored-record';
import type { PacedAction, PacedActionName } from '../../domain/throttling/paced-actions';
import { idleBefore, LONGEST_WAIT_MS, newTurns, type Move, type Turns } from '../../domain/throttling/turns';
import { callDynamoDb } from './dynamodb-error';
import type { Table } from './dynamodb-table';

type Item = Record<string, AttributeValue>;

interface Write {
  readonly update: string;
  readonly condition: string;
  readonly values: Readonly<Record<string, number>>;
}

/** The turns after a write. If its condition failed, the turns as they are. */
interface Written {
  readonly isDone: boolean;
  readonly turns: Turns | undefined;
}

export type WritableMove = Exclude<Move, 'too-far'>;

/** @throws UnreadableRecord @throws Throttled @throws ServiceUnavailable */
export async function readTurns({ dynamodb, tableName }: Table, name: PacedActionName): Promise<Turns | undefined> {
  // A stale read would miss a front-runner, and two calls would go at the same time.
  const command = new GetItemCommand({ TableName: tableName, Key: keyOf(name), ConsistentRead: true });
  const { Item } = await callDynamoDb(() => dynamodb.send(command));
  return turnsIn(name, Item);
}

/**
 * Makes the move if it fits the turns as they are.
 * @param queueUntilMs a ticket is taken only if the next turn is no later
 * @throws UnreadableRecord @throws Throttled @throws ServiceUnavailable
 */
export function moveTurns(
  table: Table,
  action: PacedAction,
  move: WritableMove,
  nowMs: number,
  queueUntilMs: number,
): Promise<Written> {
  const write = move === 'reset' ? resetWrite(action, nowMs) : joinWrite(action, move, nowMs, queueUntilMs);
  return writeTurns(table, action.name, write);
}

/**
 * Replaces the turns if they are still as they were read.
 * @throws UnreadableRecord @throws Throttled @throws ServiceUnavailable
 */
export function replaceTurns(table: Table, name: PacedActionName, before: Turns, after: Turns): Promise<Written> {
  const attributes = Object.keys(before);
  const valuesOf = (prefix: string, turns: Turns) =>
    Object.entries<number>({ ...turns }).map(([attribute, value]) => [`:${prefix}_${attribute}`, value] as const);
  return writeTurns(table, name, {
    update: `SET ${attributes.map((attribute) => `${attribute} = :to_${attribute}`).join(', ')}`,
    condition: ['schemaVersion = :version', ...attributes.map((each) => `${each} = :from_${each}`)].join(' AND '),
    values: Object.fromEntries([...valuesOf('from', before), ...valuesOf('to', after)]),
  });
}

/** Also makes the item. Then every attribute that it lacks gets its first value. */
function resetWrite(action: PacedAction, nowMs: number): Write {
  const { nextTurnMs: _given, issued: _counted, intervalMs, ...rest } = newTurns(action);
  const sets = [
    'nextTurnMs = :idleBefore + if_not_exists(intervalMs, :interval)',
    'intervalMs = if_not_exists(intervalMs, :interval)',
    'issued = if_not_exists(issued, :none) + :one',
    'schemaVersion = :version',
    ...Object.keys(rest).map((attribute) => `${attribute} = if_not_exists(${attribute}, :none)`),
  ];
  return {
    update: `SET ${sets.join(', ')}`,
    condition: 'attribute_not_exists(pk) OR (schemaVersion = :version AND nextTurnMs < :idleBefore)',
    values: { ':idleBefore': idleBefore(action, nowMs), ':interval': intervalMs, ':none': 0, ':one': 1 },
  };
}

function joinWrite(action: PacedAction, move: Exclude<WritableMove, 'reset'>, now: number, queueUntil: number): Write {
  const next = 'nextTurnMs = nextTurnMs + intervalMs';
  switch (move) {
    case 'queue':
      return {
        update: `SET ${next}, issued = issued + :one`,
        condition: 'schemaVersion = :version AND nextTurnMs BETWEEN :idleBefore AND :until',
        values: { ':idleBefore': idleBefore(action, now), ':until': queueUntil, ':one': 1 },
      };
    case 'front':
      return {
        update: `SET ${next}, nextFrontMs = :now + intervalMs`,
        condition: `${SOME_WAIT} AND nextFrontMs <= :now`,
        values: { ':now': now, ':until': now + LONGEST_WAIT_MS },
      };
    case 'behind-front':
      return {
        update: `SET ${next}, nextFrontMs = nextFrontMs + intervalMs`,
        condition: `${SOME_WAIT} AND nextFrontMs > :now AND nextFrontMs <= :until`,
        values: { ':now': now, ':until': now + LONGEST_WAIT_MS },
      };
  }
}

const SOME_WAIT = 'schemaVersion = :version AND nextTurnMs > :now AND nextTurnMs <= :until';

async function writeTurns({ dynamodb, tableName }: Table, name: PacedActionName, write: Write): Promise<Written> {
  const command = new UpdateItemCommand({
    TableName: tableName,
    Key: keyOf(name),
    UpdateExpression: write.update,
    ConditionExpression: write.condition,
    ExpressionAttributeValues: marshall({ ...write.values, ':version': versionOf(pacerRecord) }),
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const { isDone, item } = await callDynamoDb<{ readonly isDone: boolean; readonly item: Item | undefined }>(
    async () => {
      const { Attributes } = await dynamodb.send(command);
      return { isDone: true, item: Attributes };
    },
    (found) => ({ isDone: false, item: found }),
  );
  return { isDone, turns: turnsIn(name, item) };
}

function turnsIn(name: PacedActionName, item: Item | undefined): Turns | undefined {
  return item && readRecord(pacerRecord, name, unmarshall(item));
}

function keyOf(name: PacedActionName): Item {
  return marshall({ pk: `${pacerRecord.name}#${name}`, sk: 'TURNS' });
}
