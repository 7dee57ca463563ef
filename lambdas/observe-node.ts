/** What EC2 shows of everything that an operation has to do with. */
import type { SeenNode } from '../domain/ending';
import type { SeenInterface } from '../domain/observations';
import type { LaunchProgress, OwnedNode } from '../domain/stateful-node';
import type { Ports } from './ports';

export async function observeNode(
  { instances, interfaces, elasticIps }: Pick<Ports, 'instances' | 'interfaces' | 'elasticIps'>,
  { node, operation }: OwnedNode,
): Promise<SeenNode> {
  const { interfaceId } = node.identity;
  const { elasticIp } = operation.config.compute;
  const [replacement, old, eni, eip, ...retired] = await Promise.all([
    observeReplacement(instances, operation.launch),
    operation.oldInstanceId === undefined ? undefined : instances.observe(operation.oldInstanceId),
    interfaceId === undefined ? undefined : interfaces.observe(interfaceId),
    elasticIp === undefined ? undefined : elasticIps.observe(elasticIp),
    ...operation.retiredInterfaceIds.map((id) => interfaces.observe(id)),
  ]);
  const isSeen = (seen: SeenInterface | undefined): seen is SeenInterface => seen !== undefined;
  return { replacement, old, interface: eni, elasticIp: eip, retired: retired.filter(isSeen) };
}

/** One whose launch was asked for and not answered is found by its token, if it is there. */
function observeReplacement(instances: Ports['instances'], launch: LaunchProgress | undefined) {
  if (launch?.instanceId !== undefined) return instances.observe(launch.instanceId);
  const isUnanswered = launch?.state === 'requested' && launch.request !== undefined;
  return isUnanswered ? instances.launchedBy(launch.request.clientToken) : undefined;
}
