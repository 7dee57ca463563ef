/**
 * Under which keys the node records are.
 *
 * | pk                     | sk      |                                                       |
 * | `NODE#0` to `NODE#f`   | node id | the node record, by the id's first hexadecimal digit  |
 * | `NODE`                 | node id | a record that an earlier version has written there    |
 *
 * DynamoDB takes 1,000 write units a second for a partition key. Ids are random, so a storm spreads over all sixteen, and
 * they are in the order of the ids. A record is under one of its two keys. It moves once, from the second to the first,
 * in one transaction. So a reader that finds it under neither has looked too late or too early, and looks under the first
 * again.
 */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

export const SHARDS = Array.from({ length: 16 }, (_, digit) => digit.toString(16));
export const FORMER_PARTITION = 'NODE';

const ID_PREFIX = 'smi-';

/** An id of another form has no record, and is looked for in some shard. */
export function shardOf(nodeId: string): string {
  const digit = nodeId.slice(ID_PREFIX.length, ID_PREFIX.length + 1);
  return SHARDS.includes(digit) ? digit : SHARDS[0]!;
}

export function partitionOf(shard: string): string {
  return `${FORMER_PARTITION}#${shard}`;
}

export function presentKey(nodeId: string): ItemKey {
  return { pk: partitionOf(shardOf(nodeId)), sk: nodeId };
}

export function formerKey(nodeId: string): ItemKey {
  return { pk: FORMER_PARTITION, sk: nodeId };
}

/** The keys under which to look for a record, in this order. */
export function keysOf(nodeId: string): readonly ItemKey[] {
  return [presentKey(nodeId), formerKey(nodeId), presentKey(nodeId)];
}

/** Every id of the shard begins with this. */
export function idPrefixOf(shard: string): string {
  return `${ID_PREFIX}${shard}`;
}
