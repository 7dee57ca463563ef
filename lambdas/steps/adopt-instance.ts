/**
 * Adopts the instance that the node is imported from: it is marked as the node's, its interface is made to outlive it,
 * and events about it find the node. The instance itself goes on as before.
 */
import { adopt, type AdoptPorts } from '../operation/adoption';
import type { OperationInput } from '../operation/owned-node';

export const adoptInstance =
  (ports: AdoptPorts) =>
  async (input: OperationInput): Promise<{ readonly instanceId: string | null }> => {
    const adoption = await adopt(ports, input);
    return { instanceId: adoption?.originalInstanceId ?? null };
  };
