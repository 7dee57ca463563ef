/**
 * The records of operations in the table: one partition for each node, sorted by start. They are kept as long as the log
 * from which their steps come.
 */
import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { LOG_KEPT_DAYS } from '../../domain/node/node-log';
import type { OperationRecord } from '../../domain/operation/operation-record';
import { operationRecord } from '../../domain/records/operation-record';
import { readRecord, stored } from '../../domain/records/stored-record';
import type { OperationHistory } from '../ports';
import { callDynamoDb } from './dynamodb-error';
import type { Table } from './dynamodb-table';

const DAY_SECONDS = 24 * 60 * 60;
/** These sort before and after every time. */
const FIRST = '0';
const LAST = '~';

export function operationHistory(table: Table): OperationHistory {
  const { dynamodb, tableName } = table;
  return {
    async write(nodeId, record) {
      const { startedAt, endedAt = startedAt } = record;
      const item = {
        pk: partitionOf(nodeId),
        // An operation keeps both when another execution takes it over.
        sk: `${startedAt}#${record.kind}`,
        ...stored(operationRecord, record),
        expiresAt: Math.floor(Date.parse(endedAt) / 1000) + LOG_KEPT_DAYS * DAY_SECONDS,
      };
      const Item = marshall(item, { removeUndefinedValues: true });
      await callDynamoDb(() => dynamodb.send(new PutItemCommand({ TableName: tableName, Item })));
    },

    async list(nodeId, { since = FIRST, until = '', kind, limit, nextToken }) {
      const to = `${until}${LAST}`;
      const found: Kept[] = [];
      // DynamoDB refuses a range that ends before it begins, and a start outside of the range: a caller may have changed it.
      let after = nextToken !== undefined && nextToken <= to ? nextToken : undefined;
      let isMore = since <= to && (nextToken === undefined || nextToken >= since);
      // The filter may leave a page empty that is not the last. We read on until we have one record more than needed.
      while (isMore && found.length <= limit) {
        const page = await readPage(table, nodeId, { since, to, kind, after });
        found.push(...page.found);
        after = page.last;
        isMore = after !== undefined;
      }
      return {
        records: found.slice(0, limit).map(({ record }) => record),
        nextToken: found.length > limit ? found[limit - 1]?.sk : undefined,
      };
    },
  };
}

interface Kept {
  readonly sk: string;
  readonly record: OperationRecord;
}

interface Range {
  readonly since: string;
  readonly to: string;
  readonly kind: OperationRecord['kind'] | undefined;
  /** Reads only what comes after it, from the latest to the earliest. */
  readonly after: string | undefined;
}

/** One page of the table; `last` is the key with which the next one begins. */
async function readPage(
  { dynamodb, tableName }: Table,
  nodeId: string,
  { since, to, kind, after }: Range,
): Promise<{ readonly found: readonly Kept[]; readonly last: string | undefined }> {
  const command = new QueryCommand({
    TableName: tableName,
    KeyConditionExpression: 'pk = :node AND sk BETWEEN :since AND :to',
    ExpressionAttributeValues: marshall(
      { ':node': partitionOf(nodeId), ':since': since, ':to': to, ':kind': kind },
      { removeUndefinedValues: true },
    ),
    ...(kind !== undefined && { FilterExpression: 'kind = :kind' }),
    ScanIndexForward: false,
    ConsistentRead: true,
    ...(after !== undefined && { ExclusiveStartKey: marshall({ pk: partitionOf(nodeId), sk: after }) }),
  });
  const { Items = [], LastEvaluatedKey } = await callDynamoDb(() => dynamodb.send(command));
  const found = Items.map((each) => unmarshall(each)).map((item) => {
    const sk = String(item.sk);
    return { sk, record: readRecord(operationRecord, `${nodeId} ${sk}`, item) };
  });
  return { found, last: LastEvaluatedKey?.sk?.S };
}

function partitionOf(nodeId: string): string {
  return `${operationRecord.name}#${nodeId}`;
}
