/**
 * The node log in the table: one partition for each node, sorted by time. DynamoDB deletes entries some days after
 * they expire. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 */
import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { atLeast, LOG_KEPT_DAYS, type LogEntry } from '../../domain/node/node-log';
import { logRecord } from '../../domain/records/log-record';
import { readRecord, stored } from '../../domain/records/stored-record';
import type { NodeLog, RandomHex } from '../ports';
import { callDynamoDb } from './dynamodb-error';
import type { Table } from './dynamodb-table';

const DAY_SECONDS = 24 * 60 * 60;
/** These sort before and after every time. DynamoDB does not accept an empty key. */
const FIRST = '0';
const LAST = '~';

export function nodeLog({ dynamodb, tableName }: Table, randomHex: RandomHex): NodeLog {
  return {
    async append(nodeId, entry) {
      const item = {
        pk: `LOG#${nodeId}`,
        // Two entries may have the same millisecond.
        sk: `${entry.createdAt}#${randomHex(6)}`,
        ...stored(logRecord, entry),
        expiresAt: Math.floor(Date.parse(entry.createdAt) / 1000) + LOG_KEPT_DAYS * DAY_SECONDS,
      };
      const Item = marshall(item, { removeUndefinedValues: true });
      await callDynamoDb(() => dynamodb.send(new PutItemCommand({ TableName: tableName, Item })));
    },

    async read(nodeId, { fromDate, toDate, severity = 'DEBUG', limit, nextToken }) {
      const severities = Object.fromEntries(atLeast(severity).map((each, index) => [`:severity${index}`, each]));
      const to = `${toDate ?? ''}${LAST}`;
      const entries: { readonly sk: string; readonly entry: LogEntry }[] = [];
      let position = nextToken ?? fromDate ?? FIRST;
      // DynamoDB refuses a range that ends before it begins.
      let isMore = position <= to;
      // The filter may leave a page empty that is not the last. We read on until we have one entry more than needed.
      while (isMore && entries.length <= limit) {
        const command = new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :log AND sk BETWEEN :from AND :to',
          FilterExpression: `severity IN (${Object.keys(severities).join(', ')})`,
          ExpressionAttributeValues: marshall({
            ':log': `LOG#${nodeId}`,
            ':from': position,
            ':to': to,
            ...severities,
          }),
          ConsistentRead: true,
        });
        const { Items = [], LastEvaluatedKey } = await callDynamoDb(() => dynamodb.send(command));
        for (const item of Items.map((each) => unmarshall(each))) {
          const sk = String(item.sk);
          entries.push({ sk, entry: readRecord(logRecord, `${nodeId} ${sk}`, item) });
        }
        position = `${LastEvaluatedKey?.sk?.S ?? LAST} `;
        isMore = LastEvaluatedKey !== undefined && position <= to;
      }
      const next = entries[limit];
      return {
        entries: entries.slice(0, limit).map(({ entry }) => entry),
        nextToken: next?.sk,
      };
    },
  };
}
