/** Puts the Elastic IP on the node's interface, wherever it is now. */
import { ElasticIpMissing, NotYetVisible } from '../../domain/errors';
import { decideAddress } from '../../domain/operation/elastic-ip';
import type { OwnedNode, StatefulNode } from '../../domain/node/stateful-node';
import { refuseAwaited } from './awaited-nodes';
import type { Ports } from '../ports';

type AssociatePorts = Pick<Ports, 'nodes' | 'elasticIps'>;

/**
 * Looks where the Elastic IP is, and associates it with the interface if it is elsewhere. Returns the public IP.
 * @throws ElasticIpMissing @throws InterfaceMissing
 * @throws NotReady while a node that is being deleted may use the address
 */
export async function associateIfElsewhere(
  { nodes, elasticIps }: AssociatePorts,
  node: StatefulNode,
  allocationId: string,
  interfaceId: string,
): Promise<string> {
  const seen = await elasticIps.observe(allocationId);
  if (seen === undefined) throw ElasticIpMissing.of(allocationId);
  if (decideAddress(seen, interfaceId).kind === 'associate') {
    // The instance of a node that is being deleted may still serve its clients on this address.
    await refuseAwaited(nodes, node, { kind: 'elastic-ip', address: allocationId });
    await elasticIps.associate(allocationId, interfaceId);
  }
  return seen.publicIp;
}

/**
 * The same, in one call if the node has had the address before: EC2 keeps an association that is there already. The end of
 * an instance may have ended it.
 * @throws ElasticIpMissing @throws InterfaceMissing @throws NotReady
 */
export async function associateAgain(ports: AssociatePorts, { node, operation }: OwnedNode): Promise<void> {
  const allocationId = operation.config.compute.elasticIp;
  const { interfaceId } = node.identity;
  if (allocationId === undefined || interfaceId === undefined) return;
  if (!isOurs(node, allocationId)) {
    await associateIfElsewhere(ports, node, allocationId, interfaceId);
    return;
  }
  try {
    await ports.elasticIps.associate(allocationId, interfaceId);
  } catch (error) {
    if (error instanceof NotYetVisible && (await ports.elasticIps.observe(allocationId)) === undefined) {
      throw ElasticIpMissing.of(allocationId);
    }
    throw error;
  }
}

/** Whether the address has been on the node's interface, and no node that is being deleted may use it. */
export function isOurs({ identity, awaitedNodeIds = [] }: StatefulNode, allocationId: string): boolean {
  return identity.allocationId === allocationId && awaitedNodeIds.length === 0;
}
