/**
 * After an operation: releases the claims that the node no longer needs, and starts the operation that follows.
 */
import { surplusClaims, unneededClaims } from '../../domain/node/claims';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { followUp, requestOf } from '../../domain/operation/intents';
import { decideAndSave, type OperationInput } from '../operation/owned-node';
import type { Ports } from '../ports';
import { info, type LogLine } from './log-lines';

export interface WoundUp {
  /** The kind of the operation that follows, if one does. */
  readonly started: string | null;
}

type WindUpPorts = Pick<Ports, 'nodes' | 'claims' | 'operations' | 'time'>;

export const windUp =
  ({ nodes, claims, operations, time }: WindUpPorts) =>
  async ({ nodeId, generation }: OperationInput): Promise<WoundUp> => {
    const node = await nodes.get(nodeId);
    // Another operation was faster. It has taken the intents over, or finds them when it ends.
    if (node === undefined || node.operation !== undefined) return { started: null };
    await releaseSurplus({ nodes, claims, time }, node);
    const next = followUp(node);
    if (next === undefined) return { started: null };
    await operations.start(next.kind, requestOf(node, next), `${nodeId}-${generation}-next`);
    return { started: next.kind };
  };

async function releaseSurplus(
  { nodes, claims, time }: Pick<WindUpPorts, 'nodes' | 'claims' | 'time'>,
  node: StatefulNode,
): Promise<void> {
  const surplus = surplusClaims(node);
  if (surplus.length === 0) return;
  for (const address of surplus) await claims.release(address, node.id);
  const { node: latest } = await decideAndSave(nodes, node.id, (current): { readonly node?: StatefulNode } => {
    if (current === undefined) return {};
    const gone = unneededClaims(current).filter((address) => surplus.includes(address));
    return { node: { ...current, heldClaims: current.heldClaims.filter((address) => !gone.includes(address)) } };
  });
  // An update may have claimed one of them again, just before it was released.
  const needed = surplus.filter((address) => latest?.heldClaims.includes(address) === true);
  const now = time.now().toISOString();
  for (const address of needed) await claims.claim({ address, nodeId: node.id, now });
}

export function describeWoundUp({ started }: WoundUp): LogLine | undefined {
  return started === null ? undefined : info(`next: ${started}`);
}
