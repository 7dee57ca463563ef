/** Starting what a record says is wished for. */
import type { Intent, StatefulNode } from '../../domain/node/stateful-node';
import type { Ports } from '../ports';

export function startIntent(
  { operations }: Pick<Ports, 'operations'>,
  { id }: StatefulNode,
  userIntent: Intent,
): Promise<void> {
  const { kind, reason, requestedAt } = userIntent;
  // The time in the name, without what a name may not hold, makes a repeated start harmless.
  const name = `${id}-${kind}-${requestedAt.replace(/[^0-9]/g, '')}`;
  return operations.start(kind, { nodeId: id, reason, requestedAt }, name);
}
