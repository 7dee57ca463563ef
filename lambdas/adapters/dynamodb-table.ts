/**
 * The table: node records, claims on addresses, and whose each instance is, under one key of two parts.
 *
 * | pk         | sk              |                                             |
 * | `NODE`     | node id         | the node record                             |
 * | `CLAIM`    | address         | which node holds it                         |
 * | `INSTANCE` | instance id     | which node it belongs to, and who waits     |
 * | `STATE`    | instance id     | what the latest event has said of it        |
 *
 * The nodes' logs, usage and imports have partitions of their own, and so has what the table says of itself.
 *
 * Every write is conditional on one item; there are no transactions and no indexes.
 */
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
import { RecordContended } from '../../domain/errors';
import type { InstanceState } from '../../domain/node/observations';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { statusChange } from '../../domain/operation/status-change';
import type { AwaitedState } from '../../domain/operation/await-instance';
import type { Claims, InstanceIndex, Nodes, Waiter } from '../ports';
import { callDynamoDb } from './dynamodb-error';
import type { Announce } from './eventbridge';

export interface Table {
  readonly dynamodb: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
}

type Partition = 'NODE' | 'CLAIM' | 'INSTANCE' | 'STATE';

/** @param announce is told of every write that changes a node's status */
export function nodeRecords(table: Table, announce: Announce): Nodes {
  const write = async (
    command: PutItemCommand | DeleteItemCommand,
    after: StatefulNode | undefined,
    nodeId: string,
  ): Promise<void> => {
    const { Attributes } = await callDynamoDb<PutItemCommandOutput>(
      // Both commands answer what was there before.
      () => table.dynamodb.send(command as PutItemCommand),
      () => {
        throw new RecordContended(`${nodeId} was written by somebody else`);
      },
    );
    const change = statusChange(Attributes && nodeIn(unmarshall(Attributes)), after);
    if (change !== undefined) await announce(change);
  };
  const put = (node: StatefulNode, condition: string, values?: Record<string, AttributeValue>): Promise<void> => {
    const command = new PutItemCommand({
      TableName: table.tableName,
      Item: marshall({ pk: 'NODE', sk: node.id, ...node }, { removeUndefinedValues: true }),
      ConditionExpression: condition,
      ExpressionAttributeValues: values,
      ReturnValues: 'ALL_OLD',
    });
    return write(command, node, node.id);
  };

  return {
    async get(nodeId) {
      const item = await getItem(table, 'NODE', nodeId);
      return item && nodeIn(item);
    },
    list: () => listNodes(table),
    listFrom: (after) => nodesFrom(table, after),
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

async function listNodes(table: Table): Promise<readonly StatefulNode[]> {
  const found: StatefulNode[] = [];
  for await (const node of nodesFrom(table)) found.push(node);
  return found;
}

async function* nodesFrom(table: Table, after?: string): AsyncGenerator<StatefulNode> {
  // A key to start after need not be an item's.
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
    for (const item of Items) yield nodeIn(unmarshall(item));
    from = LastEvaluatedKey;
  } while (from !== undefined);
}

export function addressClaims(table: Table): Claims {
  return {
    async claim({ address, nodeId, now, staleHolder = nodeId }) {
      const command = new PutItemCommand({
        TableName: table.tableName,
        Item: marshall({ pk: 'CLAIM', sk: address, nodeId, claimedAt: now }),
        ConditionExpression: 'attribute_not_exists(pk) OR nodeId IN (:nodeId, :staleHolder)',
        ExpressionAttributeValues: marshall({ ':nodeId': nodeId, ':staleHolder': staleHolder }),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      try {
        await callDynamoDb(() => table.dynamodb.send(command));
        return { holder: nodeId, claimedAt: now };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const held = unmarshall(error.Item ?? {});
        return { holder: String(held.nodeId), claimedAt: String(held.claimedAt) };
      }
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
      UpdateExpression: expression,
      ExpressionAttributeValues: marshall(values),
    });
    await callDynamoDb(() => table.dynamodb.send(command));
  };

  return {
    register: (instanceId, nodeId) => update(instanceId, 'SET nodeId = :nodeId', { ':nodeId': nodeId }),
    async nodeOf(instanceId) {
      const item = await getItem(table, 'INSTANCE', instanceId);
      return item?.nodeId as string | undefined;
    },
    async subscribe(instanceId, { taskToken, awaited }) {
      await update(instanceId, 'SET taskToken = :taskToken, awaited = :awaited', {
        ':taskToken': taskToken,
        ':awaited': awaited,
      });
      // Afterwards, so that an event that comes between the two finds the subscription or is read here.
      const told = await getItem(table, 'STATE', instanceId);
      return told?.lastState as InstanceState | undefined;
    },
    async waiterOf(instanceId) {
      const item = await getItem(table, 'INSTANCE', instanceId);
      return item && waiterIn(item);
    },
    async noteState(instanceId, state, at) {
      await writeState(table, instanceId, state, at);
      const item = await getItem(table, 'INSTANCE', instanceId);
      return item?.nodeId === undefined ? undefined : { nodeId: item.nodeId as string, waiter: waiterIn(item) };
    },
  };
}

/** EC2's states in the order in which an instance comes to them: events carry whole seconds, and come in any order. */
const STATE_ORDER: readonly InstanceState[] = [
  ...(['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated'] as const),
];
/** Long after the last wait that may ask for it. DynamoDB deletes the item within days. */
const STATE_KEPT_SECONDS = 24 * 60 * 60;

/**
 * Of every instance, because an instance that comes up quickly is told of before EC2 has answered the launch: whose it
 * is, is not known by then.
 */
async function writeState(table: Table, instanceId: string, state: InstanceState, at: string): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: table.tableName,
    Key: marshall({ pk: 'STATE', sk: instanceId }),
    UpdateExpression: 'SET lastState = :state, lastStateAt = :at, lastStateOrder = :order, expiresAt = :expiresAt',
    ConditionExpression:
      'attribute_not_exists(lastStateAt) OR lastStateAt < :at OR (lastStateAt = :at AND lastStateOrder < :order)',
    ExpressionAttributeValues: marshall({
      ':state': state,
      ':at': at,
      ':order': STATE_ORDER.indexOf(state),
      ':expiresAt': Math.floor(Date.parse(at) / 1000) + STATE_KEPT_SECONDS,
    }),
  });
  await callDynamoDb<unknown>(
    () => table.dynamodb.send(command),
    () => undefined,
  );
}

function waiterIn({ taskToken, awaited }: Record<string, unknown>): Waiter | undefined {
  return taskToken === undefined ? undefined : { taskToken: taskToken as string, awaited: awaited as AwaitedState };
}

function nodeIn({ pk: _pk, sk: _sk, ...node }: Record<string, unknown>): StatefulNode {
  return node as unknown as StatefulNode;
}

async function getItem(
  { dynamodb, tableName }: Table,
  partition: Partition,
  id: string,
): Promise<Record<string, unknown> | undefined> {
  const command = new GetItemCommand({
    TableName: tableName,
    Key: marshall({ pk: partition, sk: id }),
    ConsistentRead: true,
  });
  const { Item } = await callDynamoDb(() => dynamodb.send(command));
  return Item === undefined ? undefined : unmarshall(Item);
}
