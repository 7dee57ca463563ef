/** The names that several responses show. */
export const NODE_STATUSES = ['ACTIVE', 'PAUSING', 'PAUSED', 'RESUMING', 'RECYCLING', 'DEALLOCATING', 'ERROR'] as const;

/** What starts an operation: see `StartedBy` and `Cause` in `domain/node/stateful-node.ts`. */
export const STARTED_BY = ['interruption', 'rebalance', 'request', 'retry', 'lost', 'unhealthy', 'drift'] as const;
