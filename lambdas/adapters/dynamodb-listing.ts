/**
 * The list for pages, from the index `Listed`: see `domain/records/node-index.ts`. An id begins with its shard, so the order
 * of the ids is that of the shards, and a page reads the few shards that it needs.
 *
 * The tag is made of what the same reads have shown, so a list from an index that lags has the tag of an earlier state, and
 * never one of a state that it does not show.
 */
import { createHash } from 'node:crypto';
import { GetItemCommand, QueryCommand, UpdateItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { UnreadableRecord } from '../../domain/errors';
import { listedNode, type ListedNode } from '../../domain/operation/listed-node';
import { latestChanges, type Change } from '../../domain/records/latest-changes';
import { listedIn } from '../../domain/records/listed-record';
import { LIST_INDEX } from '../../domain/records/node-index';
import { idPrefixOf, SHARDS } from '../../domain/records/node-keys';
import type { NodeListing, Time } from '../ports';
import { callDynamoDb } from './dynamodb-error';
import { formerNodes, isIndexMissing, readableFrom } from './dynamodb-node-lists';
import { nodeReader } from './dynamodb-node-reader';
import type { Table } from './dynamodb-table';

/** Changes with the form of the list, so that a client does not keep a list of an earlier version. */
const FORM = 1;
/** Nearly always enough to see the changes that count. */
const FIRST_CHANGES = 5;
const MORE_CHANGES = 100;

export function nodeListing(table: Table, time: Pick<Time, 'now'>): NodeListing {
  const now = () => time.now().toISOString();
  return {
    async tag() {
      const at = now();
      return orWhole(
        async () => {
          const [removals, former, ...shards] = await Promise.all([
            removalsIn(table),
            formerNodes(table),
            ...SHARDS.map((shard) => changesThatCount(table, shard, at)),
          ]);
          return tagOf(removals, former.map(listedNode), shards);
        },
        async () => undefined,
      );
    },
    async list(query) {
      return orWhole(
        () => fromIndex(table, query, now()),
        () => fromRecords(table, query),
      );
    },
  };
}

/**
 * Counts a removal. Called before the record is removed, so that the tag is not again what it was before the record's last
 * change.
 */
export async function countRemoval({ dynamodb, tableName }: Table): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: tableName,
    Key: REMOVALS,
    UpdateExpression: 'ADD removals :one',
    ExpressionAttributeValues: marshall({ ':one': 1 }),
  });
  await callDynamoDb(() => dynamodb.send(command));
}

const REMOVALS = marshall({ pk: 'REMOVALS', sk: 'NODES' });

async function removalsIn({ dynamodb, tableName }: Table): Promise<number> {
  const command = new GetItemCommand({ TableName: tableName, Key: REMOVALS, ConsistentRead: true });
  const { Item } = await callDynamoDb(() => dynamodb.send(command));
  return Number(Item?.removals?.N ?? 0);
}

/** A table that the stack did not make may lack the index, and a new index cannot be read at once. */
async function orWhole<T>(fromIndexed: () => Promise<T>, otherwise: () => Promise<T>): Promise<T> {
  try {
    return await fromIndexed();
  } catch (error) {
    if (!isIndexMissing(error)) throw error;
    return otherwise();
  }
}

type Query = Parameters<NodeListing['list']>[0];
type Listed = Awaited<ReturnType<NodeListing['list']>>;

async function fromIndex(table: Table, { after = '', limit = Infinity }: Query, now: string): Promise<Listed> {
  // Before the shards: a record that moves meanwhile is then seen in one of the two places.
  const [removals, former] = await Promise.all([removalsIn(table), formerNodes(table)]);
  const earlier = former.map(listedNode);
  const wanted = SHARDS.filter((shard) => after < `${idPrefixOf(shard)}~`);
  const counted = new Map<string, readonly Change[]>();
  let nodes: readonly ListedNode[] = earlier.filter((node) => isShown(node, after));
  let read = 0;
  // Few nodes are in many shards, and many nodes in one: so the number of shards that are read at once doubles.
  for (let atOnce = 1; read < wanted.length && fewerThan(limit, nodes, wanted[read]!); atOnce *= 2) {
    const wave = wanted.slice(read, read + (limit === Infinity ? SHARDS.length : atOnce));
    const changes = await Promise.all(wave.map((shard) => allChanges(table, shard)));
    wave.forEach((shard, index) => counted.set(shard, latestChanges(changes[index]!, now, true) ?? []));
    const present = await nodesOf(table, changes.flat());
    nodes = joined(
      nodes,
      present.filter((node) => isShown(node, after)),
    );
    read += wave.length;
  }
  const others = SHARDS.filter((shard) => !counted.has(shard));
  const rest = await Promise.all(others.map((shard) => changesThatCount(table, shard, now)));
  others.forEach((shard, index) => counted.set(shard, rest[index]!));
  const tag = tagOf(
    removals,
    earlier,
    SHARDS.map((shard) => counted.get(shard) ?? []),
  );
  return { ...pageOf(nodes, limit, read === wanted.length), tag };
}

