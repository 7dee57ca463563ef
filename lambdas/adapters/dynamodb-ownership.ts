/** What the table says of itself: one item, `DEPLOYMENT` and `IDENTITY`. */
import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { whyInDoubt, type TableIdentity } from '../../domain/reconciliation/deployment';
import type { TableOwnership } from '../ports';
import { callDynamoDb } from './dynamodb-error';
import type { Table } from './dynamodb-table';

const KEY = { pk: 'DEPLOYMENT', sk: 'IDENTITY' };

/** @param deployment the name of the deployment that asks */
export function tableOwnership({ dynamodb, tableName }: Table, deployment: string): TableOwnership {
  const identity = async (): Promise<TableIdentity | undefined> => {
    const command = new GetItemCommand({ TableName: tableName, Key: marshall(KEY), ConsistentRead: true });
    const { Item } = await callDynamoDb(() => dynamodb.send(command));
    if (Item === undefined) return undefined;
    const { pk: _pk, sk: _sk, ...found } = unmarshall(Item);
    return found as TableIdentity;
  };
  const write = async (now: string, condition?: string): Promise<void> => {
    const item: TableIdentity = { deployment, tableName, createdAt: now };
    const command = new PutItemCommand({
      TableName: tableName,
      Item: marshall({ ...KEY, ...item }),
      ConditionExpression: condition,
    });
    await callDynamoDb<unknown>(
      () => dynamodb.send(command),
      () => undefined,
    );
  };
  return {
    identity,
    doubt: async () => whyInDoubt(await identity(), { deployment, tableName }),
    establish: (now) => write(now, 'attribute_not_exists(pk)'),
    adopt: (now) => write(now),
    async halt(because, now) {
      const command = new UpdateItemCommand({
        TableName: tableName,
        Key: marshall(KEY),
        UpdateExpression: 'SET halted = :halted',
        ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(halted)',
        ExpressionAttributeValues: marshall({ ':halted': { since: now, because } }),
      });
      await callDynamoDb<unknown>(
        () => dynamodb.send(command),
        () => undefined,
      );
    },
  };
}
