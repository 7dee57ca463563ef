/**
 * The table: node records, claims on addresses, and the node of each instance, under a key of two parts.
 *
 * | pk         | sk              |                                             |
 * | `NODE`     | node id         | the node record                             |
 * | `CLAIM`    | address         | which node holds it                         |
 * | `INSTANCE` | instance id     | its node, and the waiting execution         |
 * | `STATE`    | instance id     | the state in the latest event about it      |
 *
 * The nodes' logs, usage and imports have their own partitions, and so does the identity of the table.
 *
 * Every write is conditional on one item. There are no transactions and no indexes.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
  type PutItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { RecordContended, UnreadableRecord } from '../../domain/errors';
import type { InstanceState } from '../../domain/node/observations';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { statusChange } from '../../domain/operation/status-change';
import { claimRecord } from '../../domain/records/claim-record';
import { instanceRecord, lastStateRecord, type IndexedInstance } from '../../domain/records/instance-records';
import { nodeRecord } from '../../domain/records/node-record';
import { readRecord, stored, tryToRead, versionOf, type RecordKind } from '../../domain/records/stored-record';
import type { Claims, InstanceIndex, Nodes, Waiter } from '../ports';
import { callDynamoDb } from './dynamodb-error';
import type { Announce } from './eventbridge';

export interface Table {
  readonly dynamodb: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
}

/** Reads node records, for a function that never writes one. */
export function nodeReader(table: Table): Pick<Nodes, 'get'> {
  return { get: (nodeId) => getRecord(table, nodeRecord, nodeId) };
}

/** @param announce is called after every write that changes a node's status */
export function nodeRecords(table: Table, announce: Announce): Nodes {
  const write = async (
    command: PutItemCommand | DeleteItemCommand,
    after: StatefulNode | undefined,
    nodeId: string,
  ): Promise<void> => {
    const { Attributes } = await callDynamoDb<PutItemCommandOutput>(
      // Both commands return the item as it was before.
      () => table.dynamodb.send(command as PutItemCommand),
      (found) => {
        if ('Item' in command.input && isRepeated(command.input.Item, found)) return { $metadata: {} };
        throw new RecordContended(`${nodeId} was changed by another writer`);
      },
    );
    const before = Attributes && tryToRead(nodeRecord, nodeId, unmarshall(Attributes));
    // The record is written already, so a previous status that cannot be read does not matter.
    const change = statusChange(before instanceof UnreadableRecord ? undefined : before, after);
    if (change !== undefined) await announce(change);
  };
  const put = (node: StatefulNode, condition: string, values?: Record<string, AttributeValue>): Promise<void> => {
    const command = new PutItemCommand({
      TableName: table.tableName,
      Item: marshall({ pk: 'NODE', sk: node.id, ...stored(nodeRecord, node) }, { removeUndefinedValues: true }),
      ConditionExpression: condition,
      ExpressionAttributeValues: values,
      ReturnValues: 'ALL_OLD',
      // Only for saves: a creation is refused whatever stands there.
      ReturnValuesOnConditionCheckFailure: values && 'ALL_OLD',
    });
    return write(command, node, node.id);
  };

  return {
    ...nodeReader(table),
    list: () => listNodes(table),
    listFrom: (after) => readableFrom(table, after),
    create: (node) => put(node, 'attribute_not_exists(pk)'),
    async save(node) {
      const saved = { ...node, version: node.version + 1 };
      await put(saved, 'version = :read', marshall({ ':read': node.version }));
      return saved;
    },
    remove: ({ id, version }) => {
      const command = new DeleteItemCommand({
        TableName: table.tableName,
        Key: marshall({ pk: 'NODE', sk: id }),
        ConditionExpression: 'attribute_not_exists(pk) OR version = :read',
        ExpressionAttributeValues: marshall({ ':read': version }),
        ReturnValues: 'ALL_OLD',
      });
      return write(command, undefined, id);
    },
  };
}

type Item = Record<string, AttributeValue>;

/**
 * The SDK sends a request again if the answer was lost: then its own first try is what refuses the second. A save names the
 * version and the operation, so two writers never write the same for different reasons.
 */
function isRepeated(item: Item | undefined, found: Item | undefined): boolean {
  return item !== undefined && found !== undefined && isDeepStrictEqual(unmarshall(found), unmarshall(item));
}

async function listNodes(table: Table): ReturnType<Nodes['list']> {
  const nodes: StatefulNode[] = [];
  const unreadable: UnreadableRecord[] = [];
  for await (const read of recordsFrom(table)) {
    if (read instanceof UnreadableRecord) unreadable.push(read);
    else nodes.push(read);
  }
  return { nodes, unreadable };
}

async function* readableFrom(table: Table, after?: string): AsyncGenerator<StatefulNode> {
  for await (const read of recordsFrom(table, after)) if (!(read instanceof UnreadableRecord)) yield read;
}

async function* recordsFrom(table: Table, after?: string): AsyncGenerator<StatefulNode | UnreadableRecord> {
  // DynamoDB accepts a start key that belongs to no item.
  let from: Record<string, AttributeValue> | undefined =
    after === undefined ? undefined : marshall({ pk: 'NODE', sk: after });
  do {
    const command = new QueryCommand({
      TableName: table.tableName,
      KeyConditionExpression: 'pk = :node',
      ExpressionAttributeValues: marshall({ ':node': 'NODE' }),
      ConsistentRead: true,
      ExclusiveStartKey: from,
    });
    const { Items = [], LastEvaluatedKey } = await callDynamoDb(() => table.dynamodb.send(command));
    for (const item of Items.map((each) => unmarshall(each))) yield tryToRead(nodeRecord, String(item.sk), item);
    from = LastEvaluatedKey;
  } while (from !== undefined);
}