function isShown({ id, isLeaving }: ListedNode, after: string): boolean {
  return id > after && !isLeaving;
}

/** Whether a page must read the next shard: all nodes before it are known. */
function fewerThan(limit: number, nodes: readonly ListedNode[], nextShard: string): boolean {
  return nodes.filter(({ id }) => id < idPrefixOf(nextShard)).length <= limit;
}

function pageOf(nodes: readonly ListedNode[], limit: number, areAll: boolean): Omit<Listed, 'tag'> {
  const shown = nodes.slice(0, limit);
  return { nodes: shown, isLast: areAll && shown.length === nodes.length };
}

/** One entry for each id, the present one before the former, in the order of the ids. */
function joined(former: readonly ListedNode[], present: readonly ListedNode[]): readonly ListedNode[] {
  const byId = new Map([...former, ...present].map((node) => [node.id, node]));
  return [...byId.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** Without an index: the whole records. The tag is of what they show. */
async function fromRecords(table: Table, { after, limit = Infinity }: Query): Promise<Listed> {
  const nodes: ListedNode[] = [];
  for await (const node of readableFrom(table, after)) {
    if (node.deletion === undefined) nodes.push(listedNode(node));
    if (nodes.length > limit) break;
  }
  const { nodes: shown, isLast } = pageOf(nodes, limit, nodes.length <= limit);
  return { nodes: shown, isLast, tag: tagOf(0, shown, []) };
}

/** What the index shows of the nodes. What an earlier version has written is read from the records. */
async function nodesOf(table: Table, changes: readonly Change[]): Promise<readonly ListedNode[]> {
  const { get } = nodeReader(table);
  const nodes: ListedNode[] = [];
  const unlisted: string[] = [];
  for (const { id, changedAt, listed } of changes) {
    const node = listedIn(id, changedAt, listed);
    if (node === undefined) unlisted.push(id);
    else nodes.push(node);
  }
  for (let from = 0; from < unlisted.length; from += READS_AT_ONCE) {
    const read = await Promise.all(unlisted.slice(from, from + READS_AT_ONCE).map((id) => readable(get(id))));
    nodes.push(...read.filter((node) => node !== undefined).map(listedNode));
  }
  return nodes;
}

const READS_AT_ONCE = 32;

/** An unreadable record is in no list, and hides no other. */
async function readable<T>(reading: Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof UnreadableRecord) return undefined;
    throw error;
  }
}

/** Those of a shard that count for the tag. */
async function changesThatCount(table: Table, shard: string, now: string): Promise<readonly Change[]> {
  const found: Change[] = [];
  for await (const { changes, isLast } of pagesOf(table, shard, [FIRST_CHANGES, MORE_CHANGES])) {
    found.push(...changes);
    const counted = latestChanges(found, now, isLast);
    if (counted !== undefined) return counted;
  }
  return found;
}

async function allChanges(table: Table, shard: string): Promise<readonly Change[]> {
  const found: Change[] = [];
  for await (const { changes } of pagesOf(table, shard, [])) found.push(...changes);
  return found;
}

/** The latest first. @param limits of the pages; the last one counts for all further pages, and none for all that fits */
async function* pagesOf(
  { dynamodb, tableName }: Table,
  shard: string,
  limits: readonly number[],
): AsyncGenerator<{ readonly changes: readonly Change[]; readonly isLast: boolean }> {
  let from: Record<string, AttributeValue> | undefined;
  let page = 0;
  do {
    const command = new QueryCommand({
      TableName: tableName,
      IndexName: LIST_INDEX.name,
      KeyConditionExpression: '#shard = :shard',
      ExpressionAttributeNames: { '#shard': LIST_INDEX.shard },
      ExpressionAttributeValues: marshall({ ':shard': shard }),
      ScanIndexForward: false,
      Limit: limits[Math.min(page, limits.length - 1)],
      ExclusiveStartKey: from,
    });
    const { Items = [], LastEvaluatedKey } = await callDynamoDb(() => dynamodb.send(command));
    from = LastEvaluatedKey;
    page += 1;
    yield { changes: Items.map((item) => changeIn(unmarshall(item))), isLast: from === undefined };
  } while (from !== undefined);
}

function changeIn(item: Readonly<Record<string, unknown>>): Change {
  const listed = item[LIST_INDEX.listed];
  return {
    id: String(item.sk),
    changedAt: String(item[LIST_INDEX.changedAt]),
    listed: typeof listed === 'string' ? listed : '',
  };
}

function tagOf(removals: number, former: readonly ListedNode[], shards: readonly (readonly Change[])[]): string {
  const changes = shards.map((each) => each.map(({ id, changedAt, listed }) => [id, changedAt, listed]));
  return createHash('sha256')
    .update(JSON.stringify([FORM, removals, former, changes]))
    .digest('base64url');
}
