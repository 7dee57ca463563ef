/** Starting what a record says is wished for. */
import type { Intent, StatefulNode } from '../../domain/node/stateful-node';
import type { Ports } from '../ports';

export function startWish(
  { operations }: Pick<Ports, 'operations'>,
  { id }: StatefulNode,
  wish: Intent,
): Promise<void> {
  const { kind, reason, requestedAt } = wish;
  // The time in the name, without what a name may not hold, makes a repeated start harmless.
  const name = `${id}-${kind}-${requestedAt.replace(/[^0-9]/g, '')}`;
  return operations.start(kind, { nodeId: id, reason, requestedAt }, name);
}
