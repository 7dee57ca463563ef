/** Starts the operation of a user intent. */
import type { Intent, StatefulNode } from '../../domain/node/stateful-node';
import type { Ports } from '../ports';

export function startIntent(
  { operations }: Pick<Ports, 'operations'>,
  { id }: StatefulNode,
  userIntent: Intent,
): Promise<void> {
  const { kind, reason, requestedAt } = userIntent;
  // The time in the execution name makes a repeated start harmless. Names allow no colons, hence the digits only.
  const name = `${id}-${kind}-${requestedAt.replace(/[^0-9]/g, '')}`;
  return operations.start(kind, { nodeId: id, reason, requestedAt }, name);
}
