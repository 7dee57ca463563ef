/**
 * Lists of node records, in the order of their ids. The former partition is read first: a record that moves meanwhile is
 * then in one of the two lists at least.
 */
import { DynamoDBServiceException, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { UnreadableRecord } from '../../domain/errors';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { atRestIn } from '../../domain/records/at-rest-record';
import { NODE_INDEX } from '../../domain/records/node-index';
import { nodeRecord } from '../../domain/records/node-record';
import { tryToRead, type Item } from '../../domain/records/stored-record';
import { atRestOf, type Glance } from '../../domain/reconciliation/at-rest';
import type { NodeList } from '../ports';
import { callDynamoDb } from './dynamodb-error';
import type { Table } from './dynamodb-table';
import { FORMER_PARTITION, idPrefixOf, partitionOf, SHARDS } from '../../domain/records/node-keys';

interface Listed {
  readonly id: string;
  readonly read: StatefulNode | UnreadableRecord;
}

export async function listNodes(table: Table): Promise<NodeList> {
  const former = await recordsIn(table, FORMER_PARTITION);
  const present = await Promise.all(SHARDS.map((shard) => recordsIn(table, partitionOf(shard))));
  return asNodeList(joined(former, present.flat()).map(({ read }) => read));
}

export function asNodeList(read: readonly (StatefulNode | UnreadableRecord)[]): NodeList {
  const nodes: StatefulNode[] = [];
  const unreadable: UnreadableRecord[] = [];
  for (const each of read) {
    if (each instanceof UnreadableRecord) unreadable.push(each);
    else nodes.push(each);
  }
  return { nodes, unreadable };
}

/** The readable records after that id. Pages are read only as far as the caller iterates. */
export async function* readableFrom(table: Table, after = ''): AsyncGenerator<StatefulNode> {
  let former = (await recordsIn(table, FORMER_PARTITION)).filter(({ id }) => id > after);
  for (const shard of SHARDS.filter((each) => after < `${idPrefixOf(each)}~`)) {
    for await (const each of recordsFrom(table, partitionOf(shard), after)) {
      const earlier = former.filter(({ id }) => id < each.id);
      former = former.filter(({ id }) => id > each.id);
      for (const { read } of [...earlier, each]) if (!(read instanceof UnreadableRecord)) yield read;
    }
  }
  for (const { read } of former) if (!(read instanceof UnreadableRecord)) yield read;
}

/** The readable records under the key of an earlier version. None, unless the table is being upgraded. */
export async function formerNodes(table: Table): Promise<readonly StatefulNode[]> {
  return asNodeList((await recordsIn(table, FORMER_PARTITION)).map(({ read }) => read)).nodes;
}

/** What an index shows of all nodes: it may be a moment old. */
export async function glancesIn(table: Table): Promise<readonly Glance[]> {
  const former = (await recordsIn(table, FORMER_PARTITION)).map(glanceOf);
  const present = await Promise.all(SHARDS.map((shard) => glancesOfShard(table, shard)));
  return joined(former, present.flat());
}

async function glancesOfShard(table: Table, shard: string): Promise<readonly Glance[]> {
  try {
    return await glancesInIndex(table, shard);
  } catch (error) {
    if (!isIndexMissing(error)) throw error;
    return (await recordsIn(table, partitionOf(shard))).map(glanceOf);
  }
}

async function glancesInIndex(table: Table, shard: string): Promise<readonly Glance[]> {
  const found: Glance[] = [];
  const query = {
    IndexName: NODE_INDEX.name,
    KeyConditionExpression: '#shard = :shard',
    ExpressionAttributeNames: { '#shard': NODE_INDEX.shard },
    ExpressionAttributeValues: marshall({ ':shard': shard }),
  };
  for await (const { sk, atRest } of itemsOf(table, query)) found.push({ id: String(sk), atRest: atRestIn(atRest) });
  return found;
}

/**
 * A table that the stack did not make may lack the index, and a new index cannot be read before DynamoDB has filled it.
 * Then the whole records are read.
 */
export function isIndexMissing(error: unknown): boolean {
  const isInvalid = error instanceof DynamoDBServiceException && error.name === 'ValidationException';
  return isInvalid && /index/i.test(error.message);
}

function glanceOf({ id, read }: Listed): Glance {
  return { id, ...(!(read instanceof UnreadableRecord) && { atRest: atRestOf(read) }) };
}

/** One entry for each id, the present one first, in the order of the ids. */
function joined<T extends { readonly id: string }>(former: readonly T[], present: readonly T[]): readonly T[] {
  if (former.length === 0) return present;
  const byId = new Map([...former, ...present].map((each) => [each.id, each]));
  return [...byId.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
}

async function recordsIn(table: Table, partition: string): Promise<readonly Listed[]> {
  const found: Listed[] = [];
  for await (const each of recordsFrom(table, partition, '')) found.push(each);
  return found;
}

async function* recordsFrom(table: Table, partition: string, after: string): AsyncGenerator<Listed> {
  const query = {
    KeyConditionExpression: 'pk = :node',
    ExpressionAttributeValues: marshall({ ':node': partition }),
    ConsistentRead: true,
    // DynamoDB accepts a start key that belongs to no item.
    ...(after !== '' && { ExclusiveStartKey: marshall({ pk: partition, sk: after }) }),
  };
  for await (const item of itemsOf(table, query)) {
    const id = String(item.sk);
    yield { id, read: tryToRead(nodeRecord, id, item) };
  }
}

async function* itemsOf(
  { dynamodb, tableName }: Table,
  query: Omit<QueryCommandInput, 'TableName'>,
): AsyncGenerator<Item> {
  let from = query.ExclusiveStartKey;
  do {
    const command = new QueryCommand({ ...query, TableName: tableName, ExclusiveStartKey: from });
    const { Items = [], LastEvaluatedKey } = await callDynamoDb(() => dynamodb.send(command));
    for (const item of Items) yield unmarshall(item);
    from = LastEvaluatedKey;
  } while (from !== undefined);
}
