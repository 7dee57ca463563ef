/**
 * Applies the settings that need no new instance: security groups, tags, and the Elastic IP; and ends the
 * adjustment.
 */
import { adjusted } from '../../domain/ending';
import { ElasticIpMissing } from '../../domain/errors';
import { tagKeysOf } from '../../domain/node-config';
import type { SeenElasticIp } from '../../domain/observations';
import type { OwnedNode } from '../../domain/stateful-node';
import { changeOwned, ownedNode, type OperationInput } from '../owned-node';
import type { Ports } from '../ports';

type SettingsPorts = Pick<Ports, 'nodes' | 'interfaces' | 'elasticIps' | 'tags' | 'time'>;

export const applySettings =
  (ports: SettingsPorts) =>
  async (input: OperationInput): Promise<{ readonly revision: number }> => {
    const owned = await ownedNode(ports.nodes, input);
    const { interfaceId } = owned.node.identity;
    // Without an interface yet there is nothing to apply to: the first launch takes the settings as they are.
    const elasticIp = interfaceId === undefined ? undefined : await applyTo(ports, owned, interfaceId);
    await applyTags(ports, owned);
    const now = ports.time.now().toISOString();
    await changeOwned(ports.nodes, input, (latest) => adjusted(latest, elasticIp, now));
    return { revision: owned.operation.configRevision };
  };

/** Answers the Elastic IP that is on the interface in the end. */
async function applyTo(
  { interfaces, elasticIps }: SettingsPorts,
  { node, operation }: OwnedNode,
  interfaceId: string,
): Promise<SeenElasticIp | undefined> {
  const { compute } = operation.config;
  await interfaces.setSecurityGroups(interfaceId, compute.launchSpecification.securityGroupIds);

  const { allocationId } = node.identity;
  if (allocationId !== undefined && allocationId !== compute.elasticIp) {
    const before = await elasticIps.observe(allocationId);
    // Only from our own interface: somebody may have moved the address on since.
    if (before?.associationId !== undefined && before.interfaceId === interfaceId) {
      await elasticIps.disassociate(before.associationId);
    }
  }
  if (compute.elasticIp === undefined) return undefined;
  const wanted = await elasticIps.observe(compute.elasticIp);
  if (wanted === undefined) {
    throw ElasticIpMissing.of(compute.elasticIp);
  }
  if (wanted.interfaceId !== interfaceId) await elasticIps.associate(compute.elasticIp, interfaceId);
  return wanted;
}

async function applyTags({ tags }: SettingsPorts, { node, operation }: OwnedNode): Promise<void> {
  if (node.instance === undefined) return;
  const configured = operation.config.compute.launchSpecification.tags ?? [];
  const keys = tagKeysOf(operation.config);
  const dropped = node.appliedTagKeys.filter((key) => !keys.includes(key));
  await tags.set(
    [node.instance.id],
    configured.map(({ tagKey, tagValue }) => ({ key: tagKey, value: tagValue })),
  );
  await tags.remove([node.instance.id], dropped);
}
