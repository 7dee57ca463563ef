/**
 * Adopts the instance that the node is imported from: it is marked as the node's, its interface is made to outlive it,
 * and events about it find the node. The instance itself goes on as before.
 */
import { adopt, type AdoptPorts } from '../operation/adoption';
import type { OperationInput } from '../operation/owned-node';
import { info, type LogLine } from './log-lines';

export interface Adopted {
  /** Null if there is nothing to adopt any more. */
  readonly instanceId: string | null;
}

export const adoptInstance =
  (ports: AdoptPorts) =>
  async (input: OperationInput): Promise<Adopted> => {
    const adoption = await adopt(ports, input);
    return { instanceId: adoption?.originalInstanceId ?? null };
  };

export function describeAdopted({ instanceId }: Adopted): LogLine {
  return info(`${instanceId ?? 'nothing'} is adopted, and goes on until it is replaced`);
}
