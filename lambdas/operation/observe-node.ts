/** What EC2 shows of everything that an operation works on. */
import type { SeenNode } from '../../domain/operation/seen-node';
import type { SeenInterfaces } from '../../domain/operation/network-interface';
import type { LaunchProgress, OwnedNode } from '../../domain/node/stateful-node';
import type { Ports } from '../ports';

export async function observeNode(
  { instances, interfaces, elasticIps }: Pick<Ports, 'instances' | 'interfaces' | 'elasticIps'>,
  { node, operation }: OwnedNode,
): Promise<SeenNode> {
  const { elasticIp } = operation.config.compute;
  const [replacement, old, seenInterfaces, eip] = await Promise.all([
    observeReplacement(instances, operation.launch),
    operation.oldInstanceId === undefined ? undefined : instances.observe(operation.oldInstanceId),
    observeInterfaces({ interfaces }, { node, operation }),
    elasticIp === undefined ? undefined : elasticIps.observe(elasticIp),
  ]);
  return { replacement, old, ...seenInterfaces, elasticIp: eip };
}

export async function observeInterfaces(
  { interfaces }: Pick<Ports, 'interfaces'>,
  { node, operation }: OwnedNode,
): Promise<SeenInterfaces> {
  const { interfaceId } = node.identity;
  const [eni, ...retired] = await Promise.all([
    interfaceId === undefined ? undefined : interfaces.observe(interfaceId),
    ...operation.retiredInterfaceIds.map((id) => interfaces.observe(id)),
  ]);
  return { interface: eni, retired: retired.filter((seen) => seen !== undefined) };
}

/** If we asked for a launch and got no answer, the client token finds the instance, if there is one. */
function observeReplacement(instances: Ports['instances'], launch: LaunchProgress | undefined) {
  if (launch?.state === 'launched') return instances.observe(launch.instanceId);
  return launch?.state === 'requested' ? instances.launchedBy(launch.clientToken) : undefined;
}
