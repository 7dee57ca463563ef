/** After a failed operation: is it tried again by itself, when, and as what? */
import type { OperationError } from './failure-reason';
import { latestUserIntent } from './intents';
import type { Failure, NodeInstance, OperationKind, OwnedNode, Remains, StatefulNode } from '../node/stateful-node';

/** The state that a failure leaves the node in. */
export interface Aftermath {
  readonly survivor: NodeInstance | undefined;
  readonly remains: Remains | undefined;
}

/** Trying again would fail in the same way until a person has changed the node. Spelled out: bundling renames classes. */
const NEEDS_A_PERSON: readonly string[] = ['ElasticIpMissing'];

/**
 * Seconds until the next try. The last goes on for ever, because capacity, quotas and permissions do come back one day;
 * it keeps the executions of a node that cannot be helped below ten an hour.
 */
const PAUSES_SECONDS = [60, 120, 300, 600] as const;

/** What the record says of the failure. `now` is ISO 8601, UTC. */
export function failureAfter(owned: OwnedNode, aftermath: Aftermath, error: OperationError, now: string): Failure {
  const count = (owned.node.failure?.count ?? 0) + 1;
  const operation = operationToRetry(owned, aftermath);
  // Cleaning up is never given up.
  const isRetried = operation === 'delete' || !needsAPerson(error);
  const { remains } = aftermath;
  return {
    operation,
    count,
    ...(isRetried && { nextTryAt: afterPause(count, now) }),
    ...(remains !== undefined && { remains }),
  };
}

/** Whether trying again by itself is pointless. */
export function needsAPerson({ name }: OperationError): boolean {
  return NEEDS_A_PERSON.includes(name);
}

function operationToRetry({ node, operation }: OwnedNode, aftermath: Aftermath): OperationKind {
  const { kind } = operation;
  if (kind === 'adjust') return afterAdjustment(node, aftermath);
  // Asked for while the pause was under way: the instance that has lived through it is what the node runs on.
  if (kind === 'pause' && aftermath.survivor !== undefined && latestUserIntent(node)?.kind === 'launch')
    return 'adjust';
  return kind === 'launch' || kind === 'replace' ? bringingInstance(aftermath) : kind;
}

/** An adjustment does nothing of what failed before it, so that stays to be done; and it brings no instance. */
function afterAdjustment({ instance, failure }: StatefulNode, aftermath: Aftermath): OperationKind {
  const missed = failure?.operation ?? 'adjust';
  if (missed === 'pause' || missed === 'delete') return missed;
  const hasLostInstance = instance !== undefined && aftermath.survivor === undefined;
  return missed !== 'adjust' || hasLostInstance ? bringingInstance(aftermath) : 'adjust';
}

/** A replacement, if there is something to replace. */
function bringingInstance({ survivor, remains }: Aftermath): 'launch' | 'replace' {
  return survivor === undefined && remains?.oldInstanceId === undefined ? 'launch' : 'replace';
}

/** When the pause after so many tries is over. Both times are ISO 8601, UTC. */
export function afterPause(count: number, since: string): string {
  const seconds = PAUSES_SECONDS[Math.min(count, PAUSES_SECONDS.length) - 1] ?? 0;
  return new Date(Date.parse(since) + seconds * 1000).toISOString();
}
