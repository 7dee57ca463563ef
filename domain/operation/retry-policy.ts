/** Decides whether a failed operation is tried again automatically, when, and as which operation. */
import type { OperationError } from './failure-reason';
import { latestUserIntent } from './intents';
import type { Failure, NodeInstance, OperationKind, OwnedNode, Remains, StatefulNode } from '../node/stateful-node';

/** What a failure leaves of the node. */
export interface Aftermath {
  readonly survivor: NodeInstance | undefined;
  readonly remains: Remains | undefined;
  /** Whether EC2 could not be asked. Then the record may name what no longer exists until the next try has looked. */
  readonly isUnseen?: boolean;
}

/** Errors that recur until a person changes the node. The names are written out, because bundling renames classes. */
const NEEDS_A_PERSON: readonly string[] = ['ElasticIpMissing'];

/**
 * Seconds until the next try. The last pause repeats without end, because capacity, quotas and permissions may return.
 * It keeps the executions of a node that cannot recover below ten an hour.
 */
const PAUSES_SECONDS = [60, 120, 300, 600] as const;

/** The failure as the record holds it. `now` is ISO 8601, UTC. */
export function failureAfter(owned: OwnedNode, aftermath: Aftermath, error: OperationError, now: string): Failure {
  const count = (owned.node.failure?.count ?? 0) + 1;
  const operation = operationToRetry(owned, aftermath);
  const { remains, isUnseen } = aftermath;
  // A deletion is always tried again. So is anything whose outcome is unknown, because only the next try finds it out.
  const isRetried = operation === 'delete' || isUnseen === true || !needsAPerson(error);
  return {
    operation,
    errorName: error.name,
    count,
    ...(isRetried && { nextTryAt: afterPause(count, now) }),
    ...(remains !== undefined && { remains }),
  };
}

/** Whether an automatic try would fail in the same way. */
export function needsAPerson({ name }: OperationError): boolean {
  return NEEDS_A_PERSON.includes(name);
}

function operationToRetry({ node, operation }: OwnedNode, aftermath: Aftermath): OperationKind {
  const { kind } = operation;
  if (kind === 'adjust') return afterAdjustment(node, aftermath);
  // A resume was requested during the pause: the node keeps the instance that is still there.
  if (kind === 'pause' && aftermath.survivor !== undefined && latestUserIntent(node)?.kind === 'launch')
    return 'adjust';
  return kind === 'launch' || kind === 'replace' ? launchOrReplace(aftermath) : kind;
}

/** An adjustment launches no instance, and does not do what failed before it: that must still be done. */
function afterAdjustment({ instance, failure }: StatefulNode, aftermath: Aftermath): OperationKind {
  const missed = failure?.operation ?? 'adjust';
  if (missed === 'pause' || missed === 'delete') return missed;
  const hasLostInstance = instance !== undefined && aftermath.survivor === undefined;
  return missed !== 'adjust' || hasLostInstance ? launchOrReplace(aftermath) : 'adjust';
}

/** A replacement, if there is something to replace. */
function launchOrReplace({ survivor, remains }: Aftermath): 'launch' | 'replace' {
  return survivor === undefined && remains?.oldInstanceId === undefined ? 'launch' : 'replace';
}

/** When the pause after so many tries is over. Both times are ISO 8601, UTC. */
export function afterPause(count: number, since: string): string {
  const seconds = PAUSES_SECONDS[Math.min(count, PAUSES_SECONDS.length) - 1] ?? 0;
  return new Date(Date.parse(since) + seconds * 1000).toISOString();
}

/** The record of a node whose last failure is over. */
export function withoutFailure(node: StatefulNode): StatefulNode {
  const { failure: _failure, errorReason: _reason, ...rest } = node;
  return rest;
}
