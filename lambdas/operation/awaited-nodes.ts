/** Waits for addresses of nodes that are being deleted. */
import { NotReady } from '../../domain/errors';
import { whyAwaited } from '../../domain/node/awaited-nodes';
import type { StatefulNode } from '../../domain/node/stateful-node';
import type { Nodes } from '../ports';

/** The nodes that the node waits for. A deletion removes the record last, so a node without a record has left. */
export async function awaitedNodes(
  nodes: Pick<Nodes, 'get'>,
  { awaitedNodeIds = [] }: Pick<StatefulNode, 'awaitedNodeIds'>,
): Promise<readonly StatefulNode[]> {
  const found = await Promise.all(awaitedNodeIds.map((id) => nodes.get(id)));
  return found.filter((node) => node !== undefined);
}

/** @throws NotReady while a node that the node waits for may have the address */
export async function refuseAwaited(
  nodes: Pick<Nodes, 'get'>,
  node: Pick<StatefulNode, 'awaitedNodeIds'>,
  address: Parameters<typeof whyAwaited>[1],
): Promise<void> {
  const because = whyAwaited(await awaitedNodes(nodes, node), address);
  if (because !== undefined) throw new NotReady(because);
}
