/** What EC2 shows of everything that an operation has to do with. */
import type { SeenNode } from '../domain/ending';
import type { SeenInterface } from '../domain/observations';
import type { OwnedNode } from '../domain/stateful-node';
import type { Ports } from './ports';

export async function observeNode(
  { instances, interfaces, elasticIps }: Pick<Ports, 'instances' | 'interfaces' | 'elasticIps'>,
  { node, operation }: OwnedNode,
): Promise<SeenNode> {
  const replacementId = operation.launch?.instanceId;
  const { interfaceId } = node.identity;
  const { elasticIp } = operation.config.compute;
  const [replacement, old, eni, eip, ...retired] = await Promise.all([
    replacementId === undefined ? undefined : instances.observe(replacementId),
    operation.oldInstanceId === undefined ? undefined : instances.observe(operation.oldInstanceId),
    interfaceId === undefined ? undefined : interfaces.observe(interfaceId),
    elasticIp === undefined ? undefined : elasticIps.observe(elasticIp),
    ...operation.retiredInterfaceIds.map((id) => interfaces.observe(id)),
  ]);
  const isSeen = (seen: SeenInterface | undefined): seen is SeenInterface => seen !== undefined;
  return { replacement, old, interface: eni, elasticIp: eip, retired: retired.filter(isSeen) };
}
