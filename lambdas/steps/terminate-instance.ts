/** Terminates the old instance, so that its interface comes free (cold) or because another carries it (hot). */
import { hasEnded } from '../../domain/launch';
import { ownedNode, type OperationInput } from '../owned-node';
import type { Ports } from '../ports';

export const terminateInstance =
  ({ nodes, instances }: Pick<Ports, 'nodes' | 'instances'>) =>
  async (input: OperationInput): Promise<{ readonly instanceId: string | null }> => {
    const { operation } = await ownedNode(nodes, input);
    const instanceId = operation.oldInstanceId;
    if (instanceId === undefined) return { instanceId: null };
    const seen = await instances.observe(instanceId);
    if (seen !== undefined && !hasEnded(seen)) await instances.terminate(instanceId);
    return { instanceId };
  };
