/**
 * After an operation: releases the claims that the node no longer needs, and starts the operation that follows.
 */
import { surplusClaims } from '../../domain/node/claims';
import { followUp } from '../../domain/operation/intents';
import { decideAndSave, type OperationInput } from '../operation/owned-node';
import type { Ports } from '../ports';
import { info, type LogLine } from './log-lines';

export interface WoundUp {
  /** The kind of the operation that follows, if one does. */
  readonly started: string | null;
}

export const windUp =
  ({ nodes, claims, operations }: Pick<Ports, 'nodes' | 'claims' | 'operations'>) =>
  async ({ nodeId, generation }: OperationInput): Promise<WoundUp> => {
    const node = await nodes.get(nodeId);
    // Another operation was faster. It has taken the intents over, or finds them when it ends.
    if (node === undefined || node.operation !== undefined) return { started: null };
    const surplus = surplusClaims(node);
    for (const address of surplus) await claims.release(address, nodeId);
    if (surplus.length > 0) {
      await decideAndSave(nodes, nodeId, (current) => {
        if (current === undefined) return {};
        // An update may have asked for one of them again meanwhile.
        const gone = surplusClaims(current).filter((address) => surplus.includes(address));
        return { node: { ...current, heldClaims: current.heldClaims.filter((address) => !gone.includes(address)) } };
      });
    }
    const next = followUp(node);
    if (next === undefined) return { started: null };
    const { kind, reason, instanceId, requestedAt, endsAt, cause } = next;
    await operations.start(
      kind,
      { nodeId, reason, instanceId, endsAt, cause, requestedAt: instanceId === undefined ? requestedAt : undefined },
      `${nodeId}-${generation}-next`,
    );
    return { started: kind };
  };

export function describeWoundUp({ started }: WoundUp): LogLine | undefined {
  return started === null ? undefined : info(`next: ${started}`);
}
