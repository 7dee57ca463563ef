/** Starts what arrived while the operation ran, now that the node is free. */
import type { OperationInput } from '../owned-node';
import type { Ports } from '../ports';

export const startNext =
  ({ nodes, operations }: Pick<Ports, 'nodes' | 'operations'>) =>
  async ({ nodeId, generation }: OperationInput): Promise<{ readonly started: string | null }> => {
    const node = await nodes.get(nodeId);
    const intent = node?.intents[0];
    // Another operation has been faster: it has taken the intents over, or finds them when it ends.
    if (intent === undefined || node?.operation !== undefined) return { started: null };
    const { kind, reason, instanceId } = intent;
    await operations.start(kind, { nodeId, reason, instanceId }, `${nodeId}-${generation}-next`);
    return { started: kind };
  };