export function addressClaims(table: Table): Claims {
  return {
    async claim({ address, nodeId, now, staleHolder = nodeId }) {
      const command = new PutItemCommand({
        TableName: table.tableName,
        Item: marshall({ pk: 'CLAIM', sk: address, ...stored(claimRecord, { nodeId, claimedAt: now }) }),
        ConditionExpression: 'attribute_not_exists(pk) OR nodeId IN (:nodeId, :staleHolder)',
        ExpressionAttributeValues: marshall({ ':nodeId': nodeId, ':staleHolder': staleHolder }),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      try {
        await callDynamoDb(() => table.dynamodb.send(command));
        return { holder: nodeId, claimedAt: now };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const held = readRecord(claimRecord, address, unmarshall(error.Item ?? {}));
        return { holder: held.nodeId, claimedAt: held.claimedAt };
      }
    },
    async find(address) {
      const held = await getRecord(table, claimRecord, address);
      return held && { holder: held.nodeId, claimedAt: held.claimedAt };
    },
    async release(address, nodeId) {
      const command = new DeleteItemCommand({
        TableName: table.tableName,
        Key: marshall({ pk: 'CLAIM', sk: address }),
        ConditionExpression: 'attribute_not_exists(pk) OR nodeId = :nodeId',
        ExpressionAttributeValues: marshall({ ':nodeId': nodeId }),
      });
      await callDynamoDb<unknown>(
        () => table.dynamodb.send(command),
        () => undefined,
      );
    },
  };
}

export function instanceIndex(table: Table): InstanceIndex {
  const update = async (instanceId: string, expression: string, values: Record<string, unknown>): Promise<void> => {
    const command = new UpdateItemCommand({
      TableName: table.tableName,
      Key: marshall({ pk: 'INSTANCE', sk: instanceId }),
      UpdateExpression: `${expression}, schemaVersion = :version`,
      ExpressionAttributeValues: marshall({ ...values, ':version': versionOf(instanceRecord) }),
    });
    await callDynamoDb(() => table.dynamodb.send(command));
  };

  return {
    register: (instanceId, nodeId) => update(instanceId, 'SET nodeId = :nodeId', { ':nodeId': nodeId }),
    async nodeOf(instanceId) {
      const indexed = await getRecord(table, instanceRecord, instanceId);
      return indexed?.nodeId;
    },
    async subscribe(instanceId, { taskToken, awaited }) {
      await update(instanceId, 'SET taskToken = :taskToken, awaited = :awaited', {
        ':taskToken': taskToken,
        ':awaited': awaited,
      });
      // We read the state after we subscribe: an event in between finds the subscription, or is read here.
      const told = await getRecord(table, lastStateRecord, instanceId);
      return told?.lastState;
    },
    async waiterOf(instanceId) {
      const indexed = await getRecord(table, instanceRecord, instanceId);
      return indexed && waiterIn(indexed);
    },
    async noteState(instanceId, state, at) {
      await writeState(table, instanceId, state, at);
      const indexed = await getRecord(table, instanceRecord, instanceId);
      return indexed?.nodeId === undefined ? undefined : { nodeId: indexed.nodeId, waiter: waiterIn(indexed) };
    },
  };
}

/** EC2's states in the order of an instance's life. Events carry whole seconds and arrive in any order. */
const STATE_ORDER: readonly InstanceState[] = [
  'pending',
  'running',
  'stopping',
  'stopped',
  'shutting-down',
  'terminated',
];
/** Long after the last wait that may read it. DynamoDB deletes the item within days. */
const STATE_KEPT_SECONDS = 24 * 60 * 60;

/**
 * Kept for every instance: an event about a fast instance may arrive before EC2 answers the launch, when we do not yet
 * know its node.
 */
async function writeState(table: Table, instanceId: string, state: InstanceState, at: string): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: table.tableName,
    Key: marshall({ pk: 'STATE', sk: instanceId }),
    UpdateExpression:
      'SET lastState = :state, lastStateAt = :at, lastStateOrder = :order, expiresAt = :expiresAt, schemaVersion = :version',
    ConditionExpression:
      'attribute_not_exists(lastStateAt) OR lastStateAt < :at OR (lastStateAt = :at AND lastStateOrder < :order)',
    ExpressionAttributeValues: marshall({
      ':state': state,
      ':at': at,
      ':order': STATE_ORDER.indexOf(state),
      ':expiresAt': Math.floor(Date.parse(at) / 1000) + STATE_KEPT_SECONDS,
      ':version': versionOf(lastStateRecord),
    }),
  });
  await callDynamoDb<unknown>(
    () => table.dynamodb.send(command),
    () => undefined,
  );
}

function waiterIn({ taskToken, awaited }: IndexedInstance): Waiter | undefined {
  return taskToken === undefined || awaited === undefined ? undefined : { taskToken, awaited };
}

/** Reads a kind whose items all lie in one partition, by id. @throws UnreadableRecord */
async function getRecord<T>({ dynamodb, tableName }: Table, kind: RecordKind<T>, id: string): Promise<T | undefined> {
  const command = new GetItemCommand({
    TableName: tableName,
    Key: marshall({ pk: kind.name, sk: id }),
    ConsistentRead: true,
  });
  const { Item } = await callDynamoDb(() => dynamodb.send(command));
  return Item === undefined ? undefined : readRecord(kind, id, unmarshall(Item));
}
