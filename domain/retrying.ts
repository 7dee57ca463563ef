/** After a failed operation: is it tried again by itself, when, and as what? */
import type { Failure, NodeInstance, OperationKind, OwnedNode } from './stateful-node';

/** What an operation failed with. */
export interface OperationError {
  /** One of the names of `errors.ts`, or of Step Functions' or Lambda's own. */
  readonly name: string;
  readonly message: string;
}

/** The state that a failure leaves the node in. */
export interface Aftermath {
  readonly status: 'ERROR' | 'PAUSED';
  readonly survivor: NodeInstance | undefined;
}

/** Trying again would come to the same until a person has changed something. Spelled out: bundling renames classes. */
const NEEDS_A_PERSON: readonly string[] = [
  'AddressTaken',
  'ElasticIpMissing',
  'ReplacementsKeepEnding',
  'RequestRejected',
];

/** Seconds until the next try; the last goes on for ever, because capacity and quotas do come back one day. */
const PAUSES_SECONDS = [60, 120, 300, 600] as const;

export function isAddressTaken({ name }: OperationError): boolean {
  return name === 'AddressTaken';
}

/** What the record says of the failure. `now` is ISO 8601, UTC. */
export function failureAfter(owned: OwnedNode, aftermath: Aftermath, error: OperationError, now: string): Failure {
  const count = (owned.node.failure?.count ?? 0) + 1;
  const operation = operationToRetry(owned, aftermath);
  // Cleaning up is never given up, and an address that is taken may be let go of again.
  const isRetried = operation === 'delete' || aftermath.status === 'PAUSED' || !NEEDS_A_PERSON.includes(error.name);
  return { operation, count, ...(isRetried && { nextTryAt: afterPause(count, now) }) };
}

function operationToRetry({ node, operation }: OwnedNode, { survivor }: Aftermath): OperationKind {
  // An adjustment brings no instance: a node that lost its own goes on missing one.
  const missed = operation.kind === 'adjust' ? node.failure?.operation : undefined;
  const bringsInstance = [operation.kind, missed].some((kind) => kind === 'launch' || kind === 'replace');
  const hasLostInstance = operation.kind === 'adjust' && node.instance !== undefined && survivor === undefined;
  if (bringsInstance || hasLostInstance) return survivor === undefined ? 'launch' : 'replace';
  return operation.kind;
}

function afterPause(count: number, now: string): string {
  const seconds = PAUSES_SECONDS[Math.min(count, PAUSES_SECONDS.length) - 1] ?? 0;
  return new Date(Date.parse(now) + seconds * 1000).toISOString();
}
