/** A table as an earlier version has left it: its node records are in one partition, without an index. */
import { DeleteItemCommand, PutItemCommand, ScanCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Sandbox } from '../../local/sandbox';
import { FORMER_PARTITION } from '../../domain/records/node-keys';

type Item = Record<string, AttributeValue>;

/**
 * Makes the table an earlier version's. All writes happen at one virtual time.
 * @param isMarked whether the table is marked already, so that its records may move
 */
export async function takeBackToFormerKeys({ plane }: Sandbox, isMarked = false): Promise<void> {
  const { dynamodb, tableNames } = plane;
  const [TableName] = tableNames;
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName }));
  for (const item of Items) {
    const former = formerOf(item);
    if (former === undefined || (isMarked && item.shardedSince !== undefined)) continue;
    const { pk, sk } = item;
    await dynamodb.send(new DeleteItemCommand({ TableName, Key: { pk: pk!, sk: sk! } }));
    await dynamodb.send(new PutItemCommand({ TableName, Item: former }));
  }
}

/** Undefined if an earlier version would write the item just so. */
export function formerOf({ shard: _shard, atRest: _atRest, shardedSince, ...item }: Item): Item | undefined {
  if (item.pk?.S?.startsWith(`${FORMER_PARTITION}#`) === true) return { ...item, pk: { S: FORMER_PARTITION } };
  return shardedSince === undefined ? undefined : { ...item, schemaVersion: { N: '1' } };
}

/** Under which partition key each node record is. */
export async function partitionsOf({ plane }: Sandbox): Promise<Readonly<Record<string, string>>> {
  const { Items = [] } = await plane.dynamodb.send(new ScanCommand({ TableName: plane.tableNames[0] }));
  const records = Items.filter(({ pk }) => pk?.S?.startsWith(FORMER_PARTITION) === true);
  return Object.fromEntries(records.map(({ pk, sk }) => [sk?.S ?? '', pk?.S ?? '']));
}
