/** Reads what EC2 shows of a node, living or deleted, and of everything that deletions have left. */
import { resourcesIn, type NodeResource } from '../../domain/operation/left-resources';
import type { Ports } from '../ports';

export type ResourcePorts = Pick<Ports, 'fleet' | 'volumes'>;

/**
 * Everything of one node, in order of the ids. Empty if EC2 shows nothing.
 * @param allocationId the Elastic IP of the node's configuration, if the node exists
 */
export async function resourcesOfNode(
  { fleet, volumes }: ResourcePorts,
  nodeId: string,
  allocationId?: string,
): Promise<readonly NodeResource[]> {
  const listed = {
    instances: await fleet.instances(nodeId),
    interfaces: await fleet.interfaces(nodeId),
    volumes: await volumes.ofNode(nodeId),
    elasticIps: await fleet.elasticIps(),
  };
  return resourcesIn(listed, allocationId === undefined ? undefined : { nodeId, allocationId });
}

/** Everything in the deployment that the deletions of nodes have left, in order of the ids. */
export async function leftResources({ fleet, volumes }: ResourcePorts): Promise<readonly NodeResource[]> {
  const [instances, interfaces, left, elasticIps] = await Promise.all([
    fleet.instances(),
    fleet.interfaces(),
    volumes.left(),
    fleet.elasticIps(),
  ]);
  const isLeft = ({ leftBy }: NodeResource): boolean => leftBy !== undefined;
  return resourcesIn({ instances, interfaces, volumes: left, elasticIps }).filter(isLeft);
}
