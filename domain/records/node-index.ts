/**
 * The index of the nodes, and the attributes that it has of a node record. Only node records have a shard, so it holds
 * nothing else. What the reconciler reads of a node at rest must stay small: DynamoDB bills what an index holds by the byte.
 */
export const NODE_INDEX = {
  name: 'AtRest',
  /** Its partition key: the first hexadecimal digit of the node's id. */
  shard: 'shard',
  /** What the reconciler compares of a node at rest (`at-rest-record.ts`). Absent: the node is not at rest. */
  atRest: 'atRest',
} as const;

/**
 * The index of the list for pages. Every node record has both keys, in earlier versions too, so a table that gets the index
 * has all of its nodes in it. Its order by the latest change tells with a small read whether anything has changed.
 */
export const LIST_INDEX = {
  name: 'Listed',
  /** Its partition key. */
  shard: NODE_INDEX.shard,
  /** Its sort key: when the record was changed. */
  changedAt: 'updatedAt',
  /** What the list shows (`listed-record.ts`). Absent in records of earlier versions. */
  listed: 'listed',
} as const;
