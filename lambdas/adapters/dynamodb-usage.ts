/**
 * Usage in the table: one partition for each node, sorted by launch. DynamoDB deletes ended usage some days after it
 * expires. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 */
import { PutItemCommand, QueryCommand, UpdateItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { USAGE_KEPT_DAYS, type Usage } from '../../domain/costs/usage';
import { readRecord, stored } from '../../domain/records/stored-record';
import { usageRecord } from '../../domain/records/usage-record';
import type { UsageRecords } from '../ports';
import { callDynamoDb } from './dynamodb-error';
import type { Table } from './dynamodb-table';

const DAY_SECONDS = 24 * 60 * 60;
/** Sorts after every instance launched in the same millisecond. */
const LAST = '~';

export function usageRecords({ dynamodb, tableName }: Table): UsageRecords {
  return {
    async begin(nodeId, usage) {
      const command = new PutItemCommand({
        TableName: tableName,
        Item: marshall(
          { ...keyOf(nodeId, usage.from, usage.instanceId), ...stored(usageRecord, usage) },
          { removeUndefinedValues: true },
        ),
        ConditionExpression: 'attribute_not_exists(pk)',
      });
      await callDynamoDb<unknown>(
        () => dynamodb.send(command),
        () => undefined,
      );
    },

    async end(nodeId, { id, launchedAt }, at) {
      const command = new UpdateItemCommand({
        TableName: tableName,
        Key: marshall(keyOf(nodeId, launchedAt, id)),
        UpdateExpression: 'SET #to = :at, expiresAt = :expiresAt',
        ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(#to)',
        ExpressionAttributeNames: { '#to': 'to' },
        ExpressionAttributeValues: marshall({
          ':at': at,
          ':expiresAt': Math.floor(Date.parse(at) / 1000) + USAGE_KEPT_DAYS * DAY_SECONDS,
        }),
      });
      await callDynamoDb<unknown>(
        () => dynamodb.send(command),
        () => undefined,
      );
    },

    async list(nodeId, until) {
      const found: Usage[] = [];
      let from: Record<string, AttributeValue> | undefined;
      do {
        const command = new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :usage AND sk <= :until',
          ExpressionAttributeValues: marshall({ ':usage': partitionOf(nodeId), ':until': `${until}${LAST}` }),
          ConsistentRead: true,
          ExclusiveStartKey: from,
        });
        const { Items = [], LastEvaluatedKey } = await callDynamoDb(() => dynamodb.send(command));
        for (const item of Items.map((each) => unmarshall(each))) {
          found.push(readRecord(usageRecord, `${nodeId} ${String(item.sk)}`, item));
        }
        from = LastEvaluatedKey;
      } while (from !== undefined);
      return found;
    },
  };
}

function keyOf(nodeId: string, launchedAt: string, instanceId: string) {
  return { pk: partitionOf(nodeId), sk: `${launchedAt}#${instanceId}` };
}

function partitionOf(nodeId: string): string {
  return `USAGE#${nodeId}`;
}
