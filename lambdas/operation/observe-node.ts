/** What EC2 shows of everything that an operation works on. */
import type { SeenNode } from '../../domain/operation/seen-node';
import { attachmentOf } from '../../domain/config/node-config';
import { carries, type AttachedInterface, type SeenInterfaces } from '../../domain/operation/network-interface';
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

/** What the confirmation of a replacement is decided from. */
export type SeenReplacement = Omit<SeenNode, 'interface'> & {
  readonly interface: AttachedInterface | undefined;
};

/**
 * The same for a replacement, in one call if it shows everything in place: an instance shows its interfaces. If it does
 * not, or if the operation has retired interfaces, everything is looked at.
 */
export async function observeReplaced(
  ports: Pick<Ports, 'instances' | 'interfaces' | 'elasticIps'>,
  owned: OwnedNode,
): Promise<SeenReplacement> {
  const { node, operation } = owned;
  const { launch, oldInstanceId, config, retiredInterfaceIds } = operation;
  if (launch?.state !== 'launched' || retiredInterfaceIds.length > 0) return observeNode(ports, owned);
  const { elasticIp } = config.compute;
  const ids = [launch.instanceId, ...(oldInstanceId === undefined ? [] : [oldInstanceId])];
  const [instances, eip] = await Promise.all([
    ports.instances.observeAll(ids),
    elasticIp === undefined ? undefined : ports.elasticIps.observe(elasticIp),
  ]);
  const replacement = instances.find(({ id }) => id === launch.instanceId);
  const attachment = replacement?.attachments.find(({ interfaceId }) => interfaceId === node.identity.interfaceId);
  const eni = attachment && { id: attachment.interfaceId, status: 'in-use' as const, attachment };
  const carrier = { instanceId: launch.instanceId, attachment: attachmentOf(config) };
  if (replacement?.state !== 'running' || !carries(eni, carrier)) return observeNode(ports, owned);
  const old = instances.find(({ id }) => id === oldInstanceId);
  return { replacement, old, interface: eni, retired: [], elasticIp: eip };
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
