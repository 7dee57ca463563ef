/** Makes sure that the Elastic IP is on the node's interface, wherever it is now. */
import { awaitsElasticIp } from '../../domain/operation/elastic-ip';
import { InterfaceMissing } from '../../domain/errors';
import { associateIfElsewhere } from '../operation/associating';
import { ownedNode, type OperationInput } from '../operation/owned-node';
import type { Ports } from '../ports';
import { info, type LogLine } from './log-lines';

export interface Associated {
  /** Null if the node has no Elastic IP. */
  readonly publicIp: string | null;
}

export const associateEip =
  ({ nodes, elasticIps }: Pick<Ports, 'nodes' | 'elasticIps'>) =>
  async (input: OperationInput): Promise<Associated> => {
    const { node, operation } = await ownedNode(nodes, input);
    const allocationId = operation.config.compute.elasticIp;
    if (allocationId === undefined) return { publicIp: null };
    // A pause that releases the address would only have to remove it again.
    if (operation.kind === 'pause' && !awaitsElasticIp({ config: operation.config })) return { publicIp: null };
    const { interfaceId } = node.identity;
    if (interfaceId === undefined) throw new InterfaceMissing(`${node.id} has no interface`);
    return { publicIp: await associateIfElsewhere({ nodes, elasticIps }, node, allocationId, interfaceId) };
  };

export function describeAssociated({ publicIp }: Associated): LogLine | undefined {
  return publicIp === null ? undefined : info(`Elastic IP ${publicIp} is on the interface`);
}
