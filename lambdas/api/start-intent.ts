/** Starts the operation that follows from what a person has asked for. */
import type { StatefulNode } from '../../domain/node/stateful-node';
import { requestOf, type FollowUp } from '../../domain/operation/intents';
import type { Ports } from '../ports';

/** `node` is the record that the request has just written. */
export function startIntent(
  { operations }: Pick<Ports, 'operations'>,
  node: StatefulNode,
  next: FollowUp,
): Promise<void> {
  // The time of the request in the execution name makes a repeated start harmless. Names allow no colons.
  const name = `${node.id}-${next.kind}-${node.updatedAt.replace(/[^0-9]/g, '')}`;
  return operations.start(next.kind, requestOf(node, next), name);
}
