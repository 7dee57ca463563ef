/** Moves node records from the key of an earlier version to their present one: see `moving-records.ts`. */
import {
  GetItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { RecordContended, UnreadableRecord } from '../../domain/errors';
import { whyInDoubt } from '../../domain/reconciliation/deployment';
import { decideMove, type KeysState } from '../../domain/reconciliation/moving-records';
import { deploymentRecord } from '../../domain/records/deployment-record';
import { keysRecord } from '../../domain/records/keys-record';
import { nodeRecord } from '../../domain/records/node-record';
import { tryToRead, versionOf, type Item } from '../../domain/records/stored-record';
import type { RecordKeys } from '../ports';
import { callDynamoDb } from './dynamodb-error';
import { IDENTITY_KEY } from './dynamodb-ownership';
import type { Table } from './dynamodb-table';
import { FORMER_PARTITION, formerKey, presentKey } from '../../domain/records/node-keys';
import { indexed, type TableItem } from './node-items';

/** How many records a run moves: they are few seconds' work. */
const MOST_MOVES = 1_000;
const MOVES_AT_ONCE = 8;
const NOTHING = { moved: 0, failures: [] };

/** @param deployment the name of this deployment */
export function recordKeys(table: Table, deployment: string): RecordKeys {
  return {
    async upgrade(now) {
      const item = await identityItem(table);
      const identity = item && tryToRead(deploymentRecord, IDENTITY_KEY.sk, item);
      if (whyInDoubt(identity, { deployment, tableName: table.tableName }) !== undefined) return NOTHING;
      const decision = decideMove(stateIn(item), now);
      switch (decision.kind) {
        case 'nothing':
          return NOTHING;
        case 'note':
          await note(table, { since: decision.since, seenAt: now });
          return NOTHING;
        case 'mark':
          await mark(table, now);
          return NOTHING;
        case 'move':
          return moveAll(table);
      }
    },
  };
}

/** Whether a new record is made under its present key. A table without an identity is new. */
export async function areSharded(table: Table): Promise<boolean> {
  const item = await identityItem(table);
  return item === undefined || stateIn(item).shardedSince !== undefined;
}

async function identityItem({ dynamodb, tableName }: Table): Promise<Item | undefined> {
  const command = new GetItemCommand({ TableName: tableName, Key: marshall(IDENTITY_KEY), ConsistentRead: true });
  const { Item } = await callDynamoDb(() => dynamodb.send(command));
  return Item && unmarshall(Item);
}

/** A state that cannot be read counts as none: the wait begins again. */
function stateIn(item: Item | undefined): KeysState {
  const read = item === undefined ? {} : tryToRead(keysRecord, IDENTITY_KEY.sk, item);
  return read instanceof UnreadableRecord ? {} : read;
}

const IS_UNMARKED = 'attribute_exists(pk) AND attribute_not_exists(shardedSince)';

async function note(table: Table, upgrading: KeysState['upgrading']): Promise<void> {
  await update(table, { UpdateExpression: 'SET upgrading = :run' }, { ':run': upgrading });
}

/** The version makes the identity unreadable for an earlier version of Holdfast, so that it does nothing. */
async function mark(table: Table, now: string): Promise<void> {
  const UpdateExpression = 'SET shardedSince = :now, schemaVersion = :version REMOVE upgrading';
  await update(table, { UpdateExpression }, { ':now': now, ':version': versionOf(deploymentRecord) });
}

async function update(
  { dynamodb, tableName }: Table,
  how: Pick<UpdateItemCommandInput, 'UpdateExpression'>,
  values: Item,
): Promise<void> {
  const command = new UpdateItemCommand({
    ...how,
    TableName: tableName,
    Key: marshall(IDENTITY_KEY),
    ConditionExpression: IS_UNMARKED,
    ExpressionAttributeValues: marshall(values),
  });
  await callDynamoDb<unknown>(
    () => dynamodb.send(command),
    () => undefined,
  );
}

/** At rest, this is one read. The next run moves what is left. */
async function moveAll(table: Table): ReturnType<RecordKeys['upgrade']> {
  const command = new QueryCommand({
    TableName: table.tableName,
    KeyConditionExpression: 'pk = :former',
    ExpressionAttributeValues: marshall({ ':former': FORMER_PARTITION }),
    Limit: MOST_MOVES,
    ConsistentRead: true,
  });
  const { Items = [] } = await callDynamoDb(() => table.dynamodb.send(command));
  const failures: unknown[] = [];
  let moved = 0;
  for (let from = 0; from < Items.length; from += MOVES_AT_ONCE) {
    const moves = await Promise.allSettled(Items.slice(from, from + MOVES_AT_ONCE).map((item) => move(table, item)));
    for (const each of moves) {
      if (each.status === 'rejected') failures.push(each.reason);
      else if (each.value) moved += 1;
    }
  }
  return { moved, failures };
}

/**
 * Moves a record as it is, even one that cannot be read. Returns false if it was written meanwhile: the next run moves it.
 * @throws RecordContended if the node has a record under each key
 */
async function move({ dynamodb, tableName }: Table, item: TableItem): Promise<boolean> {
  const nodeId = item.sk?.S ?? '';
  const read = tryToRead(nodeRecord, nodeId, unmarshall(item));
  const derived = read instanceof UnreadableRecord ? {} : marshall(indexed(read));
  const key = presentKey(nodeId);
  const { version } = item;
  const isUnchanged =
    version === undefined
      ? { ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(version)' }
      : { ConditionExpression: 'version = :read', ExpressionAttributeValues: { ':read': version } };
  const items = [
    { Delete: { TableName: tableName, Key: marshall(formerKey(nodeId)), ...isUnchanged } },
    {
      Put: {
        TableName: tableName,
        Item: { ...item, ...derived, ...marshall(key) },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
  ];
  return callDynamoDb(
    async () => {
      await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: items }));
      return true;
    },
    (_found, [isChanged] = []) => {
      if (isChanged === true) return false;
      throw new RecordContended(
        `${nodeId} has two records, ${FORMER_PARTITION} and ${key.pk}: delete the one that is wrong (docs/runbook.md)`,
      );
    },
  );
}
