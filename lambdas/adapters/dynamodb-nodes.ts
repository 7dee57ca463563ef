/** The node records, each under its key in `domain/records/node-keys.ts`. A write is conditional on the version that was read. */
import { isDeepStrictEqual } from 'node:util';
import {
  DeleteItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  type PutItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { RecordContended, UnreadableRecord } from '../../domain/errors';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { statusChange } from '../../domain/operation/status-change';
import { nodeRecord } from '../../domain/records/node-record';
import { tryToRead } from '../../domain/records/stored-record';
import type { Nodes } from '../ports';
import { callDynamoDb } from './dynamodb-error';
import { areSharded } from './dynamodb-keys';
import { countRemoval } from './dynamodb-listing';
import { asNodeList, glancesIn, listNodes, readableFrom } from './dynamodb-node-lists';
import { nodeReader } from './dynamodb-node-reader';
import type { Table } from './dynamodb-table';
import type { Announce } from './eventbridge';
import { formerKey, keysOf, presentKey, type ItemKey } from '../../domain/records/node-keys';
import { itemOf, type TableItem } from './node-items';

/** How many records are read at the same time. */
const READS_AT_ONCE = 32;
/** How often a creation is tried while another transaction has one of its items. */
const TRIES = 3;

/** The item as it was before the write, or that there is none under this key. */
type Written = { readonly before: TableItem | undefined } | 'missing';

/** @param announce is called after every write that changes a node's status */
export function nodeRecords(table: Table, announce: Announce): Nodes {
  const tell = async (
    nodeId: string,
    before: TableItem | undefined,
    after: StatefulNode | undefined,
  ): Promise<void> => {
    const read = before && tryToRead(nodeRecord, nodeId, unmarshall(before));
    // The record is written already, so a previous status that cannot be read does not matter.
    const change = statusChange(read instanceof UnreadableRecord ? undefined : read, after);
    if (change !== undefined) await announce(change);
  };
  const { get } = nodeReader(table);

  return {
    get,
    getAll: async (nodeIds) => {
      const found: (StatefulNode | UnreadableRecord)[] = [];
      for (let from = 0; from < nodeIds.length; from += READS_AT_ONCE) {
        const read = await Promise.all(nodeIds.slice(from, from + READS_AT_ONCE).map((id) => orUnreadable(get(id))));
        found.push(...read.filter((each) => each !== undefined));
      }
      return asNodeList(found);
    },
    glances: () => glancesIn(table),
    list: () => listNodes(table),
    listFrom: (after) => readableFrom(table, after),
    async create(node) {
      await createRecord(table, node);
      await tell(node.id, undefined, node);
    },
    async save(node) {
      const saved = { ...node, version: node.version + 1 };
      for (const key of keysOf(node.id)) {
        const written = await putOver(table, saved, key, node.version);
        if (written === 'missing') continue;
        await tell(node.id, written.before, saved);
        return saved;
      }
      throw new RecordContended(`${node.id} was removed by another writer`);
    },
    async remove(node) {
      await countRemoval(table);
      for (const key of keysOf(node.id)) {
        const written = await deleteAt(table, node, key);
        if (written !== 'missing') return tell(node.id, written.before, undefined);
      }
    },
  };
}

async function orUnreadable<T>(reading: Promise<T>): Promise<T | UnreadableRecord> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof UnreadableRecord) return error;
    throw error;
  }
}

/** In a transaction with a look under the other key, because two functions may take different ones. */
async function createRecord({ dynamodb, tableName }: Table, node: StatefulNode): Promise<void> {
  const keys = [presentKey(node.id), formerKey(node.id)] as const;
  const [key, other] = (await areSharded({ dynamodb, tableName })) ? keys : ([keys[1], keys[0]] as const);
  const isNew = { TableName: tableName, ConditionExpression: 'attribute_not_exists(pk)' };
  const items = [
    { Put: { ...isNew, Item: itemOf(node, key) } },
    { ConditionCheck: { ...isNew, Key: marshall(other) } },
  ];
  await callDynamoDb<unknown>(
    () => dynamodb.send(new TransactWriteItemsCommand({ TransactItems: items })),
    () => {
      throw new RecordContended(`${node.id} was changed by another writer`);
    },
    TRIES,
  );
}

/** @throws RecordContended if the record under this key has another version */
async function putOver(table: Table, saved: StatefulNode, key: ItemKey, version: number): Promise<Written> {
  const item = itemOf(saved, key);
  const command = new PutItemCommand({
    TableName: table.tableName,
    Item: item,
    ConditionExpression: 'version = :read',
    ExpressionAttributeValues: marshall({ ':read': version }),
    ReturnValues: 'ALL_OLD',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const output = await callDynamoDb<PutItemCommandOutput | undefined>(
    () => table.dynamodb.send(command),
    (found) => {
      if (found === undefined) return undefined;
      if (isRepeated(item, found)) return { $metadata: {} };
      throw new RecordContended(`${saved.id} was changed by another writer`);
    },
  );
  return output === undefined ? 'missing' : { before: output.Attributes };
}

/**
 * The SDK sends a request again if the answer was lost: then its own first try is what refuses the second. A save names the
 * version and the operation, so two writers never write the same for different reasons.
 */
function isRepeated(item: TableItem, found: TableItem): boolean {
  return isDeepStrictEqual(unmarshall(found), unmarshall(item));
}

/** @throws RecordContended if the record under this key has another version */
async function deleteAt(table: Table, { id, version }: StatefulNode, key: ItemKey): Promise<Written> {
  const command = new DeleteItemCommand({
    TableName: table.tableName,
    Key: marshall(key),
    ConditionExpression: 'attribute_not_exists(pk) OR version = :read',
    ExpressionAttributeValues: marshall({ ':read': version }),
    ReturnValues: 'ALL_OLD',
  });
  const { Attributes } = await callDynamoDb(
    () => table.dynamodb.send(command),
    () => {
      throw new RecordContended(`${id} was changed by another writer`);
    },
  );
  return Attributes === undefined ? 'missing' : { before: Attributes };
}
