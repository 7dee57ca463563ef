/** Ends a pause: the instance is gone, and the interface is free with its addresses. */
import { decidePaused, paused } from '../../domain/ending';
import { NotReady } from '../../domain/errors';
import { observeNode } from '../observe-node';
import { changeOwned, ownedNode, type OperationInput } from '../owned-node';
import type { Ports } from '../ports';

export const settlePause =
  (ports: Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'elasticIps' | 'time'>) =>
  async (input: OperationInput): Promise<{ readonly interfaceId: string | null }> => {
    const owned = await ownedNode(ports.nodes, input);
    const decision = decidePaused(await observeNode(ports, owned));
    if (decision.kind === 'not-yet') throw new NotReady(decision.because);
    const now = ports.time.now().toISOString();
    const node = await changeOwned(ports.nodes, input, (latest) => paused(latest.node, now));
    return { interfaceId: node.identity.interfaceId ?? null };
  };
