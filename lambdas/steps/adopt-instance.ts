/**
 * Adopts the original: gives it the node's tags, makes sure that its interface outlives it, and lets events about it
 * find the node. The instance itself keeps running as before.
 */
import { adopt, type AdoptPorts } from '../operation/adoption';
import type { OperationInput } from '../operation/owned-node';
import { info, type LogLine } from './log-lines';

export interface Adopted {
  /** Null if the node has no open import. */
  readonly instanceId: string | null;
}

export const adoptInstance =
  (ports: AdoptPorts) =>
  async (input: OperationInput): Promise<Adopted> => {
    const adoption = await adopt(ports, input);
    return { instanceId: adoption?.originalInstanceId ?? null };
  };

export function describeAdopted({ instanceId }: Adopted): LogLine | undefined {
  return instanceId === null ? undefined : info(`${instanceId} is adopted, and keeps running until it is replaced`);
}
