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
