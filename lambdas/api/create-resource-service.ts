/** Implements the calls about resources on the ports. */
import { decideLeftDeletion } from '../../domain/operation/left-resources';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { leftResources, resourcesOfNode } from '../operation/node-resources';
import type { Ports } from '../ports';
import { InvalidRequest, NodeMissing } from './node-service';
import { ResourceMissing, type ResourceService } from './resource-service';
import { refuseDoubt } from './table-ownership';

type ServicePorts = Pick<Ports, 'nodes' | 'fleet' | 'volumes' | 'interfaces' | 'ownership' | 'log' | 'time'>;

export function createResourceService(ports: ServicePorts): ResourceService {
  return {
    ofNode: async (nodeId) => {
      const node = await ports.nodes.get(nodeId);
      const resources = await resourcesOfNode(ports, nodeId, node === undefined ? undefined : elasticIpOf(node));
      // A deleted node that has left nothing looks like one that never existed.
      if (node === undefined && resources.length === 0) throw new NodeMissing(nodeId);
      return resources;
    },
    left: () => leftResources(ports),
    delete: (nodeId, resourceId) => deleteLeft(ports, nodeId, resourceId),
  };
}

function elasticIpOf({ identity, config }: StatefulNode): string | undefined {
  return identity.allocationId ?? config.compute.elasticIp;
}

async function deleteLeft(ports: ServicePorts, nodeId: string, resourceId: string): Promise<void> {
  await refuseDoubt(ports);
  const refuse = (message: string): never => {
    throw new InvalidRequest([{ field: 'resourceId', message }]);
  };
  // The deletion itself still works on what it leaves. Or the record is older than the deletion, and proves nothing.
  if ((await ports.nodes.get(nodeId)) !== undefined) refuse(`${nodeId} still exists, so nothing of it is left yet`);
  const decision = decideLeftDeletion(nodeId, resourceId, await resourcesOfNode(ports, nodeId));
  switch (decision.kind) {
    case 'missing':
      throw new ResourceMissing(nodeId, resourceId);
    case 'refused':
      return refuse(decision.because);
    case 'nothing':
      return;
    case 'delete': {
      const createdAt = ports.time.now().toISOString();
      const message = `${resourceId}, which the deletion has left, is deleted at a person's request`;
      await ports.log.append(nodeId, { createdAt, severity: 'INFO', message });
      await ports[decision.resource.kind === 'volume' ? 'volumes' : 'interfaces'].delete(resourceId);
    }
  }
}
