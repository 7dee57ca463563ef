/** The lease of the reconciler: the item `LEASE` and `RECONCILER`. Nothing reads it but the condition of its own write. */
import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { leaseRecord } from '../../domain/records/lease-record';
import { stored } from '../../domain/records/stored-record';
import type { RandomHex, RunLease } from '../ports';
import { callDynamoDb } from './dynamodb-error';
import type { Table } from './dynamodb-table';

const KEY = { pk: 'LEASE', sk: 'RECONCILER' };

/**
 * A run over 100,000 nodes takes about a minute. If its function ends without a word, the next run but one begins. Two
 * runs at the same time do no harm, they only make the same calls twice.
 */
const HELD_MS = 90_000;
/** In a storm every failed execution asks for a run. More than six a minute would find nothing new. */
const PACE_MS = 10_000;

export function runLease({ dynamodb, tableName }: Table, randomHex: RandomHex): RunLease {
  return {
    async take(now, { isPaced }) {
      const holder = randomHex(16);
      const lease = { holder, startedAt: now, heldUntil: later(now, HELD_MS) };
      const isFree = 'attribute_not_exists(heldUntil) OR heldUntil <= :now';
      const isDue = `attribute_not_exists(startedAt) OR startedAt <= :due`;
      const command = new PutItemCommand({
        TableName: tableName,
        Item: marshall({ ...KEY, ...stored(leaseRecord, lease) }),
        ConditionExpression: isPaced ? `(${isFree}) AND (${isDue})` : isFree,
        ExpressionAttributeValues: marshall({ ':now': now, ...(isPaced && { ':due': later(now, -PACE_MS) }) }),
      });
      return callDynamoDb<string | undefined>(
        async () => {
          await dynamodb.send(command);
          return holder;
        },
        () => undefined,
      );
    },
    async release(holder) {
      const command = new UpdateItemCommand({
        TableName: tableName,
        Key: marshall(KEY),
        UpdateExpression: 'REMOVE heldUntil',
        ConditionExpression: 'holder = :holder',
        ExpressionAttributeValues: marshall({ ':holder': holder }),
      });
      await callDynamoDb<unknown>(
        () => dynamodb.send(command),
        () => undefined,
      );
    },
  };
}

function later(then: string, byMs: number): string {
  return new Date(Date.parse(then) + byMs).toISOString();
}
