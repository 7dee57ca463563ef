/** Which deployment the table belongs to: one item, `DEPLOYMENT` and `IDENTITY`. */
import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { UnreadableRecord } from '../../domain/errors';
import { whyInDoubt, type TableIdentity } from '../../domain/reconciliation/deployment';
import { deploymentRecord } from '../../domain/records/deployment-record';
import { stored, tryToRead } from '../../domain/records/stored-record';
import type { TableOwnership } from '../ports';
import { callDynamoDb } from './dynamodb-error';
import type { Table } from './dynamodb-table';

export const IDENTITY_KEY = { pk: 'DEPLOYMENT', sk: 'IDENTITY' };

/** @param deployment the name of this deployment */
export function tableOwnership({ dynamodb, tableName }: Table, deployment: string): TableOwnership {
  const read = async (): Promise<TableIdentity | UnreadableRecord | undefined> => {
    const command = new GetItemCommand({ TableName: tableName, Key: marshall(IDENTITY_KEY), ConsistentRead: true });
    const { Item } = await callDynamoDb(() => dynamodb.send(command));
    return Item && tryToRead(deploymentRecord, IDENTITY_KEY.sk, unmarshall(Item));
  };
  const write = async (now: string, condition?: string): Promise<void> => {
    const item: TableIdentity = { deployment, tableName, createdAt: now };
    const command = new PutItemCommand({
      TableName: tableName,
      // No earlier version uses a table whose identity it cannot read, so new records get their present keys at once.
      Item: marshall({ ...IDENTITY_KEY, ...stored(deploymentRecord, item), shardedSince: now }),
      ConditionExpression: condition,
    });
    await callDynamoDb<unknown>(
      () => dynamodb.send(command),
      () => undefined,
    );
  };
  return {
    identity: async () => {
      const identity = await read();
      if (identity instanceof UnreadableRecord) throw identity;
      return identity;
    },
    doubt: async () => whyInDoubt(await read(), { deployment, tableName }),
    establish: (now) => write(now, 'attribute_not_exists(pk)'),
    adopt: (now) => write(now),
    async halt(because, now) {
      const command = new UpdateItemCommand({
        TableName: tableName,
        Key: marshall(IDENTITY_KEY),
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
