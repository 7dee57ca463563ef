/**
 * The table: node records, claims on Elastic IPs, and whose each instance is, under one key of two parts.
 *
 * | pk         | sk              |                                             |
 * | `NODE`     | node id         | the node record                             |
 * | `EIP`      | allocation id   | which node holds the address                |
 * | `INSTANCE` | instance id     | which node it belongs to, and who waits     |
 *
 * Every write is conditional on one item; there are no transactions and no indexes.
 */
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { RecordContended } from '../../domain/errors';
import type { StatefulNode } from '../../domain/stateful-node';
import type { AwaitedState } from '../../domain/waiting';
import type { ElasticIpClaims, InstanceIndex, Nodes } from '../ports';
import { callDynamoDb } from './dynamodb-error';

export interface Table {
  readonly dynamodb: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
}

type Partition = 'NODE' | 'EIP' | 'INSTANCE';

export function nodeRecords(table: Table): Nodes {
  const put = async (node: StatefulNode, condition: string, values?: Record<string, AttributeValue>): Promise<void> => {
    const Item = marshall({ pk: 'NODE', sk: node.id, ...node }, { removeUndefinedValues: true });
    const command = new PutItemCommand({
      TableName: table.tableName,
      Item,
      ConditionExpression: condition,
      ExpressionAttributeValues: values,
    });
    await callDynamoDb(
      async () => {
        await table.dynamodb.send(command);
      },
      () => {
        throw new RecordContended(`${node.id} was written by somebody else`);
      },
    );
  };

  return {
    async get(nodeId) {
      const item = await getItem(table, 'NODE', nodeId);
      if (item === undefined) return undefined;
      const { pk: _pk, sk: _sk, ...node } = item;
      return node as unknown as StatefulNode;
    },
    create: (node) => put(node, 'attribute_not_exists(pk)'),
    async save(node) {
      const saved = { ...node, version: node.version + 1 };
      await put(saved, 'version = :read', marshall({ ':read': node.version }));
      return saved;
    },
  };
}

export function elasticIpClaims(table: Table): ElasticIpClaims {
  return {
    async claim({ allocationId, nodeId, now, staleHolder = nodeId }) {
      const command = new PutItemCommand({
        TableName: table.tableName,
        Item: marshall({ pk: 'EIP', sk: allocationId, nodeId, claimedAt: now }),
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
    async release(allocationId, nodeId) {
      const command = new DeleteItemCommand({
        TableName: table.tableName,
        Key: marshall({ pk: 'EIP', sk: allocationId }),
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
    subscribe: (instanceId, { taskToken, awaited }) =>
      update(instanceId, 'SET taskToken = :taskToken, awaited = :awaited', {
        ':taskToken': taskToken,
        ':awaited': awaited,
      }),
    async waiterOf(instanceId) {
      const item = await getItem(table, 'INSTANCE', instanceId);
      if (item?.taskToken === undefined) return undefined;
      return { taskToken: item.taskToken as string, awaited: item.awaited as AwaitedState };
    },
  };
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
